package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A task is one item on its way through a pool, and the context of its handler. It is a single allocation, not
// reused: a handler may keep its context for longer than it runs.
type task[T any] struct {
	taskContext
	entry   Entry[*task[T]]
	pool    *pool[T]
	home    *shard[T]
	done    func(T, error)
	item    T
	release bool // release the keys at the time-out; guarded by taskContext.mu
	freed   bool // the keys were released at the time-out; written before the deque has reported it

	waits  atomic.Int32 // predecessors not yet finished, and one while Put still links the task
	links  []link[T]    // one for each key
	inline [2]link[T]   // room for the links of most tasks
	after  *task[T]     // the next one in the shard's ready queue
}

// A link is a task's place in the queue of one key.
type link[T any] struct {
	key  Key
	next *task[T] // who is next in the queue; guarded by the mutex of the key's shard
}

func (t *task[T]) link(key Key) *link[T] {
	for i := range t.links {
		if t.links[i].key == key {
			return &t.links[i]
		}
	}
	return nil
}

// addKey reports whether the key is new to the task.
func (t *task[T]) addKey(key Key) bool {
	if t.link(key) != nil {
		return false
	}
	if t.links == nil {
		t.links = t.inline[:0]
	}
	t.links = append(t.links, link[T]{key: key})
	return true
}

type limitKey struct{}

// Value finds the task itself, for [Limit], and else what the context of Put holds.
func (t *task[T]) Value(key any) any {
	if key == (limitKey{}) {
		return t
	}
	return t.taskContext.Value(key)
}

// Deadline is when the handler's time-out is.
func (t *task[T]) Deadline() (time.Time, bool) { return t.pool.deque.deadline(&t.entry) }

func (t *task[T]) limit(timeout time.Duration, release bool) {
	t.mu.Lock()
	t.release = release
	t.mu.Unlock()
	t.pool.deque.Start(&t.entry, timeout)
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

// taskContext is a context that costs nothing until somebody asks for its Done channel: most handlers end long
// before their time-out, and one timer serves all of them.
type taskContext struct {
	parent context.Context // for values only: it is never cancelled

	mu    sync.Mutex
	done  chan struct{}
	err   error
	funcs map[*func()]struct{} // of AfterFunc
}

// Done is closed at the time-out, or when the sink is told to stop at once.
func (c *taskContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	return c.done
}

// Err is context.DeadlineExceeded after the time-out and context.Canceled after a stop.
func (c *taskContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Value finds what the context of Put holds.
func (c *taskContext) Value(key any) any { return c.parent.Value(key) }

// AfterFunc saves package context a goroutine for each context derived from this one, see context.AfterFunc.
func (c *taskContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := &f
	if c.err != nil {
		go f() // not here: package context holds a lock that f takes
		return func() bool { return false }
	}
	if c.funcs == nil {
		c.funcs = make(map[*func()]struct{})
	}
	c.funcs[id] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.funcs[id]
		delete(c.funcs, id)
		return waiting
	}
}

// cancel ends the context with err. The first one counts.
func (c *taskContext) cancel(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
	}
	funcs := c.funcs
	c.funcs = nil
	c.mu.Unlock()
	// What package context registers here only cancels its child and does not block.
	for f := range funcs {
		(*f)()
	}
}
