//go:build linux

package bench

import "testing"

// memoryUpdates is how many updates a bot handles while its memory is measured.
const memoryUpdates = 100_000

// BenchmarkMemory measures the most memory that the process of a bot has resident, including its program. The bot gets more
// updates than it can handle, so its backlog is full. An operation is a process.
func BenchmarkMemory(b *testing.B) {
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			var highest float64
			for b.Loop() {
				p := startProcess("tggen", w)
				_, peak := p.run(memoryUpdates)
				p.stop()
				highest = max(highest, peak)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(highest, "peak-MB")
		})
	}
}
