package runtime

// A worker is a goroutine with a slot. It takes ready tasks from a shard, one after another, and ends when there are
// none. Before it runs a task, it makes sure that a second worker is on its way if more tasks are ready, but never more
// than one. While handlers do not block, the first worker does all the work and the second costs next to nothing. When a
// handler blocks, Go's scheduler runs the second worker, which starts a third. So a blocked handler passes its shard on
// without anyone watching it.

// wake starts a worker for s if a task is ready and no worker is on its way. If no slot is free, it puts s in line for
// one instead. The caller holds s.mu.
func (p *Pool[T]) wake(s *shard[T]) {
	if s.ready.first == nil || s.expecting {
		return
	}
	s.expecting = true
	if !p.slots.acquire(s) {
		return
	}
	p.workers.begin()
	go p.work(s)
}

// work runs one worker, from its start until it finds no work. The worker begins with a slot that was acquired for s.
func (p *Pool[T]) work(s *shard[T]) {
	var (
		t, last  *task[T]
		err      error
		stopped  bool // the handler failed after Drain had cancelled it
		reported bool
		busy     = busyWorker[T]{pool: p}
	)
	defer func() {
		if last == nil || !last.stuck { // nobody waits for a worker whose handler was reported as stuck
			p.workers.end()
		}
	}()
	defer func() {
		if t != nil { // the handler or a hook ended this goroutine
			p.exited(t, err, stopped, reported)
		}
	}()
	for t = p.arrive(s); t != nil; {
		if !p.start(t) {
			t = p.next(t, busy.shouldYield(0)) // dropped
			continue
		}
		last = t
		started := t.entry.started
		err, stopped, reported = ErrGoexit, false, false
		if err = p.call(t); err != nil {
			if stopped = t.current().wasStopped(); !stopped && p.retry(t, err) {
				last = nil
				t = p.following(t.home, nil, busy.shouldYield(started))
				continue
			}
			reported = true
			p.report(t, err)
		}
		if !p.settle(t, err, stopped) {
			t = nil
			return
		}
		t = p.next(t, busy.shouldYield(started))
	}
}

// exited ends a task whose handler or error hook called runtime.Goexit. It runs while the worker's goroutine ends.
func (p *Pool[T]) exited(t *task[T], err error, stopped, reported bool) {
	if !reported {
		stopped = t.current().wasStopped()
	}
	defer func() { // deferred, because the error hook may call Goexit again
		if p.settle(t, err, stopped) {
			p.releaseKeys(t)
			p.passSlot()
		}
	}()
	if !reported {
		p.report(t, err)
	}
}

// arrive brings a worker with a slot to s and takes a task. If s has no task, the worker takes its slot to the first
// shard in line. It returns nil if no shard waits: the slot is then free, and the worker ends.
func (p *Pool[T]) arrive(s *shard[T]) *task[T] {
	for s != nil {
		s.mu.Lock()
		s.expecting = false
		t := p.take(s)
		s.mu.Unlock()
		if t != nil {
			return t
		}
		s = p.slots.release()
	}
	return nil
}

// take removes a ready task from s and wakes another worker for the task behind it. The caller holds s.mu.
func (p *Pool[T]) take(s *shard[T]) *task[T] {
	if p.paused.Load() {
		return nil
	}
	t := s.ready.pop()
	p.wake(s)
	return t
}

// next removes a finished task from the queues of its keys and returns the task that its worker runs next. If other
// shards wait for a slot, the worker goes to the first of them. Otherwise it stays with its shard, unless yield says to
// leave that to another worker.
func (p *Pool[T]) next(t *task[T], yield bool) *task[T] {
	links := t.links()
	for i := 1; i < len(links); i++ {
		p.dequeue(&links[i])
	}
	if len(links) > 0 {
		return p.following(t.home, &links[0], yield)
	}
	return p.following(t.home, nil, yield)
}

// following returns the task that a worker of s runs next, as next does. Before that, it removes a task from the queue
// of a key of s, unless l is nil.
func (p *Pool[T]) following(s *shard[T], l *link[T], yield bool) *task[T] {
	var following, elsewhere *task[T]
	crowded := p.slots.crowded.Load()
	s.mu.Lock()
	if l != nil { // the first key belongs to the home shard, so one lock is enough
		elsewhere = s.dequeue(l)
	}
	if crowded || yield {
		p.wake(s) // s gets in line for a slot, or gets another worker
	} else {
		following = p.take(s)
	}
	s.mu.Unlock()
	if elsewhere != nil {
		p.makeReady(elsewhere)
	}
	if following != nil {
		return following
	}
	return p.arrive(p.slots.release())
}

// passSlot gives up a slot when no worker can take it to the next shard. It starts a worker if a shard waits in line.
func (p *Pool[T]) passSlot() {
	if s := p.slots.release(); s != nil {
		p.workers.begin()
		go p.work(s)
	}
}

// call calls the handler. A panic becomes an error.
func (p *Pool[T]) call(t *task[T]) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = NewPanicError(value)
		}
	}()
	return p.config.Handle(t.context(), t.item)
}

// settle ends a task whose handler has returned. It returns true if the worker still has its slot and the task still
// has its keys, which is so unless the task timed out. stopped says that the handler failed after Drain had cancelled it.
func (p *Pool[T]) settle(t *task[T], err error, stopped bool) (kept bool) {
	if stopped {
		return p.settleStopped(t, err)
	}
	kept = p.deque.Done(&t.entry)
	t.current().end(canceled)
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
