package runtime

import (
	"container/heap"
	"sync"
	"time"
)

// A schedule calls a function with each of its items when the item's time has come: the end of a hold, or of a back-off.
// One timer serves all items. Setting and cancelling an alarm takes logarithmic time.
type schedule[T any] struct {
	fire  func(T) // called by one goroutine at a time
	epoch time.Time

	firing sync.Mutex // held by ring; taken before mu

	mu      sync.Mutex
	alarms  alarms[T]
	timer   *time.Timer
	next    time.Duration // when the timer calls ring, if armed
	armed   bool
	stopped bool // nothing fires
}

// An alarm is an item's place in a schedule.
type alarm[T any] struct {
	item  T
	due   time.Duration // since the schedule's epoch
	index int           // in the heap; -1 if it fired or was cancelled
}

// set has fire called with the item after the given time.
func (s *schedule[T]) set(item T, after time.Duration) *alarm[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Since(s.epoch)
	a := &alarm[T]{item: item, due: addSaturating(now, max(after, 0))}
	heap.Push(&s.alarms, a)
	s.arm(now)
	return a
}

// cancel returns false if the alarm has fired or was cancelled before.
func (s *schedule[T]) cancel(a *alarm[T]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.index < 0 {
		return false
	}
	heap.Remove(&s.alarms, a.index)
	if len(s.alarms) == 0 && s.armed {
		s.armed = false
		s.timer.Stop()
	}
	return true
}

// arm sets the timer for the first alarm. The caller holds mu.
func (s *schedule[T]) arm(now time.Duration) {
	if s.stopped || len(s.alarms) == 0 || s.armed && s.next <= s.alarms[0].due {
		return
	}
	s.armed, s.next = true, s.alarms[0].due
	if s.timer == nil {
		s.timer = time.AfterFunc(s.next-now, s.ring)
		return
	}
	s.timer.Reset(s.next - now)
}

// ring fires every alarm whose time has come. A timer that was reset while it fired may call ring once too often, which
// does no harm.
func (s *schedule[T]) ring() {
	s.firing.Lock()
	defer s.firing.Unlock()
	for {
		item, ok := s.due()
		if !ok {
			return
		}
		s.fire(item)
	}
}

// due removes the first alarm if its time has come. Otherwise it arms the timer.
func (s *schedule[T]) due() (item T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = false
	now := time.Since(s.epoch)
	if s.stopped || len(s.alarms) == 0 || s.alarms[0].due > now {
		s.arm(now)
		return item, false
	}
	return heap.Pop(&s.alarms).(*alarm[T]).item, true
}

// waitFired waits until fire has returned for every alarm that has fired.
func (s *schedule[T]) waitFired() {
	s.firing.Lock()
	defer s.firing.Unlock()
}

// stop fires nothing more until restart. It waits until fire has returned, so fire must not call it.
func (s *schedule[T]) stop() {
	s.mu.Lock()
	s.stopped, s.armed = true, false
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	s.waitFired()
}

// restart ends a stop, and removes and returns the items that have not fired.
func (s *schedule[T]) restart() (items []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = false
	for _, a := range s.alarms {
		items = append(items, a.item)
		a.index = -1
	}
	s.alarms = nil
	return items
}

// len returns the number of items that have not fired.
func (s *schedule[T]) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.alarms)
}

// alarms is a heap with the earliest alarm first. It implements heap.Interface.
type alarms[T any] []*alarm[T]

func (a alarms[T]) Len() int           { return len(a) }
func (a alarms[T]) Less(i, j int) bool { return a[i].due < a[j].due }

func (a alarms[T]) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].index, a[j].index = i, j
}

func (a *alarms[T]) Push(x any) {
	added := x.(*alarm[T])
	added.index = len(*a)
	*a = append(*a, added)
}

func (a *alarms[T]) Pop() any {
	last := len(*a) - 1
	removed := (*a)[last]
	(*a)[last] = nil
	*a = (*a)[:last]
	removed.index = -1
	return removed
}
