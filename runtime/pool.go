package runtime

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Pool is a [Sink] that runs a handler for every item: at most Concurrency handlers at once, and those of items that
// share a key one after another. Make one with [NewSharded], [NewConcurrent], [NewBatch] or [NewSequential].
type Pool[T any] struct {
	config  SinkConfig[T]
	batched bool // Room waits until the pool is empty
	deque   *Deque[*task[T]]
	shards  []shard[T]
	slots   slots[T]
	workers tracker
	hooks   hooks
	held    schedule[*task[T]] // the ends of holds
	parked  schedule[*task[T]] // the ends of back-offs
	late    lateTasks[T]
	drained bool        // Drain was called since the last Put or Room; guarded by putting
	cause   error       // why that Drain gave up
	paused  atomic.Bool // start nothing until the next Put or Room; written under pausing
	pausing sync.Mutex

	outside atomic.Int64 // calls of Outside

	abandoned, finished, failed, timedOut, stuck, retried atomic.Int64

	unfinished atomic.Int64 // handlers that failed after Drain had cancelled them, since the last Put or Room

	putting sync.Mutex // held by Put and Room, but not while they wait; guards drained and what follows

	// Scratch space of Put.
	keys      []Key
	multiKey  []*task[T]     // the tasks of the batch with several keys
	arrivals  [][]arrival[T] // by shard
	nextShard int            // the shard of the next item without a key
}

// NewSharded returns a pool that combines order and concurrency. Items that share a key run one after another, in
// arrival order. All others run concurrently. The pool has Workers shards. The shard of an item is that of its first
// key, see [Key.Shard], and never changes. An item that waits for a key holds no slot.
func NewSharded[T any](config SinkConfig[T]) *Pool[T] { return newPool(config, false) }

// NewConcurrent returns a pool that starts every item at once, in no particular order. It has room for Concurrency
// items.
func NewConcurrent[T any](config SinkConfig[T]) *Pool[T] {
	config = config.withDefaults()
	config.Constraints = nil
	config.Backlog = config.Concurrency
	return newPool(config, false)
}

// NewBatch returns a pool that starts all items of a batch at once, up to Concurrency. Room waits until the whole batch
// is finished.
func NewBatch[T any](config SinkConfig[T]) *Pool[T] {
	config.Constraints = nil
	return newPool(config, true)
}

// NewSequential returns a pool that handles one item at a time, in arrival order. Room waits until the whole batch is
// finished.
func NewSequential[T any](config SinkConfig[T]) *Pool[T] {
	config.Workers, config.Concurrency = 1, 1
	// All items share one key, so that a handler that timed out still holds up the next item, unless Release is set.
	config.Constraints = func(_ T, keys []Key) []Key { return append(keys, 0) }
	return newPool(config, true)
}

func newPool[T any](config SinkConfig[T], batched bool) *Pool[T] {
	config = config.withDefaults()
	p := &Pool[T]{config: config, batched: batched, shards: make([]shard[T], config.Workers)}
	p.slots.free = config.Concurrency
	p.arrivals = make([][]arrival[T], config.Workers)
	deque := DequeConfig[*task[T]]{Capacity: config.Backlog, OnTimeout: p.timeout}
	if config.Size != nil {
		deque.CapacityBytes = config.BacklogBytes
		deque.Size = func(t *task[T]) int { return config.Size(t.item) }
	}
	p.deque = NewDeque(deque)
	p.held.fire, p.held.epoch = p.giveUp, time.Now()
	p.parked.fire, p.parked.epoch = p.makeReady, time.Now()
	for i := range p.shards {
		p.shards[i].index = i
		p.shards[i].last = make(map[Key]*task[T])
	}
	return p
}

// Len implements [Sink].
func (p *Pool[T]) Len() int { return p.deque.Len() }

// Pending implements [Sink].
func (p *Pool[T]) Pending() []T {
	tasks := p.deque.Pending()
	items := make([]T, len(tasks))
	for i, t := range tasks {
		items[i] = t.item
	}
	return items
}
