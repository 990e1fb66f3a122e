package telegram

import (
	"slices"
	"sync/atomic"
)

// A mark stands for one update that the server has handed out and that no offset has confirmed yet. The goroutine
// that fetches owns it; any other does no more than set finished, so that a finished update costs its worker one
// atomic store, and no lock.
type mark struct {
	id       int64
	sum      uint64 // hash of the update's bytes: tells a redelivery from another update with the same id
	finished atomic.Bool
}

// A window is what the server would hand out again: the updates fetched, and not confirmed by an offset.
//
// It knows of numberings, because Telegram may start the ids again at a lower number. The updates of the numbering
// before cannot be confirmed any more. They say nothing about the offset, and are kept only as long as they are
// unfinished, so that they are known if they come again.
type window struct {
	marks []*mark // in the order of their ids, no id twice
	stale []*mark // unfinished ones of earlier numberings
	next  int64   // the offset when all is finished: one past the highest id handed out; 0 before the first
}

// lowest is the unfinished update with the lowest id, or nil when all are finished. It is what an offset may not pass.
func (w *window) lowest() *mark {
	for _, m := range w.marks {
		if !m.finished.Load() {
			return m
		}
	}
	return nil
}

// find is the mark of the id, or nil.
func (w *window) find(id int64) *mark {
	if i, found := w.search(id); found {
		return w.marks[i]
	}
	return nil
}

func (w *window) search(id int64) (int, bool) {
	if n := len(w.marks); n == 0 || w.marks[n-1].id < id {
		return n, false // as nearly always
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

// add takes in an update that find does not know.
func (w *window) add(m *mark) {
	i, _ := w.search(m.id)
	w.marks = slices.Insert(w.marks, i, m)
	w.passed(m.id)
}

// passed notes that the id was handed out, now or before.
func (w *window) passed(id int64) { w.next = max(w.next, id+1) }

// countFrom is the number of updates known to be at the server when it is asked from offset on.
func (w *window) countFrom(offset int64) int {
	i, _ := w.search(offset)
	return len(w.marks) - i
}

// confirm forgets what the server has forgotten after it answered to the offset.
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

// giveUp forgets what is unfinished, so that it is new when it comes again, and tells what that is. The next offset is
// the lowest of it.
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

// recall takes the unfinished update out of an earlier numbering, or returns nil.
func (w *window) recall(id int64, sum uint64) *mark {
	for i, m := range w.stale {
		if m.id == id && m.sum == sum && !m.finished.Load() {
			w.stale = slices.Delete(w.stale, i, i+1)
			return m
		}
	}
	return nil
}
