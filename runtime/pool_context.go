package runtime

import (
	"context"
	"sync"
	"sync/atomic"
)

// valuesOf returns a context with the values of ctx that never ends. Each request for a value of [context.WithoutCancel] allocates,
// unless another context of package context asks.
func valuesOf(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), valuesKey{}, nil)
}

type valuesKey struct{}

// taskContext is the cancellable part of a context. It makes its Done channel only when the channel is asked for, and it
// needs no timer: the deque's timer serves all tasks.
type taskContext struct {
	state atomic.Uint32
	hold  holdTime // of a task: how long its keys are held after the time-out; here, where it takes no space; guarded by mu

	mu    sync.Mutex
	done  chan struct{}
	funcs *afterFunc // registered by AfterFunc; the last one first
}

// The bits of a taskContext's state.
const (
	watched  = 1 << iota // Done or AfterFunc was called
	closed               // the Done channel is closed; written with mu held
	expired              // ended by the time-out
	stopped              // ended by Drain
	canceled             // ended by anything else

	over = expired | stopped | canceled
)

// Done implements context.Context. The channel is closed at the time-out, when the handler or hook has returned, or
// when the context of Drain ends.
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

// Err implements context.Context. It returns context.DeadlineExceeded after the time-out, and context.Canceled if the
// context ended for another reason.
func (c *taskContext) Err() error {
	switch state := c.state.Load(); {
	case state&expired != 0:
		return context.DeadlineExceeded
	case state&(stopped|canceled) != 0:
		return context.Canceled
	}
	return nil
}

// wasStopped reports whether Drain ended the context, before anything else did.
func (c *taskContext) wasStopped() bool { return c.state.Load()&stopped != 0 }

// AfterFunc lets package context watch this context without a goroutine for each derived context. Package context looks
// for this method, see context.AfterFunc. Others may call it as well. f must not block.
func (c *taskContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Or(watched)&over != 0 {
		go f() // on a goroutine, because package context holds a lock that f takes
		return func() bool { return false }
	}
	registered := &afterFunc{f: f, next: c.funcs}
	if c.funcs != nil {
		c.funcs.before = registered
	}
	c.funcs = registered
	return func() bool { return c.forget(registered) }
}

// An afterFunc is a function that AfterFunc has registered, as an element of a list. Most handlers register one at a time, for
// the call that they make; for that a list costs less than a map.
type afterFunc struct {
	f            func() // nil if it is not in the list any more
	before, next *afterFunc
}

// forget removes a function, and reports whether it was still registered.
func (c *taskContext) forget(a *afterFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.f == nil {
		return false
	}
	a.f = nil
	if a.before != nil {
		a.before.next = a.next
	} else {
		c.funcs = a.next
	}
	if a.next != nil {
		a.next.before = a.before
	}
	return true
}

// end ends the context; how is expired, stopped or canceled. A context that has already ended keeps its first reason.
func (c *taskContext) end(how uint32) {
	for {
		state := c.state.Load()
		if state&over != 0 {
			return
		}
		if c.state.CompareAndSwap(state, state|how) {
			if state&watched == 0 {
				return // Done and AfterFunc will see that it is over
			}
			break
		}
	}
	c.mu.Lock()
	c.close()
	var funcs []func()
	for a := c.funcs; a != nil; a = a.next {
		funcs = append(funcs, a.f)
		a.f = nil
	}
	c.funcs = nil
	c.mu.Unlock()
	// The functions do not block. Those of package context cancel a derived context.
	for _, f := range funcs {
		f()
	}
}

// close closes the Done channel. The caller holds mu.
func (c *taskContext) close() {
	if c.done != nil && c.state.Or(closed)&closed == 0 {
		close(c.done)
	}
}
