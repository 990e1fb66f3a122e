//go:build linux

package bench

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/telegram"
)

const (
	// warm is how many updates a bot handles before it is measured.
	warm = 2_000

	// concurrency is how many handlers may run at once.
	concurrency = 500
)

// A work says what the handlers of both contenders do.
type work struct {
	name     string
	do       func()
	routines int // how many handlers gotgbot's dispatcher runs at once; 0 for its default
}

var works = []work{
	{name: "noop", do: func() {}},
	// As if the handler waited for the answer to a request.
	{name: "sleep", do: func() { time.Sleep(time.Millisecond) }, routines: concurrency},
}

func (w work) tggen(server string) *contender {
	work := func(c *contender, _ *telegram.Event) {
		w.do()
		c.handled()
	}
	return startBot(server, work, func(_ *contender, c *telegram.Config) { c.Concurrency = concurrency })
}

func (w work) gotgbot(server string) *contender {
	work := func(c *contender, _ *gotgbot.Bot, _ *gotgbot.Update) {
		w.do()
		c.handled()
	}
	return startGotgbot(server, work, w.routines)
}

// contender starts the contender with that name.
func (w work) contender(name, server string) *contender {
	if name == "gotgbot" {
		return w.gotgbot(server)
	}
	return w.tggen(server)
}

// cores sets GOMAXPROCS until the benchmark ends.
func cores(b *testing.B, n int) {
	before := runtime.GOMAXPROCS(n)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// BenchmarkUpdate measures the cost of an update from getUpdates to the end of its handler, with one core for the bot. An
// operation is an update.
func BenchmarkUpdate(b *testing.B) {
	for _, w := range works {
		b.Run(w.name+"/tggen", func(b *testing.B) { benchmarkUpdate(b, w.tggen) })
		b.Run(w.name+"/gotgbot", func(b *testing.B) { benchmarkUpdate(b, w.gotgbot) })
	}
}

func benchmarkUpdate(b *testing.B, start func(server string) *contender) {
	cores(b, 1)
	c := start(theServer())
	defer c.stop()
	c.run(warm)
	b.ReportAllocs()
	b.ResetTimer()
	spent := c.run(b.N)
	b.StopTimer()
	b.ReportMetric(spent.perUpdate(), "cpu-ns/update")
	b.ReportMetric(float64(b.N)/spent.processor.Seconds(), "updates/cpu-s")
}

// BenchmarkAgainstGotgbot compares the processor time that an update takes in this project's bot and in gotgbot's dispatcher.
// Each is a process with one core. The two take turns, so that a busy machine slows down both. An operation is a turn of
// each.
func BenchmarkAgainstGotgbot(b *testing.B) {
	const ours, theirs = 20_000, 2_000 // updates in a turn; both turns take about the same time
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			tggen, other := startProcess("tggen", w), startProcess("gotgbot", w)
			defer tggen.stop()
			defer other.stop()
			tggen.run(warm)
			other.run(warm)
			var ourCost, otherCost []float64
			for b.Loop() {
				spent, _ := tggen.run(ours)
				ourCost = append(ourCost, spent.perUpdate())
				spent, _ = other.run(theirs)
				otherCost = append(otherCost, spent.perUpdate())
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ourCost), "tggen-cpu-ns/update")
			b.ReportMetric(median(otherCost), "gotgbot-cpu-ns/update")
			b.ReportMetric(median(otherCost)/median(ourCost), "times")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
