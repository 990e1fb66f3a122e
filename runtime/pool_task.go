package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// A task is one item on its way through a [Pool], and also the context of the item's handler. It is a single
// allocation. It is never reused, because a handler may keep its context after it has returned.
type task[T any] struct {
	taskContext
	release bool // release the keys at the time-out; guarded by taskContext.mu
	freed   bool // the keys were released at the time-out; written before the deque has reported it

	entry Entry[*task[T]]
	batch *batch[T]
	home  *shard[T]
	item  T

	waits  atomic.Int32 // unfinished predecessors, plus one while Put still adds the task to queues
	keys   int32        // how many links of inline are in use; 2 if more is set
	inline [2]link[T]   // the links of a task with at most two keys
	more   *[]link[T]   // all links of a task with more than two keys
	after  *task[T]     // the next task in the shard's ready queue
}

// A batch is what the tasks of one Put have in common.
type batch[T any] struct {
	pool   *Pool[T]
	values context.Context // never cancelled
	done   func(T, error)
}

// A link is a task's place in the queue of one key.
type link[T any] struct {
	key  Key
	next *task[T] // the next task in the queue; guarded by the mutex of the key's shard
}

// links returns one link for each key.
func (t *task[T]) links() []link[T] {
	if t.more != nil {
		return *t.more
	}
	return t.inline[:t.keys]
}

// link returns the link of a key, or nil if the task does not have that key.
func (t *task[T]) link(key Key) *link[T] {
	links := t.links()
	for i := range links {
		if links[i].key == key {
			return &links[i]
		}
	}
	return nil
}

// addKey adds a key. It returns false if the task already has it.
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

// Value implements context.Context. It returns the task itself for [Limit], and otherwise what the context of Put holds.
func (t *task[T]) Value(key any) any {
	if key == (limitKey{}) {
		return t
	}
	return t.batch.values.Value(key)
}

// Deadline implements context.Context. It returns when the handler times out.
func (t *task[T]) Deadline() (time.Time, bool) { return t.batch.pool.deque.deadline(&t.entry) }
