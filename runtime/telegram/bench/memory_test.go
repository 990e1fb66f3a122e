package bench

import "testing"

// memoryUpdates is how many updates the bot handles whose memory is measured.
const memoryUpdates = 100_000

// BenchmarkMemory is the most memory that the process of a bot has resident, its program included, while it handles as
// many updates as it can, and while it is given more than that, so that its backlog is full. An operation is such a
// process.
func BenchmarkMemory(b *testing.B) {
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			var most float64
			for b.Loop() {
				p := startProcess("tggen", w)
				_, peak := p.run(memoryUpdates)
				p.stop()
				most = max(most, peak)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(most, "peak-MB")
		})
	}
}
