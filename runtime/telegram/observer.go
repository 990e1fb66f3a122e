package telegram

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Observer is told what a bot does: a [Poller] or a [Webhook] and the chain of [WithCalls] call the methods listed here, the sink those of
// [runtime.Observer].
// The goroutines that do the work make the calls, concurrently, and wait for them. So the methods must be quick and must
// not block. Embed [NopObserver] to implement only some of them.
type Observer interface {
	runtime.Observer[*Envelope]

	// Fetched is called after each answered poll, with the number of new updates, dropped ones included, and the time
	// from the request to the end of the answer. A [Webhook] calls it for the updates that Fetch returns, with the time for which the
	// first of them has waited.
	Fetched(updates int, took time.Duration)
	// Dropped is called for each update that is dropped because no handler wants its kind.
	Dropped(header wire.Header)
	// FetchFailed is called when a poll failed, with the time until it is tried again.
	FetchFailed(err error, wait time.Duration)
	// Stalled is called when fetching has stood still for 10 seconds for want of room, and then every minute.
	Stalled(reason string, waited time.Duration)
	// Resumed is called when fetching goes on after Stalled was called.
	Resumed(waited time.Duration)

	// Called is called when a call of the bot has ended, with its method, its error, and the time that it took. That
	// includes waits and all attempts. A call whose result is in the journal is not made, and counts as one that succeeded.
	Called(method string, took time.Duration, err error)
	// CallRetried is called when an attempt of a call failed and the call will be made again, with the time that it
	// waits. After a 429 (too many requests) that is the time that the server asks for; the call may wait longer, because
	// calls that wait go one after another.
	CallRetried(method string, err error, wait time.Duration)

	// StoreCalled is called after each call of the store of the sessions, unless that is in memory, with what it did
	// ("load", "commit" or "scan"), and how long that took. failed is nil unless the store is down; then the updates that
	// need it wait.
	StoreCalled(operation string, took time.Duration, failed error)
}

// A Tracer is an [Observer] that follows the work of a bot by contexts, as tracing does. If the observer of [WithObserver] has these
// methods, the bot calls them. A bot with any other observer pays nothing for them. They are called as those of Observer are.
//
// The functions that the methods return are called with the error of the work, when it has ended. They may be nil.
type Tracer interface {
	Observer

	// TraceUpdate is called before each attempt to handle an update, counted from 1, and returns a context of which only the values
	// count. Predicates, middleware, handlers, hooks and functions of [Event.Go] see them in their contexts, before those of the
	// context of Start. With nil, they see nothing new. before is what the attempt before has got, and an empty context at the
	// first.
	//
	// end is called once: when the handlers have returned and what they have set is committed, or when they have timed out, with
	// [runtime.ErrTimeout]. [Envelope.Handler] says which handler ran last.
	TraceUpdate(before context.Context, u *Envelope, attempt int) (values context.Context, end func(err error))

	// TraceCall is called before each call of the bot, and returns the context that the call is made with. The calls of Start and
	// the polls are left out.
	TraceCall(ctx context.Context, method string) (traced context.Context, end func(err error))

	// TraceRetry is what CallRetried is, with the context of the call.
	TraceRetry(ctx context.Context, method string, err error, wait time.Duration)

	// TraceStore is called before each call of the store of the sessions or of the journal, unless that is in memory, with what
	// it does: "load", "commit" or "scan". It returns the context that the call is made with.
	TraceStore(ctx context.Context, operation string) (traced context.Context, end func(err error))

	// TraceAttrs returns what log lines say about ctx: those of the bot about an update, and those of [Logger].
	TraceAttrs(ctx context.Context) []slog.Attr
}

// A trace is what a Tracer has returned for an attempt.
type trace struct {
	values context.Context
	end    func(err error)
	ended  atomic.Bool
}

// finish calls end, unless it was called.
func (t *trace) finish(err error) {
	if t.end != nil && t.ended.CompareAndSwap(false, true) {
		t.end(err)
	}
}

// beginTrace tells the tracer that an attempt begins. It returns nil if the attempt is not traced.
func (b *Bot) beginTrace(u *Envelope, attempt int) *trace {
	p, before := &u.progress, context.Background()
	if attempt > 1 {
		if t := p.traced(); t != nil {
			before = t.values
		}
	}
	values, end := b.tracer.TraceUpdate(before, u, attempt)
	var t *trace
	if values != nil {
		t = &trace{values: values, end: end}
	} else if attempt == 1 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = t
	return t
}

// traced returns the trace of the last attempt, or nil. Any goroutine may call it.
func (p *progress) traced() *trace {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trace
}

// context returns ctx with the values of the trace.
func (t *trace) context(ctx context.Context) context.Context {
	if t == nil {
		return ctx
	}
	return &tracedContext{ctx, t.values}
}

// A tracedContext is a context with the values of another one.
type tracedContext struct {
	context.Context
	values context.Context
}

// Value implements [context.Context].
func (c *tracedContext) Value(key any) any {
	if v := c.values.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// AfterFunc spares package context a goroutine for each context that is derived from that of a handler, as that one does.
func (c *tracedContext) AfterFunc(f func()) (stop func() bool) {
	if direct, ok := c.Context.(interface {
		AfterFunc(f func()) (stop func() bool)
	}); ok {
		return direct.AfterFunc(f)
	}
	return context.AfterFunc(c.Context, f)
}

// NopObserver is an Observer that does nothing.
type NopObserver struct{ runtime.NopObserver[*Envelope] }

// Fetched does nothing.
func (NopObserver) Fetched(int, time.Duration) {}

// Dropped does nothing.
func (NopObserver) Dropped(wire.Header) {}

// FetchFailed does nothing.
func (NopObserver) FetchFailed(error, time.Duration) {}

// Stalled does nothing.
func (NopObserver) Stalled(string, time.Duration) {}

// Resumed does nothing.
func (NopObserver) Resumed(time.Duration) {}

// Called does nothing.
func (NopObserver) Called(string, time.Duration, error) {}

// CallRetried does nothing.
func (NopObserver) CallRetried(string, error, time.Duration) {}

// StoreCalled does nothing.
func (NopObserver) StoreCalled(string, time.Duration, error) {}
