package runtime

import (
	"slices"
	"sync"
	"sync/atomic"
)

// slots counts how many more handlers may be started, over all shards. A shard that finds no free slot waits in line, and so does
// a handler that comes back from Outside. The line is first come, first served, so that a shard with a long backlog does not
// starve another.
type slots[T any] struct {
	mu      sync.Mutex
	free    int         // negative while cancelled handlers run beyond the limit
	waiting []turn[T]   // the line
	crowded atomic.Bool // len(waiting) > 0
}

// A turn is a place in the line: that of a shard, or of a handler.
type turn[T any] struct {
	shard   *shard[T]
	granted chan struct{} // of a handler; closed when it has a slot
}

// acquire takes a slot for s. If none is free, it puts s in line and returns false.
func (l *slots[T]) acquire(s *shard[T]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 {
		l.free--
		return true
	}
	l.line(turn[T]{shard: s})
	return false
}

// line appends to the line. The caller holds mu.
func (l *slots[T]) line(t turn[T]) {
	l.waiting = append(l.waiting, t)
	l.crowded.Store(true)
}

// reacquire waits for a slot for a handler whose context is ctx. If that is cancelled, the handler goes on without a free one.
func (l *slots[T]) reacquire(ctx *taskContext) {
	l.mu.Lock()
	if l.free > 0 || ctx.Err() != nil {
		l.free--
		l.mu.Unlock()
		return
	}
	granted := make(chan struct{})
	l.line(turn[T]{granted: granted})
	l.mu.Unlock()
	select {
	case <-granted:
		return
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.IndexFunc(l.waiting, func(t turn[T]) bool { return t.granted == granted }); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.crowded.Store(len(l.waiting) > 0)
		l.free--
	}
}

// release gives a slot back. It goes to the first one in line. If that is a shard, release returns the shard, and a worker must
// then go to it.
func (l *slots[T]) release() *shard[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 || l.free < 0 {
		l.free++
		return nil
	}
	first := l.waiting[0]
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
	l.crowded.Store(len(l.waiting) > 0)
	if first.granted != nil {
		close(first.granted)
	}
	return first.shard
}
