package runtime

import (
	"container/heap"
	"sync"
	"time"
)

// A schedule calls a function with each of its items when the item's time has come: the end of a hold, or of a back-off.
// One timer serves all items. Setting and cancelling an alarm takes logarithmic time.
type schedule[T comparable] struct {
	fire  func(T) // called by one goroutine at a time
	epoch time.Time

	firing sync.Mutex // held by ring; taken before mu

	mu      sync.Mutex
	alarms  alarms[T]
	alarmOf map[T]*alarm[T]
	timer   *time.Timer
	next    time.Duration // when the timer calls ring, if armed
	armed   bool
	stopped bool // nothing fires
}

// An alarm is an item's place in a schedule.
type alarm[T any] struct {
	item  T
	due   time.Duration // since the schedule's epoch
	index int           // in the heap
}

// set has fire called with the item, which must not be in the schedule, after the given time.
func (s *schedule[T]) set(item T, after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Since(s.epoch)
	a := &alarm[T]{item: item, due: addSaturating(now, max(after, 0))}
	heap.Push(&s.alarms, a)
	if s.alarmOf == nil {
		s.alarmOf = make(map[T]*alarm[T])
	}
	s.alarmOf[item] = a
	s.arm(now)
}

// cancel removes an item. It returns false if the item has fired.
func (s *schedule[T]) cancel(item T) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.alarmOf[item]
	if a == nil {
		return false
	}
	delete(s.alarmOf, item)
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
	item = heap.Pop(&s.alarms).(*alarm[T]).item
	delete(s.alarmOf, item)
	return item, true
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
	}
	s.alarms, s.alarmOf = nil, nil
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
	return removed
}
