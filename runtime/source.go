package runtime

import "context"

// A Source yields items in arrival order and learns when each of them is finished.
//
// Fetch and Close are called by one goroutine at a time, never both at once. Done may be called by any goroutine
// at any time, also during Fetch.
type Source[T any] interface {
	// Fetch waits for at least one item and returns at most limit of them, in arrival order; limit is at
	// least 1. It retries what can be retried by itself: an error it returns is final, and a [Runner] stops
	// with it. When ctx ends it returns at once, with ctx's error and no items.
	Fetch(ctx context.Context, limit int) ([]T, error)

	// Done reports that an item of an earlier Fetch is finished, with the error of its handler, or nil. It is
	// called once for every item that a sink accepted, must not block and must not call back into the sink.
	// A source with acknowledgement (an offset, a queue's ack) confirms what is done and nothing else.
	Done(item T, err error)

	// Close confirms what is done and releases what Fetch holds (a connection). It is called after the last
	// Fetch has returned; a later Fetch opens the source again.
	Close(ctx context.Context) error
}
