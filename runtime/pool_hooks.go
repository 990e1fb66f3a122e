package runtime

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// hooks tracks the running calls of OnError, OnTimeout and OnStuck whose items have timed out. The contexts of their handlers
// have ended, so each of these calls gets a context of its own, which Drain can cancel.
type hooks struct {
	mu      sync.Mutex
	running map[*hookContext]struct{}
}

type hookContext struct {
	taskContext
	values context.Context
}

// Deadline implements context.Context. A hook has no deadline.
func (*hookContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }

// Value implements context.Context. It returns what the context of Put holds.
func (c *hookContext) Value(key any) any { return c.values.Value(key) }

// call calls f with a new context that carries the given values.
func (h *hooks) call(values context.Context, f func(context.Context)) {
	ctx := &hookContext{values: values}
	h.mu.Lock()
	if h.running == nil {
		h.running = make(map[*hookContext]struct{})
	}
	h.running[ctx] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.running, ctx)
		h.mu.Unlock()
		ctx.end(canceled)
	}()
	f(ctx)
}

// cancel cancels the contexts of the running calls.
func (h *hooks) cancel() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ctx := range h.running {
		ctx.end(stopped)
	}
}

// len returns the number of running calls.
func (h *hooks) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.running)
}

// report calls OnError.
func (p *Pool[T]) report(t *task[T], err error) {
	if !p.deque.isRemoved(&t.entry) {
		ctx := t.context()
		p.logPanic(ctx, "the error hook panicked", func() { p.config.OnError(ctx, t.item, err) })
		return
	}
	p.hooks.call(t.batch.values, func(ctx context.Context) {
		p.logPanic(ctx, "the error hook panicked", func() { p.config.OnError(ctx, t.item, &LateError{Err: err}) })
	})
}

// reportTimeout calls OnTimeout, on a goroutine of its own.
func (p *Pool[T]) reportTimeout(t *task[T]) {
	defer p.workers.end()
	p.hooks.call(t.batch.values, func(ctx context.Context) {
		p.logPanic(ctx, "the time-out hook panicked", func() { p.config.OnTimeout(ctx, t.item) })
	})
}

// reportStuck calls OnStuck, on a goroutine of its own.
func (p *Pool[T]) reportStuck(t *task[T]) {
	defer p.workers.end()
	p.hooks.call(t.batch.values, func(ctx context.Context) {
		p.logPanic(ctx, "the stuck hook panicked", func() { p.config.OnStuck(ctx, t.item) })
	})
}

// logPanic calls a hook. A panic is logged and goes no further, because no other hook is left to report it to.
func (p *Pool[T]) logPanic(ctx context.Context, message string, hook func()) {
	defer func() {
		if value := recover(); value != nil {
			p.config.Logger.ErrorContext(ctx, message, "panic", value, "stack", string(debug.Stack()))
		}
	}()
	hook()
}
