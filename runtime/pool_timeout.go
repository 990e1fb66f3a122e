package runtime

import (
	"context"
	"math"
	"time"
)

// start starts a task's clock. It returns false if the task was dropped and must not run.
func (p *Pool[T]) start(t *task[T]) bool {
	if !p.deque.Start(&t.entry, p.config.Timeout) {
		return false
	}
	if p.config.Observer != nil {
		p.config.Observer.Started(t.item, t.home.index, t.entry.started-t.entry.added)
	}
	return true
}

// A handling is the context of a handler of a [Pool].
type handling interface {
	limit(timeout time.Duration, hold holdTime)
	attempt() int
	shard() int
	untimed(ctx context.Context, outside bool, f func(context.Context) error) error
}

// Limit gives the handler that runs with ctx a time-out of its own, instead of [SinkConfig].Timeout. It counts from the
// start of the handler's attempt. A timeout of 0 means no time-out.
//
// hold is how long the item's keys are held after the time-out, if the handler has not returned by then, as
// [SinkConfig].Hold: 0 means as long again as the time-out, and a negative hold means until the handler returns. If
// release is true, the keys are released at the time-out, and hold has no effect.
//
// Limit has no effect after the time-out, or if ctx does not come from a [Pool].
func Limit(ctx context.Context, timeout, hold time.Duration, release bool) {
	h, ok := ctx.Value(handlerKey{}).(handling)
	if !ok {
		return
	}
	switch {
	case release:
		hold = 0
	case hold == 0:
		hold = max(timeout, 0)
	}
	h.limit(timeout, newHoldTime(hold))
}

// A holdTime is how long keys are held after a time-out, in milliseconds, so that it fits where a task has space. 0 means
// not at all, and a negative one until the handler returns.
type holdTime int32

// newHoldTime rounds up to a millisecond. More than a holdTime can say, which is 24 days, is for ever.
func newHoldTime(d time.Duration) holdTime {
	switch {
	case d < 0 || d > math.MaxInt32*time.Millisecond:
		return -1
	case d == 0:
		return 0
	}
	return holdTime((d-1)/time.Millisecond + 1)
}

func (h holdTime) duration() time.Duration { return time.Duration(h) * time.Millisecond }

// Attempt returns which attempt to handle the item the handler that runs with ctx is, from 1. It returns 0 if ctx does
// not come from a [Pool].
func Attempt(ctx context.Context) int {
	if h, ok := ctx.Value(handlerKey{}).(handling); ok {
		return h.attempt()
	}
	return 0
}

// Shard returns the shard of the item that the handler that runs with ctx handles. It returns -1 if ctx does not come from a
// [Pool].
func Shard(ctx context.Context) int {
	if h, ok := ctx.Value(handlerKey{}).(handling); ok {
		return h.shard()
	}
	return -1
}

// limit has no effect if another attempt has begun.
func (t *task[T]) limit(timeout time.Duration, hold holdTime) {
	if t.later.Load() == nil {
		t.setLimit(timeout, hold)
	}
}

func (a *attempt[T]) limit(timeout time.Duration, hold holdTime) {
	if a.task.later.Load() == a {
		a.task.setLimit(timeout, hold)
	}
}

func (t *task[T]) attempt() int { return 1 }

func (a *attempt[T]) attempt() int { return a.number }

func (t *task[T]) shard() int { return t.home.index }

func (a *attempt[T]) shard() int { return a.task.home.index }

func (t *task[T]) setLimit(timeout time.Duration, hold holdTime) {
	t.setHold(hold)
	t.batch.pool.deque.limit(&t.entry, timeout)
}

func (t *task[T]) setHold(hold holdTime) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hold = hold
}

// holds returns how long the keys are held after the time-out.
func (t *task[T]) holds() holdTime {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hold
}

// timeout abandons a task whose time is up. The deque calls it on the timer's goroutine.
func (p *Pool[T]) timeout(t *task[T]) {
	p.timedOut.Add(1)
	p.abandoned.Add(1)
	p.late.add(t, false)
	context := t.current()
	context.end(expired)
	if !context.wasStopped() { // what Drain cancelled is unfinished
		t.batch.done(t.item, ErrTimeout)
	}
	if p.config.Observer != nil {
		p.config.Observer.TimedOut(t.item, t.home.index)
	}
	p.workers.begin()
	go p.reportTimeout(t)
	switch hold := t.holds(); {
	case hold > 0:
		t.held = true
		p.held.set(t, hold.duration())
	case hold == 0:
		t.freed = true
		p.releaseKeys(t)
	}
	p.passSlot()
}

// giveUp releases the keys of a handler that has not returned in the time that its keys are held. From then on nothing
// waits for the handler, not even Drain.
func (p *Pool[T]) giveUp(t *task[T]) {
	t.stuck = true
	p.stuck.Add(1)
	p.late.add(t, true)
	if p.config.Observer != nil {
		p.config.Observer.Stuck(t.item, t.home.index, p.deque.now()-t.entry.started)
	}
	p.workers.begin()
	go p.reportStuck(t)
	p.releaseKeys(t)
	p.workers.end() // for the worker that runs the handler
}

// settleLate ends a task whose handler returned after its time-out. It waits until the time-out has been reported, and
// likewise the end of the hold, so that everyone sees them before the return.
func (p *Pool[T]) settleLate(t *task[T], err error) {
	p.deque.waitReported()
	releases := !t.freed
	if t.held && !p.held.cancel(t) {
		p.held.waitFired()
		releases = false
	}
	p.abandoned.Add(-1)
	p.late.remove(t)
	if p.config.Observer != nil {
		p.config.Observer.Returned(t.item, t.home.index, p.deque.now()-t.entry.started, err)
	}
	if releases {
		p.releaseKeys(t)
	}
}
