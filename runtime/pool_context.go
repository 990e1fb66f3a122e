package runtime

import (
	"context"
	"sync"
	"sync/atomic"
)

// taskContext is a context that costs nothing until somebody asks for its Done channel: most handlers end long
// before their time-out, and one timer serves all of them.
type taskContext struct {
	state  atomic.Uint32
	closed bool // done is closed; guarded by mu

	mu    sync.Mutex
	done  chan struct{}
	funcs map[*func()]struct{} // of AfterFunc
}

// The bits of a taskContext's state.
const (
	watched  = 1 << iota // somebody has asked for done, or for a call
	expired              // it has ended at the time-out
	canceled             // it has ended otherwise

	over = expired | canceled
)

// Done is closed at the time-out, when the handler has returned, or when the sink is told to stop at once.
func (c *taskContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.state.Or(watched)&over != 0 {
			c.close()
		}
	}
	return c.done
}

// Err is context.DeadlineExceeded after the time-out, and context.Canceled after the handler has returned or a stop.
func (c *taskContext) Err() error {
	switch state := c.state.Load(); {
	case state&expired != 0:
		return context.DeadlineExceeded
	case state&canceled != 0:
		return context.Canceled
	}
	return nil
}

// AfterFunc saves package context a goroutine for each context derived from this one, see context.AfterFunc.
func (c *taskContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Or(watched)&over != 0 {
		go f() // not here: package context holds a lock that f takes
		return func() bool { return false }
	}
	if c.funcs == nil {
		c.funcs = make(map[*func()]struct{})
	}
	id := &f
	c.funcs[id] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.funcs[id]
		delete(c.funcs, id)
		return waiting
	}
}

// end ends the context, as expired or canceled. The first end counts.
func (c *taskContext) end(how uint32) {
	for {
		state := c.state.Load()
		if state&over != 0 {
			return
		}
		if c.state.CompareAndSwap(state, state|how) {
			if state&watched == 0 {
				return // whoever comes later sees that it is over
			}
			break
		}
	}
	c.mu.Lock()
	c.close()
	funcs := c.funcs
	c.funcs = nil
	c.mu.Unlock()
	// What package context registers here only cancels its child and does not block.
	for f := range funcs {
		(*f)()
	}
}

// close holds mu.
func (c *taskContext) close() {
	if c.done != nil && !c.closed {
		c.closed = true
		close(c.done)
	}
}
