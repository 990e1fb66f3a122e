package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// A task is one item on its way through a pool, and the context of its handler. It is a single allocation, not
// reused: a handler may keep its context for longer than it runs.
type task[T any] struct {
	taskContext
	release bool // release the keys at the time-out; guarded by taskContext.mu
	freed   bool // the keys were released at the time-out; written before the deque has reported it

	entry Entry[*task[T]]
	batch *batch[T]
	home  *shard[T]
	item  T

	waits  atomic.Int32 // predecessors not yet finished, and one while Put still links the task
	keys   int32        // how many of inline are in use, unless there are more
	inline [2]link[T]   // one for each key, of most tasks
	more   *[]link[T]   // all of them, if they are too many
	after  *task[T]     // the next one in the shard's ready queue
}

// A batch is what tasks of the same Put have in common.
type batch[T any] struct {
	pool   *pool[T]
	values context.Context // it is never cancelled
	done   func(T, error)
}

// A link is a task's place in the queue of one key.
type link[T any] struct {
	key  Key
	next *task[T] // who is next in the queue; guarded by the mutex of the key's shard
}

func (t *task[T]) links() []link[T] {
	if t.more != nil {
		return *t.more
	}
	return t.inline[:t.keys]
}

func (t *task[T]) link(key Key) *link[T] {
	links := t.links()
	for i := range links {
		if links[i].key == key {
			return &links[i]
		}
	}
	return nil
}

// addKey reports whether the key is new to the task.
func (t *task[T]) addKey(key Key) bool {
	switch {
	case t.link(key) != nil:
		return false
	case t.more != nil:
		*t.more = append(*t.more, link[T]{key: key})
	case int(t.keys) < len(t.inline):
		t.inline[t.keys].key = key
		t.keys++
	default:
		more := append(t.inline[:], link[T]{key: key})
		t.more = &more
	}
	return true
}

type limitKey struct{}

// Value finds the task itself, for [Limit], and else what the context of Put holds.
func (t *task[T]) Value(key any) any {
	if key == (limitKey{}) {
		return t
	}
	return t.batch.values.Value(key)
}

// Deadline is when the handler's time-out is.
func (t *task[T]) Deadline() (time.Time, bool) { return t.batch.pool.deque.deadline(&t.entry) }

func (t *task[T]) limit(timeout time.Duration, release bool) {
	t.mu.Lock()
	t.release = release
	t.mu.Unlock()
	t.batch.pool.deque.Start(&t.entry, timeout)
}

func (t *task[T]) releases() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.release
}

// Limit gives the handler that runs with ctx a time-out of its own, in place of its sink's. It is counted from the
// handler's start; 0 is none. If release is set, the item's keys are released at the time-out, else they are held
// until the handler returns. Limit does nothing for a context that does not come from a sink of this package.
func Limit(ctx context.Context, timeout time.Duration, release bool) {
	if t, ok := ctx.Value(limitKey{}).(interface{ limit(time.Duration, bool) }); ok {
		t.limit(timeout, release)
	}
}
