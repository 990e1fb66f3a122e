package runtime

import (
	"context"
	"sync"
	"time"
)

// Handlers is a sink that runs a handler for every item. [NewSharded], [NewConcurrent], [NewBatch] and
// [NewSequential] make one.
type Handlers[T any] struct {
	config SinkConfig[T]
	whole  bool // Put waits until every item is finished, not just for room

	mu   sync.Mutex
	pool *pool[T] // made anew by the first Put after a Drain that left something
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
	config = config.withDefaults()
	return &Handlers[T]{config: config, whole: whole, pool: newPool(config)}
}

func (h *Handlers[T]) current() *pool[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pool
}

// open is the pool to put into: a new one if a Drain gave the last one up.
func (h *Handlers[T]) open() *pool[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pool.ended.Load() {
		h.pool = newPool(h.config)
	}
	return h.pool
}

// Put implements [Sink]. It never holds more than Backlog items: what does not fit waits in Put.
func (h *Handlers[T]) Put(ctx context.Context, items []T, done func(T, error)) (taken, free int, err error) {
	p := h.open()
	for {
		room := p.deque.Free()
		if n := min(room, len(items)-taken); n > 0 {
			p.put(ctx, items[taken:taken+n], done)
			taken += n
			room -= n
		}
		if taken == len(items) && h.whole {
			if err := p.deque.WaitEmpty(ctx); err != nil {
				return taken, 0, err
			}
			return taken, p.config.Backlog, nil
		}
		if taken == len(items) && room > 0 {
			return taken, room, nil
		}
		if free, err = p.deque.Wait(ctx); err != nil {
			return taken, 0, err
		}
		if taken == len(items) {
			return taken, free, nil
		}
	}
}

// afterCancel is how long Drain waits for handlers to return once their contexts are cancelled.
const afterCancel = time.Second

// Drain implements [Sink]. It waits for queued and running items alike, also for handlers that timed out and have
// not returned. When ctx ends it starts nothing more, cancels the contexts of the handlers, and gives them at most
// one second to return. What is left by then is in the [*LeftError] and stays in Pending until the next Put.
func (h *Handlers[T]) Drain(ctx context.Context) error {
	p := h.current()
	if idle(p, ctx.Done()) {
		return nil
	}
	p.ended.Store(true)
	for _, t := range p.deque.Pending() {
		t.cancel(context.Canceled)
	}
	grace := time.NewTimer(afterCancel)
	defer grace.Stop()
	idle(p, grace.C)
	running := p.deque.Started()
	left := &LeftError{Queued: p.deque.Len() - running, Running: running + int(p.abandoned.Load()), cause: ctx.Err()}
	if left.Queued == 0 && left.Running == 0 {
		return nil
	}
	return left
}

// idle waits until nothing runs and no time-out is being reported, or until the channel speaks.
func idle[T, S any](p *pool[T], stop <-chan S) bool {
	for range 2 { // a time-out reported meanwhile may have started a hook
		select {
		case <-p.workers.wait():
		case <-stop:
			p.deque.Close()
			return false
		}
		p.deque.Close()
	}
	return true
}

// Len implements [Sink].
func (h *Handlers[T]) Len() int { return h.current().deque.Len() }

// Pending implements [Sink].
func (h *Handlers[T]) Pending() []T {
	tasks := h.current().deque.Pending()
	items := make([]T, len(tasks))
	for i, t := range tasks {
		items[i] = t.item
	}
	return items
}

// SinkStats is a snapshot of a [Handlers] sink. Counters start at 0 with the sink, and again after a Drain that
// left something.
type SinkStats struct {
	Queued    int           // items that wait for a key or a slot
	Running   int           // handlers that run within their time
	Abandoned int           // handlers that timed out and have not returned
	Oldest    time.Duration // the age of the oldest unfinished item, since Put took it

	Finished, Failed, TimedOut int64 // handlers that returned in time, with an error, not in time
}

// Stats may be called by any goroutine.
func (h *Handlers[T]) Stats() SinkStats {
	p := h.current()
	running := p.deque.Started()
	return SinkStats{
		Running:   running,
		Queued:    max(0, p.deque.Len()-running),
		Abandoned: max(0, int(p.abandoned.Load())),
		Oldest:    p.deque.Oldest(),
		Finished:  p.finished.Load(),
		Failed:    p.failed.Load(),
		TimedOut:  p.timedOut.Load(),
	}
}
