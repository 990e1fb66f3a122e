package runtime

import (
	"context"
	"sync/atomic"
	"time"
)

// A task is one item on its way through a [Pool], and also the context of the item's handler. It is a single
// allocation. It is never reused, because a handler may keep its context after it has returned.
type task[T any] struct {
	taskContext // of the first attempt

	entry Entry[*task[T]]
	batch *batch[T]
	home  *shard[T]
	item  T

	later atomic.Pointer[attempt[T]] // the second or a later attempt

	waits  atomic.Int32 // unfinished predecessors, plus one while Put still adds the task to queues
	keys   uint8        // how many links of inline are in use; 2 if more is set
	freed  bool         // the keys were released at the time-out; written before the deque has reported it, as is held
	held   bool         // the keys are held, and the schedule has the end of the hold
	stuck  bool         // the keys were released at the end of the hold; written before the schedule has fired
	inline [2]link[T]   // the links of a task with at most two keys
	more   *moreLinks[T]
	after  *task[T] // the next task in the shard's ready queue
}

// An attempt is the context of a handler that handles an item again. It is not the task itself, since the handler may
// have kept the context of the attempt before.
type attempt[T any] struct {
	taskContext
	task   *task[T]
	number int // at least 2
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

// moreLinks are all links of a task with more than two keys.
type moreLinks[T any] struct {
	links []link[T]
	index map[Key]int // of links, if they are more than fewLinks
}

// fewLinks is the number of links up to which looking at each is quicker than a map.
const fewLinks = 16

// links returns one link for each key.
func (t *task[T]) links() []link[T] {
	if t.more != nil {
		return t.more.links
	}
	return t.inline[:t.keys]
}

// link returns the link of a key, or nil if the task does not have that key.
func (t *task[T]) link(key Key) *link[T] {
	links := t.links()
	if len(links) > fewLinks {
		if i, ok := t.more.index[key]; ok {
			return &links[i]
		}
		return nil
	}
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
		t.more.add(key)
	case int(t.keys) < len(t.inline):
		t.inline[t.keys].key = key
		t.keys++
	default:
		t.more = &moreLinks[T]{links: append(make([]link[T], 0, 4), t.inline[:]...)}
		t.more.add(key)
	}
	return true
}

func (m *moreLinks[T]) add(key Key) {
	m.links = append(m.links, link[T]{key: key})
	switch n := len(m.links); {
	case n == fewLinks+1:
		m.index = make(map[Key]int, 2*n)
		for i := range m.links {
			m.index[m.links[i].key] = i
		}
	case n > fewLinks:
		m.index[key] = n - 1
	}
}

// current returns the cancellable part of the context of the last attempt.
func (t *task[T]) current() *taskContext {
	if a := t.later.Load(); a != nil {
		return &a.taskContext
	}
	return &t.taskContext
}

// context returns the context of the last attempt.
func (t *task[T]) context() context.Context {
	if a := t.later.Load(); a != nil {
		return a
	}
	return t
}

// attempts returns the number of the last attempt, from 1.
func (t *task[T]) attempts() int {
	if a := t.later.Load(); a != nil {
		return a.number
	}
	return 1
}

// handlerKey is the key of a context's value that [Limit], [Attempt] and [Item] ask for.
type handlerKey struct{}

// Value implements context.Context. It returns the task itself for [Limit], [Attempt] and [Item], and otherwise what
// the context of Put holds.
func (t *task[T]) Value(key any) any {
	if key == (handlerKey{}) {
		return t
	}
	return t.batch.values.Value(key)
}

// Value implements context.Context, as that of a task.
func (a *attempt[T]) Value(key any) any {
	if key == (handlerKey{}) {
		return a
	}
	return a.task.batch.values.Value(key)
}

// Item returns the item that the handler that runs with ctx handles. ok is false if ctx does not come from the handler, or the
// error hook, of a [Pool] of T.
func Item[T any](ctx context.Context) (item T, ok bool) {
	switch h := ctx.Value(handlerKey{}).(type) {
	case *task[T]:
		return h.item, true
	case *attempt[T]:
		return h.task.item, true
	}
	return item, false
}

// Deadline implements context.Context. It returns when the handler times out.
func (a *attempt[T]) Deadline() (time.Time, bool) { return a.task.Deadline() }

// Deadline implements context.Context. It returns when the handler times out.
func (t *task[T]) Deadline() (time.Time, bool) { return t.batch.pool.deque.deadline(&t.entry) }
