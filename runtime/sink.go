package runtime

import "context"

// A Sink takes items in arrival order and sees to it that each is handled, by itself or by whoever reads the
// queue it writes to.
//
// Put and Drain are called by one goroutine at a time; Len and Pending by any, at any time.
type Sink[T any] interface {
	// Put takes the items in order, then waits until there is room for at least one more, and returns for how
	// many there is. Without items it only waits. It calls done exactly once for every item it took, when that
	// item is finished (handled, or durably stored), from any goroutine, and never for an item it did not take.
	//
	// When ctx ends before every item was taken, Put returns the number of items it took and ctx's error.
	// A sink that is a durable queue may block until the items are safe.
	Put(ctx context.Context, items []T, done func(item T, err error)) (taken, free int, err error)

	// Drain waits until every item taken is finished. If ctx ends first, it cancels the handlers' contexts and
	// returns a [*LeftError] with what it had to leave, of which done may never hear. A later Put opens the sink
	// again.
	Drain(ctx context.Context) error

	// Len is the number of items taken and not finished.
	Len() int

	// Pending is a snapshot of the items taken and not finished, in arrival order.
	Pending() []T
}
