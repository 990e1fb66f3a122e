package bench

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// memoryUpdates is how many updates the bot handles whose memory is measured.
const memoryUpdates = 100_000

// beBot is the life of a process with one bot, whose handlers do a work. It says how many kB it had resident at most.
func beBot(server, name string) {
	w := works[slices.IndexFunc(works, func(w work) bool { return w.name == name })]
	bot := w.tggen(server)
	bot.run(memoryUpdates)
	bot.stop()
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(peak)
}

// BenchmarkMemory is the most memory that the process of a bot has resident, its program included, while it handles as
// many updates as it can, and while it is given more than that, so that its backlog is full. An operation is such a
// process.
func BenchmarkMemory(b *testing.B) {
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			var most float64
			for b.Loop() {
				most = max(most, peak(w))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(most, "peak-MB")
		})
	}
}

func peak(w work) (megabytes float64) {
	cmd, in, out := start("bot", serverVariable+"="+theServer(), workVariable+"="+w.name)
	var kilobytes float64
	_, err := fmt.Fscan(out, &kilobytes)
	check(err)
	check(in.Close())
	check(cmd.Wait())
	return kilobytes / 1024
}
