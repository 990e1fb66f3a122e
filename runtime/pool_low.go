package runtime

import (
	"runtime"
	"time"
)

const (
	// lowEvery is how long a worker is busy before it checks whether few items wait. If items take long enough for
	// the check to matter, it covers some of them, and it is a thousand times what the check costs.
	lowEvery = 250 * time.Microsecond

	// lowItems is the number of waiting items below which items run low. It is twice what one poll of the Bot API
	// brings.
	lowItems = 200
)

// A busyWorker decides when a worker that handles one item after another calls [SinkConfig].OnLow.
//
// Go's scheduler looks at the network when it finds nothing else to run, and every 10 ms. So while workers never block,
// an answer with the next items is read only when all processors have run out of items. Then one of them reads it while
// the others have nothing to do. A busy worker therefore calls OnLow in time. It then yields to the goroutine that OnLow
// woke: it leaves its work to the next worker. (runtime.Gosched would take longer, because the scheduler first runs
// everything that was runnable before.)
type busyWorker[T any] struct {
	pool    *Pool[T]
	checked time.Duration // since the deque's epoch; 0 before the first check
}

// shouldYield is called after each item; started is when the item was started, or 0 if it was dropped. If few items
// wait, it calls OnLow and returns true.
func (b *busyWorker[T]) shouldYield(started time.Duration) bool {
	if b.checked == 0 {
		b.checked = started
	}
	if b.pool.config.OnLow == nil || started-b.checked < lowEvery {
		return false
	}
	b.checked = started
	if runtime.GOMAXPROCS(0) == 1 {
		return false // nothing to gain
	}
	if waiting, parked, _ := b.pool.deque.counts(); waiting-parked >= lowItems {
		return false
	}
	b.pool.config.OnLow()
	return true
}
