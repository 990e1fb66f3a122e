package runtime

import "context"

// A Sink takes items in arrival order and has each of them handled, either by itself or by the readers of a queue that
// it writes to.
//
// Put, Room and Drain are called by one goroutine at a time. Len and Pending may be called by any goroutine at any
// time.
type Sink[T any] interface {
	// Put takes the items in order. It waits for room for those that do not fit, so callers ask Room first. A sink
	// that is a durable queue may also block until the items are safe.
	//
	// Put arranges that done is called exactly once for every item it took, when that item is finished: handled,
	// or durably stored. done may be called from any goroutine, also before Put returns. It is never called for an
	// item that Put did not take.
	//
	// If ctx ends before every item was taken, Put returns the number of items it took and ctx's error.
	Put(ctx context.Context, items []T, done func(item T, err error)) (taken int, err error)

	// Room waits until there is room for at least one item and returns for how many there is. If ctx ends first,
	// Room returns ctx's error.
	Room(ctx context.Context) (free int, err error)

	// Drain waits until every item taken is finished. If ctx ends first, Drain cancels the handlers' contexts. What
	// it leaves unfinished is counted in an [*UnfinishedError]; done must not be called for an item whose handler
	// failed because of the cancellation, and may never be called for the others. A later Put or Room opens the
	// sink again.
	Drain(ctx context.Context) error

	// Len returns the number of items taken and not finished.
	Len() int

	// Pending returns a snapshot of the items taken and not finished, in arrival order.
	Pending() []T
}
