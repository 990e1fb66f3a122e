package jetstream

import (
	"maps"
	"slices"
)

// Marks are what is stored of a partition for the case that its owner dies. They say which messages may have killed a process.
//
// A mark for each message that is begun would cost a write to disk for each. Instead, an owner stores from time to time how far
// it may go, and receives nothing behind that. If it does not leave in order, all messages up to there that are not acknowledged are
// suspects. Suspects are received one at a time, and each is marked before it is begun. If the owner dies again, only the marked
// one is counted.
//
// What a server knows of its consumer is no such bound: a server that dies with its owner has forgotten the last that it sent.
type marks struct {
	Owner   string         `json:"owner"`             // the member that wrote the marks
	Ahead   uint64         `json:"ahead,omitempty"`   // no message with a higher sequence was received by any owner
	Suspect uint64         `json:"suspect,omitempty"` // messages up to this sequence may have been begun by a process that died; 0: none
	Counts  map[uint64]int `json:"counts,omitempty"`  // by sequence of a suspect: how often it may have been begun, if more than once
	Begun   uint64         `json:"begun,omitempty"`   // the suspect that was begun
	Done    []uint64       `json:"done,omitempty"`    // what was done of bundles that are not done
	Dead    []uint64       `json:"dead,omitempty"`    // the last dead letters: their bundles may not be done
}

// keptLetters is how many dead letters of a partition are remembered. It is enough for all bundles that an owner has in hand: dead letters
// are so rare that more than a few of them at once are a fault of the bot.
const keptLetters = 256

// count returns how often a message may have been begun by a process that died.
func (m marks) count(sequence uint64) int {
	if sequence > m.Suspect {
		return 0
	}
	return max(1, m.Counts[sequence])
}

// take returns the marks of the next owner. dirty says that the last one did not leave in order. last is the last sequence of the stream:
// what comes behind it is no suspect.
func (m marks) take(owner string, dirty bool, last uint64) marks {
	next := m
	next.Owner = owner
	if dirty || owner != m.Owner {
		next.Begun = 0
	}
	switch {
	case !dirty:
	case m.Suspect == 0:
		next.Suspect = min(m.Ahead, last)
	case m.Begun != 0:
		next.Counts = maps.Clone(m.Counts)
		if next.Counts == nil {
			next.Counts = make(map[uint64]int)
		}
		next.Counts[m.Begun] = m.count(m.Begun) + 1
	}
	return next
}

// advance says that a message and so many sequences behind it may be received, and that there are no suspects any more. It does nothing
// if the message is a suspect: since the caller looked, the partition may have been lost and taken over again, with new suspects.
func (m marks) advance(next, ahead uint64) marks {
	if next <= m.Suspect {
		return m
	}
	return marks{Owner: m.Owner, Ahead: max(m.Ahead, next+ahead), Done: m.Done, Dead: m.Dead}
}

// bury says that a suspect is in the dead letters.
func (m marks) bury(sequence uint64) marks {
	m = m.finish(sequence)
	if slices.Contains(m.Dead, sequence) {
		return m
	}
	m.Dead = append(slices.Clone(m.Dead[max(0, len(m.Dead)-keptLetters+1):]), sequence)
	return m
}

// begin marks a suspect that is about to start.
func (m marks) begin(sequence uint64) marks {
	m.Begun = sequence
	return m
}

// finish forgets a suspect that is done.
func (m marks) finish(sequence uint64) marks {
	m.Counts = maps.Clone(m.Counts)
	delete(m.Counts, sequence)
	if m.Begun == sequence {
		m.Begun = 0
	}
	return m
}
