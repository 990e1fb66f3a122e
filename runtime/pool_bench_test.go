//go:build unix

package runtime

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"
)

// In each benchmark, one operation is one item: ns/op, B/op and allocs/op are per item, from Put until its key and slot are
// free. cpu-ns/op is the processor time of the whole process per item. It is the figure to compare when several cores are
// used.

// cpuTime returns the processor time that the process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// burn computes for about d.
func burn(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

// feed puts b.N items, a hundred at a time, and waits until all of them are finished.
func feed(b *testing.B, put func([]int64), wait func()) {
	b.ReportAllocs()
	items := make([]int64, 100)
	cpu := cpuTime()
	b.ResetTimer()
	for next := 0; next < b.N; {
		n := min(len(items), b.N-next)
		for i := range n {
			items[i] = int64(next + i)
		}
		put(items[:n])
		next += n
	}
	wait()
	b.StopTimer()
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
}

// feedSink feeds a sharded sink.
func feedSink(b *testing.B, config SinkConfig[int64]) {
	s := NewSharded(config)
	feed(b, func(items []int64) { put(b, s, items...) }, func() { drain(b, s) })
}

// BenchmarkSequence measures the pool alone: the handlers do nothing, and the chats take turns.
func BenchmarkSequence(b *testing.B) {
	for keys, name := range []string{"unordered", "one", "two"} {
		b.Run(name, func(b *testing.B) {
			feedSink(b, SinkConfig[int64]{
				Timeout: 30 * time.Second,
				Handle:  handleNothing[int64],
				Constraints: func(n int64, to []Key) []Key {
					if keys > 0 {
						to = append(to, KeyOfInt(n%1000))
					}
					if keys > 1 {
						to = append(to, KeyOfInt(-n%777))
					}
					return to
				},
			})
		})
	}
}

// BenchmarkSleep has handlers that sleep 1 ms, 500 of them at once.
func BenchmarkSleep(b *testing.B) {
	feedSink(b, SinkConfig[int64]{
		Timeout:     30 * time.Second,
		Constraints: func(n int64, keys []Key) []Key { return append(keys, KeyOfInt(n%10_000)) },
		Handle: func(context.Context, int64) error {
			time.Sleep(time.Millisecond)
			return nil
		},
	})
}

// BenchmarkBurn has handlers that compute for 20 µs. Run it with -cpu 1,2 to see what a second core gains.
func BenchmarkBurn(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			feedSink(b, SinkConfig[int64]{
				Workers:     workers,
				Timeout:     30 * time.Second,
				Constraints: func(n int64, keys []Key) []Key { return append(keys, KeyOfInt(n%10_000)) },
				Handle: func(context.Context, int64) error {
					burn(20 * time.Microsecond)
					return nil
				},
			})
		})
	}
}
