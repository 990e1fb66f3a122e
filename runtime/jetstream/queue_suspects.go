package jetstream

import "maps"

// Marks are what is stored of a partition for the case that its owner dies. They say which messages may have killed a process.
//
// A mark for each message that is begun would cost a write to disk for each. Instead, the owner of a partition whose last
// owner did not leave in order takes as suspects all messages that the last owner may have begun: those that it may have
// received and that are not acknowledged. Suspects are received one at a time, and each is marked before it is begun. If the owner
// dies again, only the marked one is counted.
type marks struct {
	Owner      string         `json:"owner"`                // the member that wrote the marks
	Recovering bool           `json:"recovering,omitempty"` // the suspects are still to be found
	Suspects   map[uint64]int `json:"suspects,omitempty"`   // by sequence: how often it may have been begun by a process that died
	Begun      uint64         `json:"begun,omitempty"`      // the suspect that was begun
}

// take returns the marks of the next owner. dirty says that the last one did not leave in order.
func (m marks) take(owner string, dirty bool) marks {
	next := marks{Owner: owner, Recovering: m.Recovering, Suspects: maps.Clone(m.Suspects)}
	switch {
	case !dirty:
	case len(m.Suspects) == 0:
		next.Recovering = true
	case m.Begun != 0:
		if _, ok := next.Suspects[m.Begun]; ok {
			next.Suspects[m.Begun]++
		}
	}
	return next
}

// found ends the recovery: these are the messages that may have been begun.
func (m marks) found(sequences []uint64) marks {
	next := marks{Owner: m.Owner, Suspects: make(map[uint64]int)}
	for _, s := range sequences {
		next.Suspects[s] = m.Suspects[s] + 1
	}
	return next
}

// begin marks a suspect that is about to start.
func (m marks) begin(sequence uint64) marks {
	m.Begun = sequence
	m.Suspects = maps.Clone(m.Suspects)
	return m
}

// finish removes a suspect that is done.
func (m marks) finish(sequence uint64) marks {
	m.Suspects = maps.Clone(m.Suspects)
	delete(m.Suspects, sequence)
	if m.Begun == sequence {
		m.Begun = 0
	}
	return m
}
