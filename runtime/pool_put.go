package runtime

import (
	"context"
	"time"
)

// moreRoom is how long Room waits for room for more than a few items.
const moreRoom = 5 * time.Millisecond

// Put implements [Sink]. The pool never holds more than Backlog items: Put waits until the rest fits. Several goroutines may
// call Put at once, and beside Room. If two calls wait for room, either may get it first.
func (p *Pool[T]) Put(ctx context.Context, items []T, done func(T, error)) (taken int, err error) {
	p.resume()
	for {
		taken += p.fill(ctx, items[taken:], done)
		if taken == len(items) {
			return taken, nil
		}
		if _, err = p.deque.Wait(ctx); err != nil {
			return taken, err
		}
	}
}

// fill takes the items for which there is room, and returns their number.
func (p *Pool[T]) fill(ctx context.Context, items []T, done func(T, error)) (taken int) {
	p.putting.Lock()
	defer p.putting.Unlock()
	if taken = min(p.deque.Free(), len(items)); taken > 0 {
		p.accept(ctx, items[:taken], done)
	}
	return taken
}

// Room implements [Sink]. If there is room for less than a hundredth of Backlog, Room gives the handlers 5 ms to make
// more, so that a source is not asked for one item at a time. The pools of [NewBatch] and [NewSequential] have no room
// until every item is finished.
func (p *Pool[T]) Room(ctx context.Context) (free int, err error) {
	p.resume()
	enough := p.config.Backlog / 100
	if free = p.deque.Free(); free > 0 && free >= enough && !p.batched {
		return free, nil
	}
	if p.batched {
		if err = p.waitFull(ctx, p.deque.WaitEmpty); err != nil {
			return 0, err
		}
		return p.config.Backlog, nil
	}
	err = p.waitFull(ctx, func(ctx context.Context) (err error) {
		free, err = p.deque.Wait(ctx)
		return err
	})
	if err != nil {
		return 0, err
	}
	if free >= enough {
		return free, nil
	}
	soon, cancel := context.WithTimeout(ctx, moreRoom)
	defer cancel()
	if free, err = p.deque.waitRoom(soon, enough); err == nil {
		return free, nil
	}
	if err = ctx.Err(); err != nil {
		return 0, err
	}
	return p.deque.Free(), nil
}

// An arrival is one step of accept: a task joins the queue of a key. A task without keys joins the ready queue.
type arrival[T any] struct {
	task  *task[T]
	key   Key
	keyed bool
}

// accept takes items for which there is room. It appends every task to the queues of its keys, shard by shard, so that
// each shard is locked once. Within a shard it keeps arrival order. That is enough for order, and it rules out a
// deadlock. The caller holds putting.
func (p *Pool[T]) accept(ctx context.Context, items []T, done func(T, error)) {
	b := &batch[T]{p, valuesOf(ctx), done}
	hold := p.config.hold()
	now := p.deque.now()
	var entries list[*task[T]]
	defer p.clearScratch() // also if Constraints, Size or the observer ends this goroutine
	for _, item := range items {
		t := &task[T]{batch: b, item: item}
		t.hold = hold
		t.entry.item, t.entry.added = t, now
		entries.push(&t.entry)
		p.place(t)
		p.deque.measure(&t.entry)
	}
	p.deque.append(&entries)
	for i := range p.shards {
		s := &p.shards[i]
		if len(p.arrivals[i]) == 0 {
			continue
		}
		s.mu.Lock()
		for _, a := range p.arrivals[i] {
			if a.keyed {
				s.enqueue(a.task, a.key)
			}
			if a.task.keys <= 1 && a.task.waits.Load() == 0 {
				s.ready.push(a.task)
			}
		}
		p.wake(s)
		s.mu.Unlock()
	}
	for _, t := range p.multiKey { // now in the queues of all their keys
		if t.waits.Add(-1) == 0 {
			p.makeReady(t)
		}
	}
}

// clearScratch keeps the scratch space of Put from keeping tasks alive.
func (p *Pool[T]) clearScratch() {
	for i := range p.arrivals {
		clear(p.arrivals[i])
		p.arrivals[i] = p.arrivals[i][:0]
	}
	clear(p.multiKey)
	p.multiKey = p.multiKey[:0]
}

// place chooses a task's home shard and notes the queues that the task has to join.
func (p *Pool[T]) place(t *task[T]) {
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
			p.arrivals[i] = append(p.arrivals[i], arrival[T]{t, key, true})
		}
	}
	if t.home == nil {
		t.home = &p.shards[p.nextShard]
		p.nextShard = (p.nextShard + 1) % len(p.shards)
		p.arrivals[t.home.index] = append(p.arrivals[t.home.index], arrival[T]{task: t})
	}
	if t.keys > 1 {
		t.waits.Store(1)
		p.multiKey = append(p.multiKey, t)
	}
	if p.config.Observer != nil {
		p.config.Observer.Queued(t.item, t.home.index)
	}
}
