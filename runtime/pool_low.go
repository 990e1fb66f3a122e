package runtime

import (
	"runtime"
	"time"
)

const (
	// lowEvery is how long a worker is busy before it looks whether the items run low: some items' work, if an item
	// takes long enough for the look to matter, and a thousand times what the look costs.
	lowEvery = 250 * time.Microsecond

	// lowItems is how many waiting items are few: twice what a source brings at once, if it is a poll of the Bot API.
	lowItems = 200
)

// A busyWorker is a worker that goes from one item to the next.
//
// Go's scheduler looks at the network when it finds nothing else to run, and every 10 ms. So while workers never block, an
// answer with the next items is read only when all processors have run out of items, and then by one of them while the
// others have nothing to do. A busy worker therefore tells the source in time, see [SinkConfig.Low], and gives way to what
// that woke, by leaving its work to the next worker. (To yield would take longer: the scheduler first runs all that was
// there before.)
type busyWorker[T any] struct {
	pool   *pool[T]
	looked time.Duration // since the deque's epoch; 0 for not yet
}

// givesWay is asked after an item that was started at the instant, 0 if it was not. It reports whether the worker is to
// give way.
func (b *busyWorker[T]) givesWay(started time.Duration) bool {
	if b.looked == 0 {
		b.looked = started
	}
	if b.pool.config.Low == nil || started-b.looked < lowEvery {
		return false
	}
	b.looked = started
	if runtime.GOMAXPROCS(0) == 1 {
		return false // it gains nothing
	}
	if waiting, _ := b.pool.deque.counts(); waiting >= lowItems {
		return false
	}
	b.pool.config.Low()
	return true
}
