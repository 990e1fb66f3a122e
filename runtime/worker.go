package runtime

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"
)

// wake starts a worker for s if it has work and none is on its way. Holding s.mu.
func (p *pool[T]) wake(s *shard[T]) {
	if s.ready.first == nil || s.starting || s.inLine {
		return
	}
	if !p.slots.acquire(s) {
		s.inLine = true
		return
	}
	s.starting = true
	p.workers.start(func() { p.work(s, &s.starting) })
}

// work is a worker's life. It begins with a slot that was meant for s, as the flag tells until it arrives.
func (p *pool[T]) work(s *shard[T], flag *bool) {
	var t *task[T]
	defer func() {
		if t != nil { // the handler ended this goroutine
			p.report(t, ErrGoexit)
			if p.settle(t, ErrGoexit) {
				p.passSlot()
			}
		}
	}()
	for s, t = p.arrive(s, flag); t != nil; s, t = p.following(s) {
		if kept := p.settle(t, p.handle(t)); !kept {
			t = nil
			return
		}
	}
}

// take pops a ready task and sees to it that the next one has a worker. flag, if any, is lowered.
func (p *pool[T]) take(s *shard[T], flag *bool) *task[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if flag != nil {
		*flag = false
	}
	if p.ended.Load() {
		return nil
	}
	t := s.ready.pop()
	p.wake(s)
	return t
}

// arrive brings a worker with its slot to s. If there is nothing to do, the slot goes to the next shard in line and
// the worker with it.
func (p *pool[T]) arrive(s *shard[T], flag *bool) (*shard[T], *task[T]) {
	for {
		if t := p.take(s, flag); t != nil {
			return s, t
		}
		if s = p.slots.release(); s == nil {
			return nil, nil
		}
		flag = &s.inLine
	}
}

// following is what a worker does after a task: if other shards wait for a slot, it is their turn, else the next
// task of s.
func (p *pool[T]) following(s *shard[T]) (*shard[T], *task[T]) {
	if !p.slots.crowded.Load() {
		return p.arrive(s, nil)
	}
	next := p.slots.release()
	s.mu.Lock()
	p.wake(s)
	s.mu.Unlock()
	if next == nil {
		return nil, nil
	}
	return p.arrive(next, &next.inLine)
}

// passSlot gives up a slot without a worker to take it along.
func (p *pool[T]) passSlot() {
	if s := p.slots.release(); s != nil {
		p.workers.start(func() { p.work(s, &s.inLine) })
	}
}

// handle runs the handler and, if it failed, the error hook, both on the handler's time.
func (p *pool[T]) handle(t *task[T]) error {
	waited, observed := p.start(t)
	if observed {
		p.config.Observer.Started(t.item, t.home.index, waited)
	}
	err := p.call(t)
	if err != nil {
		p.report(t, err)
	}
	return err
}

func (p *pool[T]) start(t *task[T]) (waited time.Duration, observed bool) {
	p.deque.Start(&t.entry, p.config.Timeout)
	return t.entry.started - t.entry.added, p.config.Observer != nil
}

func (p *pool[T]) call(t *task[T]) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return p.config.Handle(t, t.item)
}

// report tells the error hook.
func (p *pool[T]) report(t *task[T], err error) {
	if p.deque.hasLeft(&t.entry) {
		err = &LateError{Err: err}
	}
	p.guard(t.parent, "the error hook panicked", func() { p.config.OnError(t, t.item, err) })
}

// guard keeps the panic of a hook from the process. There is nobody left to tell but the log.
func (p *pool[T]) guard(ctx context.Context, message string, hook func()) {
	defer func() {
		if value := recover(); value != nil {
			slog.Default().ErrorContext(ctx, message, "panic", value, "stack", string(debug.Stack()))
		}
	}()
	hook()
}

// settle ends a task whose handler has returned. It reports whether the worker still has its slot: it has not if
// the task timed out.
func (p *pool[T]) settle(t *task[T], err error) (kept bool) {
	kept = p.deque.Done(&t.entry)
	if kept {
		p.finished.Add(1)
		t.done(t.item, err)
	} else {
		p.abandoned.Add(-1)
	}
	if err != nil {
		p.failed.Add(1)
	}
	if p.config.Observer != nil {
		took := p.deque.now() - t.entry.started
		if kept {
			p.config.Observer.Finished(t.item, t.home.index, took, err)
		} else {
			p.config.Observer.Returned(t.item, t.home.index, took, err)
		}
	}
	p.unlink(t)
	return kept
}

// timeout abandons a task whose time is up. The deque calls it on the timer's goroutine.
func (p *pool[T]) timeout(t *task[T]) {
	p.timedOut.Add(1)
	p.abandoned.Add(1)
	t.cancel(context.DeadlineExceeded)
	t.done(t.item, ErrTimeout)
	if p.config.Observer != nil {
		p.config.Observer.TimedOut(t.item, t.home.index)
	}
	p.workers.start(func() {
		p.guard(t.parent, "the time-out hook panicked", func() { p.config.OnTimeout(t.parent, t.item) })
	})
	if t.releases() {
		p.unlink(t)
	}
	p.passSlot()
}

// unlink takes a task out of the lines of its keys and tells its successors, once.
func (p *pool[T]) unlink(t *task[T]) {
	if !t.unlinked.CompareAndSwap(false, true) {
		return
	}
	for i := range t.links {
		l := &t.links[i]
		s := &p.shards[l.key.Shard(len(p.shards))]
		s.mu.Lock()
		next := s.leave(t, l)
		if next != nil && next.home == s && next.waits.Add(-1) == 0 {
			s.ready.push(next)
			p.wake(s)
			next = nil
		} else if next != nil && next.home == s {
			next = nil
		}
		s.mu.Unlock()
		if next != nil {
			p.predecessorDone(next)
		}
	}
}
