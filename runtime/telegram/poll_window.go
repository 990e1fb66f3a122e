package telegram

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime/telegram/calls"
)

// A mark stands for an update that the server has handed out and that no offset has confirmed yet. The goroutine that
// fetches owns it. Other goroutines only set finished, so a finished update costs its worker one atomic store and no
// lock.
type mark struct {
	id       int64
	sum      uint64 // a hash of the update's bytes, which distinguishes a redelivery from another update with the same id
	finished atomic.Bool

	// With at-least-once delivery: when it was handed out and when it was finished, by the poller's clock.
	handedOut time.Duration
	doneAt    atomic.Int64 // a time.Duration; 0 if it is unfinished, or was never handed out

	page atomic.Pointer[calls.JournalPage] // of the update; nil if no call of its handlers asked for it
}

// A window holds the updates that the server would hand out again: those that were fetched, and that no offset has
// confirmed.
//
// Telegram may restart its ids at a lower number. The updates of the earlier numbering then cannot be confirmed any more,
// and have no influence on the offset. The window keeps them while they are unfinished, so that it recognizes them if they
// come again.
type window struct {
	marks []*mark // sorted by id, without duplicates
	stale []*mark // unfinished updates of earlier numberings
	next  int64   // the offset once all are finished: the highest id that was handed out, plus 1; 0 before the first
}

// lowest returns the unfinished update with the lowest id, or nil if all are finished. No offset may pass it.
func (w *window) lowest() *mark {
	for _, m := range w.marks {
		if !m.finished.Load() {
			return m
		}
	}
	return nil
}

// find returns the mark with the id, or nil.
func (w *window) find(id int64) *mark {
	if i, found := w.search(id); found {
		return w.marks[i]
	}
	return nil
}

func (w *window) search(id int64) (int, bool) {
	if n := len(w.marks); n == 0 || w.marks[n-1].id < id {
		return n, false // the usual case
	}
	return slices.BinarySearchFunc(w.marks, id, func(m *mark, id int64) int {
		switch {
		case m.id < id:
			return -1
		case m.id > id:
			return 1
		}
		return 0
	})
}

// add adds an update. Its id must not be in the window.
func (w *window) add(m *mark) {
	i, _ := w.search(m.id)
	w.marks = slices.Insert(w.marks, i, m)
	w.passed(m.id)
}

// passed notes that the server has handed out the id.
func (w *window) passed(id int64) { w.next = max(w.next, id+1) }

// countFrom returns how many of the updates in the window have at least the id offset. The server repeats them in the
// answer to a request with that offset.
func (w *window) countFrom(offset int64) int {
	i, _ := w.search(offset)
	return len(w.marks) - i
}

// before returns the updates below the offset.
func (w *window) before(offset int64) []*mark {
	i, _ := w.search(offset)
	return w.marks[:i]
}

// confirm removes the updates that the server has forgotten once it has answered a request with the offset.
func (w *window) confirm(offset int64) {
	i, _ := w.search(offset)
	w.marks = slices.Delete(w.marks, 0, i)
}

// restart begins a new numbering.
func (w *window) restart() {
	w.stale = append(w.stale, w.marks...)
	w.stale = slices.DeleteFunc(w.stale, func(m *mark) bool { return m.finished.Load() })
	w.marks = slices.Delete(w.marks, 0, len(w.marks))
	w.next = 0
}

// giveUp removes the unfinished updates, so that they count as new when they come again, and calls forgotten for each. The
// lowest of them becomes the next offset.
func (w *window) giveUp(forgotten func(*mark)) {
	if lowest := w.lowest(); lowest != nil {
		w.next = lowest.id
	}
	unfinished := func(m *mark) bool {
		if m.finished.Load() {
			return false
		}
		forgotten(m)
		return true
	}
	w.marks = slices.DeleteFunc(w.marks, unfinished)
	for _, m := range w.stale {
		unfinished(m)
	}
	w.stale = nil
}

// recall removes an unfinished update of an earlier numbering and returns it. It returns nil if no such update is known.
func (w *window) recall(id int64, sum uint64) *mark {
	for i, m := range w.stale {
		if m.id == id && m.sum == sum && !m.finished.Load() {
			w.stale = slices.Delete(w.stale, i, i+1)
			return m
		}
	}
	return nil
}

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

const (
	// stallFirst is how long the polling stands still before the poller says so, and stallEvery how long between two
	// reports.
	stallFirst = 10 * time.Second
	stallEvery = time.Minute
)

// A stall is a wait for room in the window, which is reported if it is long.
type stall struct {
	begun    time.Time
	due      time.Time // of the next report
	reported bool
	clock    *time.Timer
}

// timer returns a channel that fires when the next report is due.
func (s *stall) timer() <-chan time.Time {
	if s.clock == nil {
		s.begun = time.Now()
		s.due = s.begun.Add(stallFirst)
		s.clock = time.NewTimer(stallFirst)
	}
	return s.clock.C
}

// report reports the stall if that is due.
func (s *stall) report(p *Poller, oldest *mark) {
	now := time.Now()
	if now.Before(s.due) {
		return
	}
	s.reported, s.due = true, now.Add(stallEvery)
	s.clock.Reset(stallEvery)
	if p.stalled != nil {
		p.stalled(oldest.id, now.Sub(s.begun), false)
	}
}

// over reports the end of a stall that was reported.
func (s *stall) over(p *Poller) {
	if s.reported && p.stalled != nil {
		p.stalled(0, time.Since(s.begun), true)
	}
}

func (s *stall) stop() {
	if s.clock != nil {
		s.clock.Stop()
	}
}
