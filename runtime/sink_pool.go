package runtime

import (
	"context"
	"time"
)

// Handlers is a sink that runs a handler for every item. [NewSharded], [NewConcurrent], [NewBatch] and
// [NewSequential] make one.
type Handlers[T any] struct {
	pool  *pool[T]
	whole bool // Put waits until every item is finished, not just for room
}

// NewSharded returns the sink for order and concurrency together. Items that share a key run one after another,
// in arrival order, all others at once, on Workers shards; an item's shard is that of its first key,
// see [Key.Shard], and never changes. An item that has to wait holds no slot.
func NewSharded[T any](config SinkConfig[T]) *Handlers[T] { return newHandlers(config, false) }

// NewConcurrent returns a sink that starts every item at once, in no order, and has room for Concurrency items.
func NewConcurrent[T any](config SinkConfig[T]) *Handlers[T] {
	config = config.withDefaults()
	config.Constraints = nil
	config.Backlog = config.Concurrency
	return newHandlers(config, false)
}

// NewBatch returns a sink that starts a whole batch at once, up to Concurrency, and takes the next one when all are
// finished.
func NewBatch[T any](config SinkConfig[T]) *Handlers[T] {
	config.Constraints = nil
	return newHandlers(config, true)
}

// NewSequential returns a sink that handles one item at a time, all in arrival order. Put waits until the whole
// batch is finished.
func NewSequential[T any](config SinkConfig[T]) *Handlers[T] {
	config.Workers, config.Concurrency = 1, 1
	// One key for all, so that a handler that outlives its time-out holds up the next, unless Release says not.
	config.Constraints = func(_ T, keys []Key) []Key { return append(keys, 0) }
	return newHandlers(config, true)
}

func newHandlers[T any](config SinkConfig[T], whole bool) *Handlers[T] {
	return &Handlers[T]{pool: newPool(config.withDefaults()), whole: whole}
}

// Put implements [Sink]. It never holds more than Backlog items: what does not fit waits in Put. If there is room for a
// few more only, it gives the handlers 5 ms to make some, so that a source is not asked for one item at a time.
func (h *Handlers[T]) Put(ctx context.Context, items []T, done func(T, error)) (taken, free int, err error) {
	p := h.pool
	p.resume()
	for {
		if n := min(p.deque.Free(), len(items)-taken); n > 0 {
			p.put(ctx, items[taken:taken+n], done)
			taken += n
		}
		switch {
		case taken < len(items):
			_, err = p.deque.Wait(ctx)
		case h.whole:
			free, err = p.config.Backlog, p.deque.WaitEmpty(ctx)
		default:
			free, err = p.room(ctx)
		}
		if err != nil {
			return taken, 0, err
		}
		if taken == len(items) {
			return taken, free, nil
		}
	}
}

// moreRoom is how long Put waits for room for more than a few items.
const moreRoom = 5 * time.Millisecond

// room waits for room for a hundredth of the backlog, but not for long once there is some.
func (p *pool[T]) room(ctx context.Context) (free int, err error) {
	some := p.config.Backlog / 100
	if free, err = p.deque.Wait(ctx); err != nil || free >= some {
		return free, err
	}
	soon, cancel := context.WithTimeout(ctx, moreRoom)
	defer cancel()
	if free, err = p.deque.waitRoom(soon, some); err == nil {
		return free, nil
	}
	return p.deque.Free(), ctx.Err()
}

// afterCancel is how long Drain waits for handlers to return once their contexts are cancelled.
const afterCancel = time.Second

// Drain implements [Sink]. It waits for queued and running items alike, and for handlers that timed out and have not
// returned. When ctx ends it starts nothing more, cancels the contexts of the handlers, and gives them at most one
// second to return. What is left by then is in the [*LeftError] and stays in Pending. The next Put drops what was still
// queued, without a call of done; handlers that still run keep their slots and their keys until they return or time
// out.
func (h *Handlers[T]) Drain(ctx context.Context) error {
	p := h.pool
	if !idle(p, ctx.Done()) {
		p.pause(ctx.Err())
		grace := time.NewTimer(afterCancel)
		defer grace.Stop()
		idle(p, grace.C)
	}
	queued, running := p.deque.counts()
	running += int(p.abandoned.Load()) + p.hooks.len()
	if queued > 0 || running > 0 {
		return &LeftError{Queued: queued, Running: running, cause: p.cause}
	}
	p.deque.Close()
	return nil
}

// idle waits until no goroutine of the pool runs, or until stop speaks.
func idle[T, S any](p *pool[T], stop <-chan S) bool {
	idle := p.workers.wait()
	select {
	case <-idle: // also if stop has spoken
		return true
	default:
	}
	select {
	case <-idle:
		return true
	case <-stop:
		return false
	}
}

// Len implements [Sink].
func (h *Handlers[T]) Len() int { return h.pool.deque.Len() }

// Pending implements [Sink].
func (h *Handlers[T]) Pending() []T {
	tasks := h.pool.deque.Pending()
	items := make([]T, len(tasks))
	for i, t := range tasks {
		items[i] = t.item
	}
	return items
}

// SinkStats is a snapshot of a [Handlers] sink. Counters start at 0 with the sink.
type SinkStats struct {
	Queued    int           // items that wait for a key or a slot
	Running   int           // handlers that run within their time
	Abandoned int           // handlers that timed out and have not returned
	Oldest    time.Duration // the age of the oldest unfinished item, since Put took it

	Finished, Failed, TimedOut int64 // handlers that returned in time, with an error, not in time
}

// Stats may be called by any goroutine.
func (h *Handlers[T]) Stats() SinkStats {
	p := h.pool
	queued, running := p.deque.counts()
	return SinkStats{
		Queued:    queued,
		Running:   running,
		Abandoned: int(p.abandoned.Load()),
		Oldest:    p.deque.Oldest(),
		Finished:  p.finished.Load(),
		Failed:    p.failed.Load(),
		TimedOut:  p.timedOut.Load(),
	}
}
