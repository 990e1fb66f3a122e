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
	inLine   bool // the shard waits for a slot
}

// enter puts t at the end of the key's line. Holding mu.
func (s *shard[T]) enter(t *task[T], key Key) {
	if before := s.last[key]; before != nil {
		before.link(key).next = t
		t.waits.Add(1)
	}
	s.last[key] = t
}

// leave takes the head of the line of l's key out and returns its successor. Holding mu.
func (s *shard[T]) leave(t *task[T], l *link[T]) *task[T] {
	if s.last[l.key] == t {
		delete(s.last, l.key)
		return nil
	}
	return l.next
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
