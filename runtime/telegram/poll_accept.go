package telegram

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// restartGap is how far past the newest update an offset must be for a server to ignore it.
const restartGap = 10

// accept takes over the answer to a poll with the given offset: it returns the updates to hand out, at most limit, and
// the number that are new, the unwanted ones included.
func (p *Poller) accept(updates []wire.RawUpdate, offset int64, limit int) (items []*Envelope, fresh int) {
	w := &p.window
	w.confirm(offset)
	sortByID(updates)
	if n := len(updates); n > 0 && updates[n-1].ID < offset-restartGap {
		// A server answers with ids that far under the offset only when it has begun to count anew.
		w.restart()
	}
	var marks []mark // one allocation for the whole batch
	for i := range updates {
		u := &updates[i]
		if w.find(u.ID) != nil {
			p.stats.duplicates.Add(1)
			w.passed(u.ID)
			continue
		}
		if marks == nil {
			marks = make([]mark, len(updates)-i)
		}
		m := &marks[0]
		m.id = u.ID
		wanted := p.config.Wanted.Has(u.Kind)
		if wanted {
			m.sum = p.sum(u.Raw)
			if known := w.recall(u.ID, m.sum); known != nil {
				p.stats.duplicates.Add(1)
				w.add(known)
				continue
			}
		}
		switch {
		case !wanted:
			p.drop(u)
			m.finished.Store(true)
			fresh++
		case p.seen.has(u.ID, m.sum):
			p.stats.duplicates.Add(1)
			m.finished.Store(true)
		case len(items) == limit:
			return items, fresh // more than was asked for: the rest is not confirmed, and comes again
		default:
			if items == nil {
				items = make([]*Envelope, 0, min(limit, len(updates)-i))
			}
			items = append(items, &Envelope{Header: u.Header, raw: string(u.Raw), mark: m})
			p.seen.add(u.ID, m.sum)
			fresh++
		}
		marks = marks[1:]
		w.add(m)
	}
	return items, fresh
}

// sum is a hash that tells a redelivery from another update with the same id. Of a long update it is of both ends, which
// hold an id of the message, or of the query, and the end of its text or its buttons.
func (p *Poller) sum(raw []byte) uint64 {
	const end = 128
	if len(raw) <= 2*end {
		return maphash.Bytes(p.seed, raw)
	}
	const odd = 0x9e3779b97f4a7c15 // so that the two ends do not cancel out
	return maphash.Bytes(p.seed, raw[:end])*odd + maphash.Bytes(p.seed, raw[len(raw)-end:]) + uint64(len(raw))
}

func sortByID(updates []wire.RawUpdate) {
	byID := func(a, b wire.RawUpdate) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(updates, byID) {
		slices.SortStableFunc(updates, byID)
	}
}

func (p *Poller) drop(u *wire.RawUpdate) {
	p.stats.dropped.Add(1)
	if p.config.Hooks.Dropped != nil {
		p.config.Hooks.Dropped(u.Header)
	}
}

// answered notes a poll that succeeded.
func (p *Poller) answered(fresh int, took time.Duration) {
	p.pace.record(fresh, took)
	p.stats.polls.Add(1)
	p.stats.fetched.Add(int64(fresh))
	p.stats.lastAnswer.Store(time.Now().UnixNano())
	if p.config.Hooks.Fetched != nil {
		p.config.Hooks.Fetched(fresh, took)
	}
}
