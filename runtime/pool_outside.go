package runtime

import "context"

// Untimed calls f with the clock of the handler that runs with ctx stopped: the handler cannot time out meanwhile. Afterwards it
// has as much time left as before. If its time is up already, Untimed returns [ErrTimeout] and does not call f. So f can do what
// must not be cut short or happen after the time-out.
//
// It must be called by the goroutine of the handler, and calls f there. Within another call of Untimed or Outside, it only calls
// f, and also if ctx does not come from a [Pool].
func Untimed(ctx context.Context, f func(ctx context.Context) error) error {
	if h, ok := ctx.Value(handlerKey{}).(handling); ok {
		return h.untimed(ctx, false, f)
	}
	return f(ctx)
}

// Outside is [Untimed], and frees the handler's slot while f runs, so that another handler can run. It is for a wait that may be
// long and is not the handler's own work, such as for a store. The item keeps its keys, so that order holds. When f has returned,
// Outside waits for a slot; it does not if Drain has cancelled the handler, which may then run beyond Concurrency.
//
// At most as many calls of Outside as Concurrency are under way. If there are more, Outside returns [ErrBusy] and does not call
// f.
func Outside(ctx context.Context, f func(ctx context.Context) error) error {
	if h, ok := ctx.Value(handlerKey{}).(handling); ok {
		return h.untimed(ctx, true, f)
	}
	return f(ctx)
}

func (t *task[T]) untimed(ctx context.Context, outside bool, f func(context.Context) error) error {
	if t.later.Load() != nil {
		return ErrTimeout // another attempt has begun
	}
	return t.batch.pool.untimed(ctx, t, outside, f)
}

func (a *attempt[T]) untimed(ctx context.Context, outside bool, f func(context.Context) error) error {
	if a.task.later.Load() != a {
		return ErrTimeout
	}
	return a.task.batch.pool.untimed(ctx, a.task, outside, f)
}

func (p *Pool[T]) untimed(ctx context.Context, t *task[T], outside bool, f func(context.Context) error) error {
	since, ok := p.deque.suspend(&t.entry)
	switch {
	case !ok:
		return ErrTimeout
	case since == 0:
		return f(ctx) // within another call
	}
	defer p.deque.resume(&t.entry, since) // also if f panics or ends the goroutine
	if outside {
		defer p.outside.Add(-1)
		if p.outside.Add(1) > int64(p.config.Concurrency) {
			return ErrBusy
		}
		p.passSlot()
		defer p.slots.reacquire(t.current())
	}
	return f(ctx)
}
