package runtime

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// An Activity is a handler of a [Pool] that has started and not returned.
type Activity[T any] struct {
	Item    T
	Shard   int           // the home of the item
	Attempt int           // from 1
	Waited  time.Duration // from Put to the start of the attempt
	Took    time.Duration // since the start of the attempt

	// Abandoned says that the handler has timed out. Stuck says that it had not returned at the end of its hold, either, so
	// that its keys are released and nothing waits for it.
	Abandoned, Stuck bool
}

// Activities returns the handlers that run, the one that has run longest first, with those that timed out and have not
// returned. It may be called concurrently. A pool that is not asked pays nothing for it. A call looks at all unfinished
// items, and the pool takes and ends no item meanwhile: that is some 100 µs if there are 10,000. A handler that times out
// at this moment may be missing.
func (p *Pool[T]) Activities() []Activity[T] {
	now := p.deque.now()
	var all []Activity[T]
	index := make(map[*task[T]]int) // of all
	p.deque.mu.Lock()
	for e := p.deque.arrival.first; e != nil; e = e.next {
		if e.started != 0 {
			index[e.item] = len(all)
			all = append(all, e.item.activity(now))
		}
	}
	p.deque.mu.Unlock()
	// A handler that has timed out since then is in both lists. The later one knows more of it.
	for _, late := range p.late.list() {
		p.deque.mu.Lock()
		a := late.task.activity(now)
		p.deque.mu.Unlock()
		a.Abandoned, a.Stuck = true, late.stuck
		if i, ok := index[late.task]; ok {
			all[i] = a
		} else {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b Activity[T]) int { return cmp.Compare(b.Took, a.Took) })
	return all
}

// activity describes a task that was started. The caller holds the deque's mu.
func (t *task[T]) activity(now time.Duration) Activity[T] {
	return Activity[T]{
		Item: t.item, Shard: t.home.index, Attempt: t.attempts(),
		Waited: t.entry.started - t.entry.added, Took: max(now-t.entry.started, 0),
	}
}

// lateTasks are the tasks whose handlers have timed out and not returned.
type lateTasks[T any] struct {
	mu    sync.Mutex
	stuck map[*task[T]]bool // whether the end of the hold has come
}

// A lateTask is an element of lateTasks.
type lateTask[T any] struct {
	task  *task[T]
	stuck bool
}

func (l *lateTasks[T]) add(t *task[T], stuck bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stuck == nil {
		l.stuck = make(map[*task[T]]bool)
	}
	l.stuck[t] = stuck
}

func (l *lateTasks[T]) remove(t *task[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.stuck, t)
}

func (l *lateTasks[T]) list() []lateTask[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]lateTask[T], 0, len(l.stuck))
	for t, stuck := range l.stuck {
		all = append(all, lateTask[T]{t, stuck})
	}
	slices.SortFunc(all, func(a, b lateTask[T]) int { return cmp.Compare(a.task.entry.added, b.task.entry.added) })
	return all
}

// HasRoom reports whether [Pool.Room] would return at once, with room for at least one item.
func (p *Pool[T]) HasRoom() bool {
	if p.batched {
		return p.deque.Len() == 0
	}
	return p.deque.Free() > 0
}
