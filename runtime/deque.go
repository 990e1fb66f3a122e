package runtime

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// DequeConfig configures a [Deque]. The zero value is an unbounded deque without time-outs.
type DequeConfig[T any] struct {
	// Capacity is the number of items the deque has room for. Add does not enforce it: whoever adds asks Free
	// or Wait first. Default 0: unbounded.
	Capacity int

	// OnTimeout is told each item that left because its time was up, in the order of their deadlines, one at a
	// time. It is called on the timer's goroutine and holds up the time-outs after it, so it must not block.
	// Default nil.
	OnTimeout func(item T)
}

// A Deque holds unfinished items in arrival order. An item leaves from any position: when it is done, or when its
// time is up. It is grammY runner's decaying deque with one difference: an item's clock runs from Start, not from
// Add, so an item that has to wait does not time out before its turn.
//
// All methods may be called concurrently.
type Deque[T any] struct {
	capacity  int
	onTimeout func(T)
	epoch     time.Time // what instants are counted from

	mu      sync.Mutex
	arrival list[T] // everything unfinished, in arrival order
	running int     // how many of them were started
	expiry  expiry
	waiters []*waiter
}

// A waiter is somebody who waits for a state of a deque.
type waiter struct {
	ok  func() bool   // whether it has come; asked with the deque's mu held
	met chan struct{} // closed when it has
}

// An Entry is an item's place in a [Deque].
type Entry[T any] struct {
	item       T
	prev, next *Entry[T]
	added      time.Duration // since the deque's epoch
	started    time.Duration // since the deque's epoch; 0 while it waits
	due        time.Duration // since the deque's epoch; 0 for no time-out
	left       bool
}

// Item is the item the entry was added for.
func (e *Entry[T]) Item() T { return e.item }

// NewDeque returns an empty deque. It holds no goroutine, and no timer until an item with a time-out is started.
func NewDeque[T any](config DequeConfig[T]) *Deque[T] {
	d := &Deque[T]{capacity: config.Capacity, onTimeout: config.OnTimeout, epoch: time.Now()}
	if d.capacity <= 0 {
		d.capacity = math.MaxInt
	}
	return d
}

// now is a monotonic instant, never 0, cheaper than a time.Time.
func (d *Deque[T]) now() time.Duration { return time.Since(d.epoch) + 1 }

// Add appends the items in order and returns their entries. Their clocks do not run yet.
func (d *Deque[T]) Add(items ...T) []*Entry[T] {
	entries := make([]*Entry[T], len(items))
	now := d.now()
	var batch list[T]
	for i, item := range items {
		entries[i] = &Entry[T]{item: item, added: now}
		batch.push(entries[i])
	}
	d.append(&batch)
	return entries
}

// append takes over entries that the caller allocated, perhaps within something larger.
func (d *Deque[T]) append(batch *list[T]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.arrival.append(batch)
}

// Start starts the clock of an entry: unless it is done within timeout, it leaves. A timeout of 0 is none.
// Starting an entry again moves its deadline, counted from its first start. Start reports false if the entry has
// left.
func (d *Deque[T]) Start(e *Entry[T], timeout time.Duration) bool {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.left {
		return false
	}
	if e.started == 0 {
		e.started = now
		d.running++
	}
	e.due = 0
	if timeout > 0 {
		e.due = e.started + timeout
		d.arm(e.due, now)
	}
	return true
}

// Done takes an entry out. It reports false if the entry had left before, done or timed out.
func (d *Deque[T]) Done(e *Entry[T]) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.left {
		return false
	}
	d.leave(e)
	return true
}

// dropWaiting takes out every entry that was not started.
func (d *Deque[T]) dropWaiting() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for e := d.arrival.first; e != nil; {
		following := e.next
		if e.started == 0 {
			d.leave(e)
		}
		e = following
	}
}

// leave holds mu.
func (d *Deque[T]) leave(e *Entry[T]) {
	e.left = true
	if e.started != 0 {
		d.running--
	}
	d.arrival.remove(e)
	d.notify()
}

// notify wakes those whose state has come. Holding mu.
func (d *Deque[T]) notify() {
	for i := 0; i < len(d.waiters); {
		if w := d.waiters[i]; w.ok() {
			close(w.met)
			d.waiters = slices.Delete(d.waiters, i, i+1)
		} else {
			i++
		}
	}
}

// hasLeft reports whether the entry is done or timed out.
func (d *Deque[T]) hasLeft(e *Entry[T]) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return e.left
}

// Len is the number of items in the deque.
func (d *Deque[T]) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrival.len
}

// Started is the number of items in the deque whose clock runs.
func (d *Deque[T]) Started() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running
}

// counts is Len less Started, and Started, of the same instant.
func (d *Deque[T]) counts() (waiting, started int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrival.len - d.running, d.running
}

// Free is the room that is left, never below 0.
func (d *Deque[T]) Free() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.free()
}

func (d *Deque[T]) free() int { return max(0, d.capacity-d.arrival.len) }

// Wait waits until there is room and returns how much, at least 1, or ctx's error.
func (d *Deque[T]) Wait(ctx context.Context) (free int, err error) { return d.waitRoom(ctx, 1) }

func (d *Deque[T]) waitRoom(ctx context.Context, atLeast int) (free int, err error) {
	err = d.wait(ctx, func() bool { free = d.free(); return free >= atLeast })
	return free, err
}

// WaitEmpty waits until every item has left, or returns ctx's error.
func (d *Deque[T]) WaitEmpty(ctx context.Context) error {
	return d.wait(ctx, func() bool { return d.arrival.len == 0 })
}

// wait asks ok, holding mu, now and after every change, until it holds.
func (d *Deque[T]) wait(ctx context.Context, ok func() bool) error {
	d.mu.Lock()
	if ok() {
		d.mu.Unlock()
		return nil
	}
	w := &waiter{ok, make(chan struct{})}
	d.waiters = append(d.waiters, w)
	d.mu.Unlock()
	select {
	case <-w.met:
		return nil
	case <-ctx.Done():
		d.mu.Lock()
		defer d.mu.Unlock()
		d.waiters = slices.DeleteFunc(d.waiters, func(other *waiter) bool { return other == w })
		return ctx.Err()
	}
}

// Pending is a snapshot of the items in arrival order.
func (d *Deque[T]) Pending() []T {
	d.mu.Lock()
	defer d.mu.Unlock()
	items := make([]T, 0, d.arrival.len)
	for e := d.arrival.first; e != nil; e = e.next {
		items = append(items, e.item)
	}
	return items
}

// Oldest is how long the oldest item has been in the deque, 0 if there is none.
func (d *Deque[T]) Oldest() time.Duration {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.arrival.first == nil {
		return 0
	}
	return now - d.arrival.first.added
}
