package runtime

import (
	"context"
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

// Limit gives the handler that runs with ctx a time-out of its own, instead of [SinkConfig].Timeout. It counts from the
// handler's start. A timeout of 0 means no time-out. If release is true, the item's keys are released at the time-out;
// otherwise they are held until the handler returns. Limit has no effect after the time-out, or if ctx does not come
// from a [Pool].
func Limit(ctx context.Context, timeout time.Duration, release bool) {
	if t, ok := ctx.Value(limitKey{}).(interface{ limit(time.Duration, bool) }); ok {
		t.limit(timeout, release)
	}
}

func (t *task[T]) limit(timeout time.Duration, release bool) {
	t.mu.Lock()
	t.release = release
	t.mu.Unlock()
	t.batch.pool.deque.Start(&t.entry, timeout)
}

// releasesKeys reports whether the keys are to be released at the time-out.
func (t *task[T]) releasesKeys() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.release
}

// timeout abandons a task whose time is up. The deque calls it on the timer's goroutine.
func (p *Pool[T]) timeout(t *task[T]) {
	p.timedOut.Add(1)
	p.abandoned.Add(1)
	t.end(expired)
	t.batch.done(t.item, ErrTimeout)
	if p.config.Observer != nil {
		p.config.Observer.TimedOut(t.item, t.home.index)
	}
	p.workers.begin()
	go p.reportTimeout(t)
	if t.releasesKeys() {
		t.freed = true
		p.releaseKeys(t)
	}
	p.passSlot()
}

// settleLate ends a task whose handler returned after its time-out. It waits until the time-out has been reported, so
// that everyone sees the time-out before the return.
func (p *Pool[T]) settleLate(t *task[T], err error) {
	p.deque.waitReported()
	p.abandoned.Add(-1)
	if p.config.Observer != nil {
		p.config.Observer.Returned(t.item, t.home.index, p.deque.now()-t.entry.started, err)
	}
	if !t.freed {
		p.releaseKeys(t)
	}
}
