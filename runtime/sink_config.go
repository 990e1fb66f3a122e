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

// SinkConfig configures a [Pool]. Only Handle is required.
type SinkConfig[T any] struct {
	// Handle handles one item. It is called concurrently. Its context ends when Handle returns, at the time-out,
	// and when the context of Drain ends. The context carries the values of the context given to Put. A panic in
	// Handle becomes a [*PanicError], and runtime.Goexit becomes [ErrGoexit].
	Handle func(ctx context.Context, item T) error

	// Constraints appends the item's keys to keys and returns the result. Items that share a key are handled one
	// after another, in arrival order. An item without keys waits for no other item. Put calls Constraints for one
	// item at a time, so it should be quick. A panic in Constraints is a panic of Put. Default nil: no item has a
	// key. Only [NewSharded] uses it.
	Constraints func(item T, keys []Key) []Key

	// Workers is the number of shards. Default GOMAXPROCS.
	Workers int

	// Concurrency is the largest number of handlers that run at once. Handlers that timed out do not count.
	// Default 500.
	Concurrency int

	// Backlog is the largest number of items held at once, running and waiting together. Default 16,384. A Backlog
	// smaller than Concurrency is raised to Concurrency.
	Backlog int

	// BacklogBytes is the size of the items held at once, as Size counts them. A pool that holds as much has no room.
	// The bound is checked before items are fetched, and not for each item: the items of one Put may exceed it.
	// Default 0: no bound.
	BacklogBytes int64

	// Size returns the number of bytes that an item occupies in memory. Put calls it once for each item, after
	// Constraints. Default nil: sizes are not counted.
	Size func(item T) int

	// Timeout is how long a handler may run. [Limit] changes it for one handler. At the time-out the handler's
	// context is cancelled, OnTimeout is called, and the handler's slot is free for another item, although the
	// handler may still run. Default 0: no time-out.
	//
	// The next item with the same key may run before such an abandoned handler returns, see Hold and Release. So a
	// handler must not change what the next one sees after its context has ended. What commits its work must ask
	// ctx.Err first, and not commit if that is an error.
	Timeout time.Duration

	// Hold is how long an item's keys are held after its time-out, if its handler has not returned by then. At the
	// end of the hold, the keys are released, OnStuck is called, and nothing waits for the handler any more, not even
	// Drain. Default: as long as Timeout. It is rounded up to a millisecond. A negative Hold, or one of more than 24
	// days, is until the handler returns.
	Hold time.Duration

	// Release frees an item's keys at its time-out, so that the next item with the same key may start while the
	// handler still runs. Hold then has no effect. Default false.
	Release bool

	// Retry says whether an item is handled again, after the given attempt, counted from 1, has failed with err, and
	// how long to wait before that. While the item waits, it keeps its keys, so that order holds, and no slot. Each
	// attempt has a time-out and a context of its own. OnError is called only for the last attempt. An item that timed
	// out, or whose handler Drain has cancelled, is not handled again. Retry is called concurrently, and its time
	// counts towards the handler's time-out. [Retry.Next] has the usual policy. Default nil: one attempt.
	Retry func(item T, attempt int, err error) (wait time.Duration, again bool)

	// OnError is called with the error of a handler, before the next item with the same key starts. It occupies
	// the handler's slot, its time counts towards the handler's time-out, and it gets the handler's context, which
	// has not ended. An error after the time-out comes as a [*LateError], with a context like that of OnTimeout. A
	// panic in OnError is logged and has no other effect. Default: Logger at level error.
	OnError func(ctx context.Context, item T, err error)

	// OnTimeout is called with an item that timed out, on a goroutine of its own. Its context has no deadline. It
	// ends when OnTimeout returns, and when the context of Drain ends. A panic in OnTimeout is logged and has no
	// other effect. Default: Logger at level warn.
	OnTimeout func(ctx context.Context, item T)

	// OnStuck is called with an item whose handler has not returned at the end of Hold, as OnTimeout is called.
	// Default: Logger at level error.
	OnStuck func(ctx context.Context, item T)

	// OnFull is called while Room waits, after 10 seconds and then every minute, and once more when there is room
	// again. It delays Room. Default nil.
	OnFull func(full Full[T])

	// OnLow is called when few items wait, by a worker that has been busy for a while, between two items. A source
	// can use it to fetch the next items before the last ones are handled, because Go's scheduler may not look at
	// the network earlier. OnLow is called concurrently, and by each worker at most every 250 µs. It is never
	// called if GOMAXPROCS is 1. It must not block. Default nil.
	OnLow func()

	// Observer is told what happens to each item. Default nil.
	Observer Observer[T]

	// Logger logs the panics of OnError, OnTimeout and OnStuck, and is their default. Default [slog.Default].
	Logger *slog.Logger
}

// withDefaults returns the config with its defaults filled in. It panics if Handle is missing.
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
	if c.Hold == 0 {
		c.Hold = max(c.Timeout, 0)
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	logger := c.Logger
	if c.OnError == nil {
		c.OnError = func(ctx context.Context, _ T, err error) {
			logger.ErrorContext(ctx, "handler failed", "error", err)
		}
	}
	if c.OnTimeout == nil {
		c.OnTimeout = func(ctx context.Context, _ T) {
			logger.WarnContext(ctx, "handler timed out")
		}
	}
	if c.OnStuck == nil {
		c.OnStuck = func(ctx context.Context, _ T) {
			logger.ErrorContext(ctx, "handler is stuck, its keys are released")
		}
	}
	return c
}

// hold returns how long the keys of an item are held after its time-out.
func (c *SinkConfig[T]) hold() holdTime {
	if c.Release {
		return 0
	}
	return newHoldTime(c.Hold)
}
