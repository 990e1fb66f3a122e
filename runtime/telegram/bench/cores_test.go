//go:build linux

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

// burn computes for a number of steps. It returns the result so that the compiler does not leave it out.
func burn(steps int) uint64 {
	x := uint64(steps)
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// burnt takes the results of burn.
var burnt atomic.Uint64

// burnSteps returns how many steps of burn take burnTime when nothing else runs.
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

// BenchmarkTwoCores measures how many times as fast a bot is on two cores as on one, if its handlers compute for 20 µs. The
// metric times-bare is the same for the computation alone, which is the most that two cores of this machine can gain. The
// server needs some of the second core. An operation is a turn on one core and a turn on two.
func BenchmarkTwoCores(b *testing.B) {
	const turn = 10_000
	steps := burnSteps()
	bot := func(workers int) *contender {
		work := func(c *contender, _ *telegram.Event) {
			burnt.Store(burn(steps))
			c.handled()
		}
		return startBot(theServer(), work, func(_ *contender, c *telegram.Config) { c.Workers = workers })
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

// burnAll does the computation of n handlers in some goroutines, and returns how many seconds it took.
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
