package jetstream_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// openBench opens a queue with a server in the process.
func openBench(b testing.TB, config jetstream.Config) queue.Queue {
	b.Helper()
	config.Dir = b.TempDir()
	config.Logger = slog.New(slog.DiscardHandler)
	c, err := jetstream.Open(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	q, err := c.Queue().Open(b.Context(), queue.Config{Name: "bench", Partitions: 16, Logger: config.Logger})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := q.Close(context.Background()); err != nil {
			b.Error(err)
		}
		c.Close()
	})
	return q
}

// BenchmarkQueue measures messages of 300 bytes from a poller, in batches of 100, to handlers that do nothing.
func BenchmarkQueue(b *testing.B) {
	for _, noSync := range []bool{false, true} {
		b.Run(fmt.Sprintf("nosync=%v", noSync), func(b *testing.B) {
			q := openBench(b, jetstream.Config{NoSync: noSync})
			l, err := q.Lead(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			var done atomic.Int64
			finished := make(chan struct{})
			b.ResetTimer()
			go func() {
				defer close(finished)
				for done.Load() < int64(b.N) {
					deliveries, err := q.Receive(ctx, 256)
					if err != nil {
						return
					}
					for _, d := range deliveries {
						if q.Begin(ctx, d) == nil {
							q.Done(d)
						}
					}
					done.Add(int64(len(deliveries)))
				}
			}()
			data := make([]byte, 300)
			for id := 0; id < b.N; {
				var batch []queue.Message
				for range min(100, b.N-id) {
					id++
					batch = append(batch, queue.Message{ID: int64(id), Partition: id % 16, Data: data})
				}
				if err := q.Publish(ctx, l, batch); err != nil {
					b.Fatal(err)
				}
			}
			<-finished
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkSlowHandlers has handlers that take 100 ms. As many run at once as the queue gives away.
func BenchmarkSlowHandlers(b *testing.B) {
	q := openBench(b, jetstream.Config{})
	data := make([]byte, 300)
	go func() {
		for id := 0; id < b.N; {
			var batch []queue.Message
			for range min(100, b.N-id) {
				id++
				batch = append(batch, queue.Message{ID: int64(id), Partition: id % 16, Data: data})
			}
			if err := q.Publish(b.Context(), nil, batch); err != nil {
				b.Error(err)
				return
			}
		}
	}()
	var handlers sync.WaitGroup
	for n := 0; n < b.N; {
		deliveries, err := q.Receive(b.Context(), 256)
		if err != nil {
			b.Fatal(err)
		}
		n += len(deliveries)
		for _, d := range deliveries {
			handlers.Go(func() {
				if q.Begin(b.Context(), d) == nil {
					time.Sleep(100 * time.Millisecond)
					q.Done(d)
				}
			})
		}
	}
	handlers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
