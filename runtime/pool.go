package runtime

import (
	"context"
	"sync/atomic"
)

// A pool runs tasks: at most Concurrency at once, those that share a key one after another.
//
// A worker is a goroutine with a slot that takes ready tasks from a shard, one after another, and ends when there
// are none. Before it runs a task it sees to it that a second worker is on its way if more are ready, but never
// more than one. While handlers do not block, the first worker does all the work and the second hardly costs
// anything; as soon as one blocks, Go's scheduler runs the second, which sends for a third. So a handler that
// waits hands its shard on without anyone watching it.
type pool[T any] struct {
	config  SinkConfig[T]
	deque   *Deque[*task[T]]
	shards  []shard[T]
	slots   slots[T]
	workers gang
	hooks   hooks
	paused  atomic.Bool // Drain ran out of time: start nothing more until the next Put
	cause   error       // why it is paused; for Put and Drain

	abandoned, finished, failed, timedOut atomic.Int64

	// Scratch space of Put, which is called by one goroutine at a time.
	keys     []Key
	held     []*task[T]      // those with several keys
	entering [][]entering[T] // by shard
	turn     int             // the shard of the next item without a key
}

// entering is one step of Put: a task goes to the end of a key's line, or, without a key, straight to ready.
type entering[T any] struct {
	task  *task[T]
	key   Key
	keyed bool
}

func newPool[T any](config SinkConfig[T]) *pool[T] {
	p := &pool[T]{config: config, shards: make([]shard[T], config.Workers)}
	p.slots.free = config.Concurrency
	p.entering = make([][]entering[T], config.Workers)
	p.deque = NewDeque(DequeConfig[*task[T]]{Capacity: config.Backlog, OnTimeout: p.timeout})
	for i := range p.shards {
		p.shards[i].index = i
		p.shards[i].last = make(map[Key]*task[T])
	}
	return p
}

// put takes a batch: every task is linked into the lines of its keys, shard by shard, so that a shard is locked
// once for a batch. Within a shard the order is that of arrival, which is all that order and freedom from deadlock
// need.
func (p *pool[T]) put(ctx context.Context, items []T, done func(T, error)) {
	b := &batch[T]{p, context.WithoutCancel(ctx), done}
	now := p.deque.now()
	var entries list[*task[T]]
	for _, item := range items {
		t := &task[T]{batch: b, item: item, release: p.config.Release}
		t.entry.item, t.entry.added = t, now
		entries.push(&t.entry)
		p.place(t)
	}
	p.deque.append(&entries)
	for i := range p.shards {
		s := &p.shards[i]
		if len(p.entering[i]) == 0 {
			continue
		}
		s.mu.Lock()
		for _, e := range p.entering[i] {
			if e.keyed {
				s.enter(e.task, e.key)
			}
			if e.task.keys <= 1 && e.task.waits.Load() == 0 {
				s.ready.push(e.task)
			}
		}
		p.wake(s)
		s.mu.Unlock()
	}
	for i := range p.entering {
		clear(p.entering[i])
		p.entering[i] = p.entering[i][:0]
	}
	for _, t := range p.held { // each stands in all its lines now
		if t.waits.Add(-1) == 0 {
			p.enqueue(t)
		}
	}
	clear(p.held)
	p.held = p.held[:0]
}

// place decides a task's home shard and notes the lines it has to enter.
func (p *pool[T]) place(t *task[T]) {
	p.keys = p.keys[:0]
	if p.config.Constraints != nil {
		p.keys = p.config.Constraints(t.item, p.keys)
	}
	for n, key := range p.keys {
		i := key.Shard(len(p.shards))
		if n == 0 {
			t.home = &p.shards[i]
		}
		if t.addKey(key) {
			p.entering[i] = append(p.entering[i], entering[T]{t, key, true})
		}
	}
	if t.home == nil {
		t.home = &p.shards[p.turn]
		p.turn = (p.turn + 1) % len(p.shards)
		p.entering[t.home.index] = append(p.entering[t.home.index], entering[T]{task: t})
	}
	if t.keys > 1 {
		t.waits.Store(1)
		p.held = append(p.held, t)
	}
	if p.config.Observer != nil {
		p.config.Observer.Queued(t.item, t.home.index)
	}
}

// enqueue hands a task that waits for nobody to its home.
func (p *pool[T]) enqueue(t *task[T]) {
	t.home.mu.Lock()
	defer t.home.mu.Unlock()
	t.home.ready.push(t)
	p.wake(t.home)
}

// unlink takes a task out of the lines of its keys.
func (p *pool[T]) unlink(t *task[T]) {
	links := t.links()
	for i := range links {
		p.leave(&links[i])
	}
}

func (p *pool[T]) leave(l *link[T]) {
	s := &p.shards[l.key.Shard(len(p.shards))]
	s.mu.Lock()
	elsewhere := s.release(l)
	p.wake(s)
	s.mu.Unlock()
	if elsewhere != nil {
		p.enqueue(elsewhere)
	}
}

// pause starts nothing more and tells what runs to end.
func (p *pool[T]) pause(cause error) {
	p.paused.Store(true)
	p.cause = cause
	for _, t := range p.deque.Pending() { // also what waits: a worker may just have taken it
		t.end(canceled)
	}
	p.hooks.cancel()
}

// resume ends a pause: what was queued then is dropped, what still runs goes on, with its slot and its keys.
func (p *pool[T]) resume() {
	if !p.paused.Load() {
		return
	}
	p.deque.dropWaiting()
	p.paused.Store(false)
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		p.wake(s)
		s.mu.Unlock()
	}
}
