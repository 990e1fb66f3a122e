package runtime

import "sync"

// A shard owns the keys whose hash falls to it: who is last in line for each, and which tasks are ready to run.
// An item's home is the shard of its first key; its other keys may live in other shards, each of which it queues
// in. Put links an item into all of them before the next item, so that all shards agree on the order, and no two
// items can wait for each other.
type shard[T any] struct {
	index int

	mu       sync.Mutex
	last     map[Key]*task[T] // the last unfinished task of each key that has one
	ready    readyQueue[T]
	starting bool // a worker has been started that has not yet come for its first task
	inLine   bool // the shard waits for a slot, or a worker with one is on its way from elsewhere
}

// enter puts t at the end of the key's line. Holding mu.
func (s *shard[T]) enter(t *task[T], key Key) {
	if before := s.last[key]; before != nil {
		before.link(key).next = t
		t.waits.Add(1)
	}
	s.last[key] = t
}

// release takes the head of the line of l's key out, whose link l is. If its successor now waits for nobody, it is ready, or, if
// another shard is its home, returned for it. Holding mu.
func (s *shard[T]) release(l *link[T]) (elsewhere *task[T]) {
	next := l.next
	l.next = nil // a context that its handler keeps must not keep every later task
	switch {
	case next == nil:
		delete(s.last, l.key)
	case next.waits.Add(-1) > 0:
	case next.home == s:
		s.ready.push(next)
	default:
		return next
	}
	return nil
}

// readyQueue holds tasks that wait for nothing but a slot, first in, first out. A key has at most one task in it,
// so a chat with a long backlog has no more than its turn.
type readyQueue[T any] struct{ first, last *task[T] }

func (q *readyQueue[T]) push(t *task[T]) {
	if q.last == nil {
		q.first = t
	} else {
		q.last.after = t
	}
	q.last = t
}

func (q *readyQueue[T]) pop() *task[T] {
	t := q.first
	if t == nil {
		return nil
	}
	q.first = t.after
	t.after = nil
	if q.first == nil {
		q.last = nil
	}
	return t
}
