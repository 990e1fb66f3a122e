package telegram

// seenSize is the number of recent updates among which a duplicate is recognized. It is larger than any window, because
// the server hands out at most 100 unconfirmed updates.
const seenSize = 256

// seen remembers the last updates that were handed out. It recognizes those that a server, or a proxy in front of it,
// sends again after they were confirmed. Two updates are the same if both their ids and their bytes are equal. Equal ids
// do not suffice, because a server may restart its ids at a lower number.
type seen struct {
	ring    [seenSize]seenUpdate
	at      int
	highest int64 // the highest id in the ring; a higher id needs no search
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
	case gone == s.highest: // the ids were restarted at a lower number, and the last high one has left the ring
		s.findHighest()
	}
}

// forget removes an update that was handed out and not handled, so that it counts as new.
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
