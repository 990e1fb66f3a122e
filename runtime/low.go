package runtime

import (
	"runtime"
	"time"
)

const (
	// lowEvery is how long a worker is busy before it looks whether the items run low: some items' work, if an item
	// takes long enough for the look to matter, and a thousand times what the look costs.
	lowEvery = 250 * time.Microsecond

	// lowItems is how many waiting items are few: about what a source brings at once.
	lowItems = 100
)

// A busyWorker is a worker that goes from one item to the next.
//
// Go's scheduler looks at the network when it finds nothing else to run, and every 10 ms. So while workers never block, an
// answer with the next items is read only when all processors have run out of items, and then by one of them while the
// others have nothing to do. A busy worker therefore tells the source in time, see [SinkConfig.Low], and lets what that
// woke go first.
type busyWorker[T any] struct {
	pool   *pool[T]
	looked time.Duration // since the deque's epoch; 0 for not yet
}

// finished is called after an item that was started at the instant.
func (b *busyWorker[T]) finished(started time.Duration) {
	if b.looked == 0 {
		b.looked = started
	}
	if b.pool.config.Low == nil || started-b.looked < lowEvery {
		return
	}
	b.looked = started
	if waiting, _ := b.pool.deque.counts(); waiting < lowItems {
		b.pool.config.Low()
		runtime.Gosched()
	}
}
