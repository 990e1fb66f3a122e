package runtime

import (
	"context"
	"log/slog"
	"runtime"
	"time"
)

// Defaults of a [SinkConfig].
const (
	DefaultConcurrency = 500
	DefaultBacklog     = 16384
)

// SinkConfig configures the sinks of this package. Only Handle is required.
type SinkConfig[T any] struct {
	// Handle handles one item. It is called concurrently. Its context ends when Handle returns, at the time-out,
	// and by a Drain that ran out of time; it carries the values of the context given to Put. A panic becomes a
	// [*PanicError], runtime.Goexit an [ErrGoexit].
	Handle func(ctx context.Context, item T) error

	// Constraints appends the item's keys to keys and returns the result. Items that share a key are handled
	// one after another, in arrival order; an item without keys waits for nobody. It is called by Put, one
	// item at a time, so it should be quick; a panic in it is a panic of Put. Default nil: no item has a key.
	// Only NewSharded uses it.
	Constraints func(item T, keys []Key) []Key

	// Workers is the number of shards. Default GOMAXPROCS.
	Workers int

	// Concurrency is the most handlers that run at once, time-outs apart. Default 500.
	Concurrency int

	// Backlog is the most items held at once, running and waiting together. Default 16,384, at least
	// Concurrency.
	Backlog int

	// Timeout is how long a handler may run. Default 0: for ever. [Limit] changes it for one handler. At the
	// time-out the handler's context is cancelled, OnTimeout is called, and the handler's slot is free for
	// another, although the handler may still run.
	Timeout time.Duration

	// Release frees an item's keys at its time-out, so that the next item with the same key starts beside a
	// handler that has not returned. Default false: the keys are held until it returns.
	Release bool

	// OnError is told the error of a handler, before the next item with the same key starts. It runs in the
	// handler's slot, on its time and with its context, which has not ended. An error after the time-out comes
	// as a [*LateError], with a context like that of OnTimeout. A panic in a hook is logged, and no more.
	// Default: slog.Default() at level error.
	OnError func(ctx context.Context, item T, err error)

	// OnTimeout is told an item whose time was up, on a goroutine of its own. Its context has no deadline, and
	// ends when it returns, or by a Drain that ran out of time. Default: slog.Default() at level warn.
	OnTimeout func(ctx context.Context, item T)

	// Low is called by a worker between two items when it has been busy for a while and few items wait, so that a
	// source can see to it that the next ones come before the last are handled: Go's scheduler may not look at the
	// network before. It is called concurrently, every 250 µs by a worker at most, never where GOMAXPROCS is 1, and must
	// not block. Default nil.
	Low func()

	// Observer is told what happens. Default nil: nothing is measured for it.
	Observer Observer[T]
}

func (c SinkConfig[T]) withDefaults() SinkConfig[T] {
	if c.Handle == nil {
		panic("runtime: SinkConfig.Handle is nil")
	}
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Concurrency <= 0 {
		c.Concurrency = DefaultConcurrency
	}
	if c.Backlog <= 0 {
		c.Backlog = DefaultBacklog
	}
	c.Backlog = max(c.Backlog, c.Concurrency)
	if c.OnError == nil {
		c.OnError = func(ctx context.Context, _ T, err error) {
			slog.Default().ErrorContext(ctx, "handler failed", "error", err)
		}
	}
	if c.OnTimeout == nil {
		c.OnTimeout = func(ctx context.Context, _ T) {
			slog.Default().WarnContext(ctx, "handler timed out")
		}
	}
	return c
}
