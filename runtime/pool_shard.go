package runtime

import "sync"

// A shard owns the keys whose hash belongs to it. It knows the last task in the queue of each key, and which tasks are
// ready to run.
//
// The home of an item is the shard of its first key. Its other keys may belong to other shards, and the item waits in
// the queues of all of them. Put appends an item to all its queues before the next item, so all queues agree on the
// order, and no two items can wait for each other.
type shard[T any] struct {
	index int

	mu        sync.Mutex
	last      map[Key]*task[T] // the last unfinished task of each key that has one
	ready     readyQueue[T]
	expecting bool // the shard waits in line for a slot, or a worker with a slot is on its way
}

// enqueue appends t to the queue of a key. The caller holds mu.
func (s *shard[T]) enqueue(t *task[T], key Key) {
	if before := s.last[key]; before != nil {
		before.link(key).next = t
		t.waits.Add(1)
	}
	s.last[key] = t
}

// dequeue removes the task at the head of a key's queue; l is its link. If its successor now waits for no other task,
// the successor becomes ready. A ready successor whose home is another shard is returned, for the caller to hand over.
// The caller holds mu.
func (s *shard[T]) dequeue(l *link[T]) (elsewhere *task[T]) {
	next := l.next
	l.next = nil // a handler may keep its context, and with it its task: do not let it keep all later tasks too
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

// dequeue removes the task at the head of a key's queue; l is its link.
func (p *Pool[T]) dequeue(l *link[T]) {
	s := &p.shards[l.key.Shard(len(p.shards))]
	s.mu.Lock()
	elsewhere := s.dequeue(l)
	p.wake(s)
	s.mu.Unlock()
	if elsewhere != nil {
		p.makeReady(elsewhere)
	}
}

// releaseKeys removes a task from the queues of all its keys.
func (p *Pool[T]) releaseKeys(t *task[T]) {
	links := t.links()
	for i := range links {
		p.dequeue(&links[i])
	}
}

// makeReady puts a task that waits for no other task into the ready queue of its home.
func (p *Pool[T]) makeReady(t *task[T]) {
	t.home.mu.Lock()
	defer t.home.mu.Unlock()
	t.home.ready.push(t)
	p.wake(t.home)
}

// readyQueue holds tasks that only wait for a slot, first in, first out. It holds at most one task of a key, so a chat
// with a long backlog takes turns with the others.
type readyQueue[T any] struct{ first, last *task[T] }

func (q *readyQueue[T]) push(t *task[T]) {
	if q.last == nil {
		q.first = t
	} else {
		q.last.after = t
	}
	q.last = t
}

// pop returns nil if the queue is empty.
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
