package runtime

import (
	"context"
	"time"
)

// cancelGrace is how long Drain waits for handlers to return after it has cancelled their contexts.
const cancelGrace = time.Second

// Drain implements [Sink]. It waits for queued and running items, for hooks, and for handlers that timed out and have
// not returned. It waits for no back-off, and for no handler that was reported as stuck: an item that waits for another
// attempt, and what waits for the same key, is unfinished.
//
// When ctx ends, Drain starts nothing more, cancels the contexts of handlers and hooks, and gives them at most one
// second to return. An item whose handler then returns an error is unfinished, because another run may succeed; one
// whose handler returns nil is finished.
//
// What is unfinished is counted in the [*UnfinishedError] and stays in Pending, and done is not called for it. The next
// Put or Room drops all of it that does not run. Handlers that still run keep their slots and their keys until they
// return or time out.
func (p *Pool[T]) Drain(ctx context.Context) error {
	p.putting.Lock()
	p.drained = true
	p.putting.Unlock()
	p.parked.stop()
	if !waitIdle(p, ctx.Done()) {
		p.pause(ctx.Err())
		grace := time.NewTimer(cancelGrace)
		defer grace.Stop()
		waitIdle(p, grace.C)
	}
	waiting, parked, running := p.deque.counts()
	running += int(p.abandoned.Load()) + p.hooks.len()
	if waiting == 0 && running == 0 {
		p.deque.Close()
		return nil
	}
	unfinished := &UnfinishedError{
		Running: running, Stopped: int(p.unfinished.Load()), Retrying: parked, cause: p.cause,
	}
	unfinished.Queued = waiting - unfinished.Stopped - unfinished.Retrying
	return unfinished
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
	p.cause = cause
	p.pausing.Lock()
	p.paused.Store(true)
	p.pausing.Unlock()
	for _, t := range p.deque.Pending() { // waiting tasks too, because a worker may just have taken one
		t.current().end(stopped)
	}
	p.hooks.cancel()
}

// settleStopped ends a task whose handler returned an error after Drain had cancelled it. While the pool is paused, the
// task stays in the deque, so that it counts as unfinished. It returns what settle returns.
func (p *Pool[T]) settleStopped(t *task[T], err error) (kept bool) {
	took := p.deque.now() - t.entry.started
	p.pausing.Lock()
	if p.paused.Load() {
		if kept = p.deque.unstart(&t.entry, false); kept {
			p.unfinished.Add(1)
		}
	} else {
		kept = p.deque.Done(&t.entry)
	}
	p.pausing.Unlock()
	p.failed.Add(1)
	if !kept {
		p.settleLate(t, err)
		return false
	}
	if p.config.Observer != nil {
		p.config.Observer.Stopped(t.item, t.home.index, took, err)
	}
	return true
}

// resume ends a drain. It drops the tasks that do not run. The others keep their slots and their keys.
func (p *Pool[T]) resume() {
	p.putting.Lock()
	defer p.putting.Unlock()
	if !p.drained {
		return
	}
	p.drained, p.cause = false, nil
	p.pausing.Lock()
	p.deque.removeWaiting()
	p.unfinished.Store(0)
	p.paused.Store(false)
	p.pausing.Unlock()
	for _, t := range p.parked.restart() {
		p.makeReady(t) // it was dropped: a worker will find that, and release its keys
	}
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		p.wake(s)
		s.mu.Unlock()
	}
}
