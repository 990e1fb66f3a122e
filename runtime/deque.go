package runtime

import (
	"math"
	"sync"
	"time"
)

// DequeConfig configures a [Deque]. The zero value gives an unbounded deque whose time-outs are reported to nobody.
type DequeConfig[T any] struct {
	// Capacity is the number of items the deque has room for. Add does not enforce it: callers check Free or
	// Wait before they add. Default 0: unbounded.
	Capacity int

	// CapacityBytes is the number of bytes the deque has room for, as Size counts them. There is room for further
	// items as long as the deque holds fewer bytes, so the items that are added next may exceed it. Default 0:
	// unbounded.
	CapacityBytes int64

	// Size returns the number of bytes that an item occupies. It is called once, by Add. A negative size counts as
	// 0, and one of more than 4 GiB as 4 GiB. Default: 0 for every item.
	Size func(item T) int

	// OnTimeout is called with each item that timed out, one call at a time, in the order of the deadlines. It
	// runs on the timer's goroutine and delays all later time-outs, so it must not block. Default nil.
	OnTimeout func(item T)
}

// A Deque holds unfinished items in arrival order. An item may leave from any position: when it is done, or when it
// times out. The Deque is modelled on grammY runner's decaying deque, with one difference: an item's clock runs from
// Start and not from Add, so an item that has to wait does not time out before its turn.
//
// All methods may be called concurrently.
type Deque[T any] struct {
	capacity      int
	capacityBytes int64
	size          func(T) int
	onTimeout     func(T)
	epoch         time.Time // instants are durations since epoch, see now

	mu      sync.Mutex
	arrival list[T] // every unfinished item, in arrival order
	running int     // how many of them were started
	parked  int     // how many of them were started and are to be started again
	bytes   int64   // their size
	expiry  expiry
	waiters []*waiter
}

// An Entry is an item's place in a [Deque].
type Entry[T any] struct {
	item       T
	prev, next *Entry[T]
	added      time.Duration // since the deque's epoch
	started    time.Duration // since the deque's epoch; 0 if not started
	due        time.Duration // since the deque's epoch; 0 if there is no time-out
	size       uint32        // in bytes
	removed    bool          // done or timed out
	parked     bool          // to be started again
	suspended  bool          // the clock is stopped, and due is meaningless until it runs again
}

// Item returns the item that was added.
func (e *Entry[T]) Item() T { return e.item }

// NewDeque returns an empty deque. A deque needs no goroutine, and no timer until an item with a time-out is started.
func NewDeque[T any](config DequeConfig[T]) *Deque[T] {
	d := &Deque[T]{
		capacity: config.Capacity, capacityBytes: config.CapacityBytes, size: config.Size,
		onTimeout: config.OnTimeout, epoch: time.Now(),
	}
	if d.capacity <= 0 {
		d.capacity = math.MaxInt
	}
	if d.capacityBytes <= 0 {
		d.capacityBytes = math.MaxInt64
	}
	return d
}

// now returns the current instant. It is monotonic, never 0, and cheaper than time.Now.
func (d *Deque[T]) now() time.Duration { return time.Since(d.epoch) + 1 }

// Add appends the items in order and returns their entries. It does not start their clocks.
func (d *Deque[T]) Add(items ...T) []*Entry[T] {
	entries := make([]*Entry[T], len(items))
	now := d.now()
	var batch list[T]
	for i, item := range items {
		entries[i] = &Entry[T]{item: item, added: now}
		d.measure(entries[i])
		batch.push(entries[i])
	}
	d.append(&batch)
	return entries
}

// measure sets the size of an entry that is not yet added.
func (d *Deque[T]) measure(e *Entry[T]) {
	if d.size != nil {
		e.size = uint32(min(max(int64(d.size(e.item)), 0), math.MaxUint32))
	}
}

// append adds entries that the caller allocated, perhaps as part of a larger struct. It empties batch.
func (d *Deque[T]) append(batch *list[T]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.size != nil {
		for e := batch.first; e != nil; e = e.next {
			d.bytes += int64(e.size)
		}
	}
	d.arrival.append(batch)
}

// Start starts the clock of an entry: the entry is removed if it is not done within timeout. A timeout of 0 means no
// time-out. A second Start of the same entry moves its deadline, which still counts from the first Start. Start
// returns false if the entry was already removed.
func (d *Deque[T]) Start(e *Entry[T], timeout time.Duration) bool {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.removed {
		return false
	}
	if e.started == 0 {
		e.started = now
		d.running++
		d.unpark(e)
	}
	d.setTimeout(e, timeout, now)
	return true
}

// limit moves the deadline of an entry whose clock runs, as a second Start does. It does nothing if no clock runs.
func (d *Deque[T]) limit(e *Entry[T], timeout time.Duration) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !e.removed && e.started != 0 {
		d.setTimeout(e, timeout, now)
	}
}

// setTimeout sets the deadline of an entry that was started. The caller holds mu.
func (d *Deque[T]) setTimeout(e *Entry[T], timeout, now time.Duration) {
	e.due = 0
	if timeout > 0 {
		e.due = addSaturating(e.started, timeout)
		if !e.suspended {
			d.arm(e.due, now)
		}
	}
}

// suspend stops the clock of a started entry, and returns since when, or 0 if it is stopped already. It returns false if the
// entry was removed, or its time is up.
func (d *Deque[T]) suspend(e *Entry[T]) (since time.Duration, ok bool) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case e.suspended:
		return 0, true
	case e.removed || e.started == 0 || e.due != 0 && e.due <= now:
		return 0, false
	}
	e.suspended = true
	return now, true
}

// resume starts the clock of an entry again, as if the time since then had not passed.
func (d *Deque[T]) resume(e *Entry[T], since time.Duration) {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	e.suspended = false
	e.started += now - since
	if e.due != 0 {
		e.due = addSaturating(e.due, now-since)
		d.arm(e.due, now)
	}
}

// addSaturating returns a + b, or the longest duration if that is too long. Neither may be negative.
func addSaturating(a, b time.Duration) time.Duration {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

// unstart stops the clock of a started entry, as if it had never been started. again says that it is to be started
// again. unstart returns false if the entry was already removed.
func (d *Deque[T]) unstart(e *Entry[T], again bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.removed {
		return false
	}
	e.started, e.due = 0, 0
	d.running--
	if e.parked = again; again {
		d.parked++
	}
	return true
}

// unpark notes that an entry is not to be started again. The caller holds mu.
func (d *Deque[T]) unpark(e *Entry[T]) {
	if e.parked {
		e.parked = false
		d.parked--
	}
}

// Done removes an entry. It returns false if the entry was already removed, because it was done or timed out.
func (d *Deque[T]) Done(e *Entry[T]) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.removed {
		return false
	}
	d.remove(e)
	return true
}

// removeWaiting removes every entry that was not started.
func (d *Deque[T]) removeWaiting() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for e := d.arrival.first; e != nil; {
		following := e.next
		if e.started == 0 {
			d.remove(e)
		}
		e = following
	}
}

// remove removes an entry. The caller holds mu.
func (d *Deque[T]) remove(e *Entry[T]) {
	e.removed = true
	if e.started != 0 {
		d.running--
	}
	d.unpark(e)
	d.bytes -= int64(e.size)
	d.arrival.remove(e)
	d.notify()
}

// isRemoved reports whether the entry is done or timed out.
func (d *Deque[T]) isRemoved(e *Entry[T]) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return e.removed
}

// Len returns the number of items in the deque.
func (d *Deque[T]) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrival.len
}

// Started returns the number of items in the deque that were started.
func (d *Deque[T]) Started() int {
	_, _, started := d.counts()
	return started
}

// counts returns, for one instant, how many items wait to be started, how many of those are to be started again, and how
// many were started.
func (d *Deque[T]) counts() (waiting, parked, started int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrival.len - d.running, d.parked, d.running
}

// Bytes returns the size of the items in the deque.
func (d *Deque[T]) Bytes() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bytes
}

// Free returns for how many more items there is room. It is 0 if the deque is fuller than its capacity, or holds at
// least CapacityBytes.
func (d *Deque[T]) Free() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.free()
}

// free is Free. The caller holds mu.
func (d *Deque[T]) free() int {
	if d.bytes >= d.capacityBytes {
		return 0
	}
	return max(0, d.capacity-d.arrival.len)
}

// Pending returns a snapshot of the items in arrival order.
func (d *Deque[T]) Pending() []T {
	d.mu.Lock()
	defer d.mu.Unlock()
	items := make([]T, 0, d.arrival.len)
	for e := d.arrival.first; e != nil; e = e.next {
		items = append(items, e.item)
	}
	return items
}

// first returns the oldest item.
func (d *Deque[T]) first() (item T, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.arrival.first == nil {
		return item, false
	}
	return d.arrival.first.item, true
}

// Oldest returns how long the oldest item has been in the deque, or 0 if the deque is empty.
func (d *Deque[T]) Oldest() time.Duration {
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.arrival.first == nil {
		return 0
	}
	return now - d.arrival.first.added
}
