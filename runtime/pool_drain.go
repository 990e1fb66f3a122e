package runtime

import (
	"context"
	"time"
)

// cancelGrace is how long Drain waits for handlers to return after it has cancelled their contexts.
const cancelGrace = time.Second

// Drain implements [Sink]. It waits for queued and running items, for hooks, and for handlers that timed out and have
// not returned.
//
// When ctx ends, Drain starts nothing more, cancels the contexts of handlers and hooks, and gives them at most one
// second to return. What is still unfinished is counted in the [*UnfinishedError] and stays in Pending. The next Put or
// Room drops the items that are still queued and does not call done for them. Handlers that still run keep their slots
// and their keys until they return or time out.
func (p *Pool[T]) Drain(ctx context.Context) error {
	if !waitIdle(p, ctx.Done()) {
		p.pause(ctx.Err())
		grace := time.NewTimer(cancelGrace)
		defer grace.Stop()
		waitIdle(p, grace.C)
	}
	queued, running := p.deque.counts()
	running += int(p.abandoned.Load()) + p.hooks.len()
	if queued > 0 || running > 0 {
		return &UnfinishedError{Queued: queued, Running: running, cause: p.cause}
	}
	p.deque.Close()
	return nil
}

// waitIdle waits until no goroutine of the pool runs, and returns true. It returns false if stop fires first.
func waitIdle[T, S any](p *Pool[T], stop <-chan S) bool {
	idle := p.workers.wait()
	select {
	case <-idle: // an idle pool is idle even if stop has fired
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

// pause starts nothing more and cancels the contexts of all tasks and hooks.
func (p *Pool[T]) pause(cause error) {
	p.paused.Store(true)
	p.cause = cause
	for _, t := range p.deque.Pending() { // waiting tasks too, because a worker may just have taken one
		t.end(canceled)
	}
	p.hooks.cancel()
}

// resume ends a pause. It drops the tasks that were not started. The others keep their slots and their keys.
func (p *Pool[T]) resume() {
	if !p.paused.Load() {
		return
	}
	p.deque.removeWaiting()
	p.paused.Store(false)
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		p.wake(s)
		s.mu.Unlock()
	}
}
