package script

// A block is what a person or the author did, and what the bot did until the next block.
type block struct {
	action  *Event // nil in the first block
	effects []*Event
}

// blocks puts what the bot did behind what made it do so.
//
// An effect stays where it happened, with one exception. If people did A and B before the bot answered both in one chat, the order of
// its answers may be another one the next time. So the answer to A is waited for before B is done. An effect is never moved from
// behind a fault or a start of the bot to before it.
func blocks(events []Event) []block {
	causes := causes(events)
	all := []block{{}}
	barrier := 0 // the block that no effect is moved before
	for i := range events {
		e := &events[i]
		last := len(all) - 1
		if !e.Do.byBot() {
			all = append(all, block{action: e})
			switch e.Do {
			case Start, Restart, Fail, Heal, Redeliver:
				barrier = last + 1
			}
			continue
		}
		at := last
		for at > 0 && (all[at].action.Do == Kill || all[at].action.Do == Stop) {
			at-- // the bot did it before it ended
		}
		if cause := causes.of[i]; cause >= barrier && cause < at && causes.others(e.Chat, cause, at) {
			at = cause
		}
		all[at].effects = append(all[at].effects, e)
	}
	return all
}

// effectCauses says which block is the cause of what the bot did.
type effectCauses struct {
	of     map[int]int            // block by index of the event; absent if it is not known
	inChat map[int64]map[int]bool // the blocks that made the bot write in a chat
}

func causes(events []Event) effectCauses {
	c := effectCauses{make(map[int]int), make(map[int64]map[int]bool)}
	made := make(map[int64]int) // the newest block of an update
	blocks := 0
	for i, e := range events {
		if !e.Do.byBot() {
			blocks++
			if e.Update != 0 {
				made[e.Update] = blocks
			}
			continue
		}
		cause, known := made[e.Update]
		if !known {
			c.of[i] = -1
			continue
		}
		c.of[i] = cause
		if e.Do == Said || e.Do == Changed {
			if c.inChat[e.Chat] == nil {
				c.inChat[e.Chat] = make(map[int]bool)
			}
			c.inChat[e.Chat][cause] = true
		}
	}
	return c
}

// others reports whether a block after the first one and up to the last one made the bot write in the chat.
func (c effectCauses) others(chat int64, first, last int) bool {
	for cause := range c.inChat[chat] {
		if first < cause && cause <= last {
			return true
		}
	}
	return false
}
