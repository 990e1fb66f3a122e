package telegram

// seenSize is how many updates back a duplicate is known. It is more than any window holds, since at most 100 updates
// can be in view at once.
const seenSize = 256

// seen remembers the last updates that were handed out, to drop the ones that a server, or a proxy in front of it,
// sends again after they were confirmed. An update counts as the same when its id and its bytes are: ids alone can
// start again lower and meet themselves.
type seen struct {
	ring    [seenSize]seenUpdate
	at      int
	highest int64 // of the ids in the ring; an id above it needs no search
}

type seenUpdate struct {
	id  int64
	sum uint64
}

func (s *seen) has(id int64, sum uint64) bool {
	return id <= s.highest && s.index(id, sum) >= 0
}

func (s *seen) index(id int64, sum uint64) int {
	for i := range s.ring {
		if s.ring[i].id == id && s.ring[i].sum == sum {
			return i
		}
	}
	return -1
}

func (s *seen) add(id int64, sum uint64) {
	gone := s.ring[s.at].id
	s.ring[s.at] = seenUpdate{id, sum}
	s.at = (s.at + 1) % seenSize
	switch {
	case id >= s.highest:
		s.highest = id
	case gone == s.highest: // the ids started again lower, and the last of the high ones has left
		s.findHighest()
	}
}

// forget makes an update new again: it was handed out and never handled.
func (s *seen) forget(id int64, sum uint64) {
	if i := s.index(id, sum); i >= 0 {
		s.ring[i] = seenUpdate{}
		s.findHighest()
	}
}

func (s *seen) findHighest() {
	s.highest = 0
	for i := range s.ring {
		s.highest = max(s.highest, s.ring[i].id)
	}
}
