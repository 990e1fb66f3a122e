package runtime

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// hooks are the calls of OnError and OnTimeout that are under way for items whose handler's own context has ended.
// They get a context that ends when the sink is told to stop at once.
type hooks struct {
	mu      sync.Mutex
	running map[*hookContext]struct{}
}

type hookContext struct {
	taskContext
	values context.Context
}

// Deadline says there is none.
func (*hookContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }

// Value finds what the context of Put holds.
func (c *hookContext) Value(key any) any { return c.values.Value(key) }

// call gives f a context with the given values.
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

// cancel ends the contexts of the calls under way.
func (h *hooks) cancel() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ctx := range h.running {
		ctx.end(canceled)
	}
}

func (h *hooks) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.running)
}

// report tells the error hook.
func (p *pool[T]) report(t *task[T], err error) {
	if !p.deque.hasLeft(&t.entry) {
		guard(t, "the error hook panicked", func() { p.config.OnError(t, t.item, err) })
		return
	}
	p.hooks.call(t.batch.values, func(ctx context.Context) {
		guard(ctx, "the error hook panicked", func() { p.config.OnError(ctx, t.item, &LateError{Err: err}) })
	})
}

// reportTimeout tells the time-out hook.
func (p *pool[T]) reportTimeout(t *task[T]) {
	defer p.workers.end()
	p.hooks.call(t.batch.values, func(ctx context.Context) {
		guard(ctx, "the time-out hook panicked", func() { p.config.OnTimeout(ctx, t.item) })
	})
}

// guard keeps the panic of a hook from the process. There is nobody left to tell but the log.
func guard(ctx context.Context, message string, hook func()) {
	defer func() {
		if value := recover(); value != nil {
			slog.Default().ErrorContext(ctx, message, "panic", value, "stack", string(debug.Stack()))
		}
	}()
	hook()
}
