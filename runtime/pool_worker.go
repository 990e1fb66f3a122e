package runtime

import "runtime/debug"

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
	p.workers.begin()
	go p.work(s, &s.starting)
}

// work is a worker's life. It begins with a slot that was meant for s, as the flag tells until it arrives.
func (p *pool[T]) work(s *shard[T], flag *bool) {
	defer p.workers.end()
	var (
		t        *task[T]
		err      error
		reported bool
		busy     = busyWorker[T]{pool: p}
	)
	defer func() {
		if t != nil { // the handler, or the error hook, ended this goroutine
			p.exited(t, err, reported)
		}
	}()
	for t = p.arrive(s, flag); t != nil; t = p.next(t, busy.givesWay(t.entry.started)) {
		if !p.start(t) {
			continue // dropped
		}
		err, reported = ErrGoexit, false
		if err = p.call(t); err != nil {
			reported = true
			p.report(t, err)
		}
		if !p.settle(t, err) {
			t = nil
			return
		}
	}
}

// exited ends a task on behalf of a goroutine that is ending.
func (p *pool[T]) exited(t *task[T], err error, reported bool) {
	defer func() { // deferred, since the error hook may end the goroutine once more
		if p.settle(t, err) {
			p.unlink(t)
			p.passSlot()
		}
	}()
	if !reported {
		p.report(t, err)
	}
}

// arrive brings a worker with its slot to s and takes a task. If there is none, the slot goes to the next shard in
// line and the worker with it.
func (p *pool[T]) arrive(s *shard[T], flag *bool) *task[T] {
	for {
		s.mu.Lock()
		*flag = false
		t := p.take(s)
		s.mu.Unlock()
		if t != nil {
			return t
		}
		if s = p.slots.release(); s == nil {
			return nil
		}
		flag = &s.inLine
	}
}

// take pops a ready task and sees to it that the one after it has a worker. Holding s.mu.
func (p *pool[T]) take(s *shard[T]) *task[T] {
	if p.paused.Load() {
		return nil
	}
	t := s.ready.pop()
	p.wake(s)
	return t
}

// next takes a finished task out of the lines of its keys and returns what its worker does after it: if other shards
// wait for a slot, it is their turn, else the next task of the same shard, unless another worker is to take that.
func (p *pool[T]) next(t *task[T], giveWay bool) *task[T] {
	links := t.links()
	for i := 1; i < len(links); i++ {
		p.leave(&links[i])
	}
	var following, elsewhere *task[T]
	s := t.home
	crowded := p.slots.crowded.Load()
	s.mu.Lock()
	if len(links) > 0 { // the first key is the home's, which is locked only once
		elsewhere = s.release(&links[0])
	}
	if crowded || giveWay {
		p.wake(s) // goes in line, or has another worker
	} else {
		following = p.take(s)
	}
	s.mu.Unlock()
	if elsewhere != nil {
		p.enqueue(elsewhere)
	}
	if following != nil {
		return following
	}
	if s = p.slots.release(); s == nil {
		return nil
	}
	return p.arrive(s, &s.inLine)
}

// passSlot gives up a slot without a worker to take it along.
func (p *pool[T]) passSlot() {
	if s := p.slots.release(); s != nil {
		p.workers.begin()
		go p.work(s, &s.inLine)
	}
}

// start starts a task's clock. It reports false if the task is not to be run.
func (p *pool[T]) start(t *task[T]) bool {
	if !p.deque.Start(&t.entry, p.config.Timeout) {
		return false
	}
	if p.config.Observer != nil {
		p.config.Observer.Started(t.item, t.home.index, t.entry.started-t.entry.added)
	}
	return true
}

func (p *pool[T]) call(t *task[T]) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return p.config.Handle(t, t.item)
}

// settle ends a task whose handler has returned. It reports whether the worker still has its slot, and the task its
// keys: not so if it timed out.
func (p *pool[T]) settle(t *task[T], err error) (kept bool) {
	kept = p.deque.Done(&t.entry)
	t.end(canceled)
	if err != nil {
		p.failed.Add(1)
	}
	if !kept {
		p.settleLate(t, err)
		return false
	}
	p.finished.Add(1)
	t.batch.done(t.item, err)
	if p.config.Observer != nil {
		p.config.Observer.Finished(t.item, t.home.index, p.deque.now()-t.entry.started, err)
	}
	return true
}

func (p *pool[T]) settleLate(t *task[T], err error) {
	p.deque.waitReported()
	p.abandoned.Add(-1)
	if p.config.Observer != nil {
		p.config.Observer.Returned(t.item, t.home.index, p.deque.now()-t.entry.started, err)
	}
	if !t.freed {
		p.unlink(t)
	}
}

// timeout abandons a task whose time is up. The deque calls it on the timer's goroutine.
func (p *pool[T]) timeout(t *task[T]) {
	p.timedOut.Add(1)
	p.abandoned.Add(1)
	t.end(expired)
	t.batch.done(t.item, ErrTimeout)
	if p.config.Observer != nil {
		p.config.Observer.TimedOut(t.item, t.home.index)
	}
	p.workers.begin()
	go p.reportTimeout(t)
	if t.releases() {
		t.freed = true
		p.unlink(t)
	}
	p.passSlot()
}
