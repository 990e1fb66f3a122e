package runtime

import (
	"sync"
	"sync/atomic"
)

// slots counts how many more handlers may be started, over all shards. A shard that finds no free slot waits in line.
// The line is first come, first served, so that a shard with a long backlog does not starve another.
type slots[T any] struct {
	mu      sync.Mutex
	free    int
	waiting []*shard[T] // the line
	crowded atomic.Bool // len(waiting) > 0
}

// acquire takes a slot for s. If none is free, it puts s in line and returns false.
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

// release gives a slot back. If shards wait in line, the slot goes to the first one, and release returns that shard. A
// worker must then go to it.
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
