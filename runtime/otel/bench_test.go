//go:build unix

package otel_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/tggen/tggen/runtime/otel"
	"github.com/tggen/tggen/runtime/telegram"
)

const (
	roundUpdates = 10_000
	batch        = 100
)

// BenchmarkUpdate measures the processor time of an update with a handler that does nothing: of a bot without an observer, and what
// others cost more, as the median of the differences to the rounds before and after. There is no network.
//
//	go test -run '^$' -bench Update -benchtime 20x
func BenchmarkUpdate(b *testing.B) {
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
	without := startBench(b)
	others := []struct {
		name string
		bot  *benchBot
	}{
		{"again", startBench(b)}, // as without: the noise
		{"nop", startBench(b, telegram.WithObserver(telegram.NopObserver{}))},
		{"metrics", startBench(b, observed(b, noop.NewTracerProvider()))},
		{"unsampled", startBench(b, observed(b, sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))))},
		{"sampled", startBench(b, observed(b, sdktrace.NewTracerProvider()))},
	}
	var base []float64
	differences := make([][]float64, len(others))
	for b.Loop() {
		for i, o := range others {
			without.round() // the one before may have left a larger heap
			first, cost, last := without.round(), o.bot.round(), without.round()
			level := (first + last) / 2 // the machine may have become faster or slower meanwhile
			base = append(base, level)
			differences[i] = append(differences[i], cost-level)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(base), "ns/update")
	for i, o := range others {
		b.ReportMetric(median(differences[i]), "ns-more-"+o.name)
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

func observed(b *testing.B, provider trace.TracerProvider) telegram.Option {
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	o, err := otel.New(otel.Config{MeterProvider: meters, TracerProvider: provider})
	if err != nil {
		b.Fatal(err)
	}
	return telegram.WithObserver(o)
}

// A benchBot is a bot and its server in one: the answers to its polls are made in memory.
type benchBot struct {
	granted  chan int
	stopping chan struct{}
	left     int // of what was granted, for RoundTrip
	next     int // the next update id
	handled  atomic.Int64
	done     chan struct{}
}

func startBench(b *testing.B, opts ...telegram.Option) *benchBot {
	bench := &benchBot{granted: make(chan int, 1), next: 1e8, stopping: make(chan struct{}), done: make(chan struct{})}
	bot, err := telegram.New(telegram.Config{
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error { keys.Chat(u.Header); return nil },
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			ev.Enter("Noop")
			if bench.handled.Add(1) == roundUpdates {
				bench.done <- struct{}{}
			}
			return nil
		},
	}, append([]telegram.Option{telegram.WithToken("123:abc"), telegram.WithLogger(slog.New(slog.DiscardHandler)), telegram.WithHTTPClient(&http.Client{Transport: bench})}, opts...)...)
	if err != nil {
		b.Fatal(err)
	}
	if err := bot.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		close(bench.stopping)
		if err := bot.Stop(ctx); err != nil {
			b.Error(err)
		}
	})
	bench.round()
	return bench
}

// round handles updates, and returns the processor time of one in ns.
func (s *benchBot) round() float64 {
	runtime.GC()
	s.handled.Store(0)
	before := processorTime()
	s.granted <- roundUpdates
	<-s.done
	return float64(processorTime()-before) / roundUpdates
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// RoundTrip implements [http.RoundTripper].
func (s *benchBot) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte(`{"ok":true,"result":{"id":123,"is_bot":true,"first_name":"B","username":"b_bot"}}`)
	if path.Base(r.URL.Path) == "getUpdates" {
		if s.left == 0 {
			select {
			case s.left = <-s.granted:
			case <-time.After(5 * time.Second): // an answer without updates
			case <-s.stopping:
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		n := min(batch, s.left)
		body = append(make([]byte, 0, 500*n), `{"ok":true,"result":[`...)
		for i := range n {
			if i > 0 {
				body = append(body, ',')
			}
			body = fmt.Appendf(body, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Alice"},`+
				`"chat":{"id":%[3]d,"type":"private"},"date":1,"text":"%s"}}`, s.next, i, 1000+s.next%500, text)
			s.next++
		}
		body = append(body, `]}`...)
		s.left -= n
	}
	return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body))}, nil
}

var text = strings.Repeat("words and more ", 20)
