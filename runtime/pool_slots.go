package runtime

import (
	"sync"
	"sync/atomic"
)

// slots counts the handlers that may still be started, over all shards. A shard that finds none waits its turn:
// first come, first served, so that a shard with a long backlog does not starve another.
type slots[T any] struct {
	mu      sync.Mutex
	free    int
	waiting []*shard[T]
	crowded atomic.Bool // len(waiting) > 0
}

// acquire takes a slot for s, or puts s in line for one.
func (l *slots[T]) acquire(s *shard[T]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 {
		l.free--
		return true
	}
	l.waiting = append(l.waiting, s)
	l.crowded.Store(true)
	return false
}

// release gives a slot back. If a shard waits for one, the slot is its, and it is returned.
func (l *slots[T]) release() *shard[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.free++
		return nil
	}
	s := l.waiting[0]
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
	l.crowded.Store(len(l.waiting) > 0)
	return s
}
