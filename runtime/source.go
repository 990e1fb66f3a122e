package runtime

import "context"

// A Source yields items in arrival order and is told when each of them is finished.
//
// Fetch and Close are called by one goroutine at a time, and never at the same time. Done may be called by any
// goroutine at any time, also during Fetch.
type Source[T any] interface {
	// Fetch waits for at least one item and returns at most limit items in arrival order. limit is at least 1.
	// Fetch itself retries what can be retried: the error it returns is final, and a [Runner] stops with it. When
	// ctx ends, Fetch returns ctx's error and no items at once.
	Fetch(ctx context.Context, limit int) ([]T, error)

	// Done reports that an item of an earlier Fetch is finished. err is the error of its handler, or nil. Done is
	// called once for every item that the sink accepted and finished. It must not block, and must not call the
	// sink. A source that acknowledges items (by an offset, or an ack to a queue) confirms the items that are done
	// and no others.
	Done(item T, err error)

	// Close confirms the items that are done and releases what Fetch holds, such as a connection. It is called
	// after the last Fetch has returned. A later Fetch opens the source again.
	Close(ctx context.Context) error
}
