package bench

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

// burnTime is how long a handler computes.
const burnTime = 20 * time.Microsecond

// burn computes, and returns something so that it is not left out.
func burn(steps int) uint64 {
	x := uint64(steps)
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// burnt keeps the compiler from leaving burn out.
var burnt atomic.Uint64

// burnSteps is how many steps take burnTime when nothing else runs.
func burnSteps() int {
	const steps = 100_000
	best := time.Hour
	for range 50 {
		began := time.Now()
		burnt.Store(burn(steps))
		best = min(best, time.Since(began))
	}
	return int(steps * burnTime / best)
}

// BenchmarkTwoCores is how many times the updates a second a bot handles on two cores that it handles on one, if its
// handlers compute for 20 µs, and how many times the handlers' work alone goes faster on this machine's two cores, the
// most that there is to gain. An operation is a turn of each. The server needs some of the second core.
func BenchmarkTwoCores(b *testing.B) {
	const turn = 10_000
	steps := burnSteps()
	bot := func(workers int) *contender {
		work := func(c *contender, _ *telegram.Event) {
			burnt.Store(burn(steps))
			c.handled()
		}
		return startBot(theServer(), work, func(c *telegram.Config) { c.Workers = workers })
	}
	cores(b, 2)
	one, two := bot(1), bot(2)
	defer one.stop()
	defer two.stop()
	var alone, together, bareAlone, bareTogether []float64
	for b.Loop() {
		runtime.GOMAXPROCS(1)
		alone = append(alone, one.run(turn).wall.Seconds())
		bareAlone = append(bareAlone, burnAll(turn, 1, steps))
		runtime.GOMAXPROCS(2)
		together = append(together, two.run(turn).wall.Seconds())
		bareTogether = append(bareTogether, burnAll(turn, 2, steps))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(alone)/median(together), "times")
	b.ReportMetric(median(bareAlone)/median(bareTogether), "times-bare")
}

// burnAll is the seconds that the handlers' work takes in so many goroutines.
func burnAll(n, goroutines, steps int) float64 {
	began := time.Now()
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for range n / goroutines {
				burnt.Store(burn(steps))
			}
		})
	}
	all.Wait()
	return time.Since(began).Seconds()
}
