package runtime

import (
	"context"
	"sync/atomic"
	"testing"
)

func BenchmarkSequence(b *testing.B) {
	for _, keys := range []int{0, 1, 2} {
		b.Run([]string{"unordered", "one", "two"}[keys], func(b *testing.B) {
			items := make([]*int64, 100)
			for i := range items {
				items[i] = new(int64)
			}
			var n int64
			s := NewSharded(SinkConfig[*int64]{
				Handle: func(context.Context, *int64) error { return nil },
				Constraints: func(p *int64, ks []Key) []Key {
					for k := range keys {
						ks = append(ks, KeyOfInt(*p+int64(k)*7919))
					}
					return ks
				},
				Timeout: 30e9,
			})
			var finished atomic.Int64
			done := func(*int64, error) { finished.Add(1) }
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range items {
					n++
					*p = n % 1000
				}
				s.Put(ctx, items, done)
			}
			s.Drain(ctx)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(finished.Load()), "ns/item")
		})
	}
}
