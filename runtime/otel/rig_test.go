package otel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/tggen/tggen/runtime/otel"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A rig is a bot in a bubble of synctest, with readers of what it measures, traces and logs.
type rig struct {
	t        *testing.T
	server   *tgtest.Server
	alice    *tgtest.User
	bot      *telegram.Bot
	observer *otel.Observer
	reader   *sdkmetric.ManualReader
	spans    *tracetest.SpanRecorder
	provider *sdktrace.TracerProvider
	log      *logBuffer
	handle   map[string]func(ctx context.Context, ev *telegram.Event) error // by the first word of a message
}

// A farStore is a store that is not a session.Memory, as one over a network.
type farStore struct{ session.Store }

// A logBuffer is a writer that any goroutine may use.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// lines returns the lines that have the message.
func (l *logBuffer) lines(t *testing.T, message string) (found []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["msg"] == message {
			found = append(found, fields)
		}
	}
	return found
}

// A tally is what the bot remembers of a chat.
type tally struct{ Count int }

func tallies() *dispatch.Session[tally] {
	return dispatch.NewSession(dispatch.SessionConfig[tally]{
		Name: "Tally", Key: dispatch.ChatKey,
		Encode: func(t tally) (int, []byte, error) {
			data, err := json.Marshal(t)
			return 0, data, err
		},
		Decode: func(_ int, data []byte) (t tally, err error) {
			if data != nil {
				err = json.Unmarshal(data, &t)
			}
			return t, err
		},
	})
}

var errBroken = errors.New("something that alice wrote is broken")

// A setting changes how a rig is made.
type setting struct {
	config  func(*telegram.Config)
	otel    func(*otel.Config)
	sampler sdktrace.Sampler
	opts    []telegram.Option
}

// newRig starts a bot. It stops at the end of the test.
func newRig(t *testing.T, s setting) *rig {
	t.Helper()
	r := &rig{
		t: t, server: tgtest.NewServer(t, tgtest.InMemory()), reader: sdkmetric.NewManualReader(), spans: tracetest.NewSpanRecorder(),
		log: new(logBuffer),
	}
	r.alice = r.server.User("Alice")
	if s.sampler == nil {
		s.sampler = sdktrace.AlwaysSample()
	}
	r.provider = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r.spans), sdktrace.WithSampler(sdktrace.ParentBased(s.sampler)))
	config := otel.Config{MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader)), TracerProvider: r.provider}
	if s.otel != nil {
		s.otel(&config)
	}
	observer, err := otel.New(config)
	if err != nil {
		t.Fatal(err)
	}
	r.observer = observer
	counted := tallies()
	r.handle = map[string]func(ctx context.Context, ev *telegram.Event) error{
		"Ok":    func(context.Context, *telegram.Event) error { return nil },
		"Fail":  func(context.Context, *telegram.Event) error { return errBroken },
		"Panic": func(context.Context, *telegram.Event) error { panic("oh") },
		"Reply": func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "hello", nil)
			return err
		},
		"Count": func(ctx context.Context, ev *telegram.Event) error {
			value, _, err := counted.Get(ctx, ev)
			if err != nil {
				return err
			}
			value.Count++
			return counted.Set(ev, value)
		},
		"Slow": func(ctx context.Context, _ *telegram.Event) error {
			<-ctx.Done()
			return ctx.Err()
		},
		"Hang": func(context.Context, *telegram.Event) error {
			time.Sleep(time.Minute)
			return nil
		},
		"Again": func(_ context.Context, ev *telegram.Event) error {
			if ev.Attempt < 3 {
				return errBroken
			}
			return nil
		},
	}
	bot := telegram.Config{
		Kinds:       wire.Kinds(wire.KindMessage, wire.KindEditedMessage),
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error { keys.Chat(u.Header); return nil },
		Timeout:     5 * time.Second,
		Sessions:    []telegram.Session{counted},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			name, _, _ := strings.Cut(ev.Message().Text, " ")
			handle := r.handle[name]
			if handle == nil {
				return nil
			}
			ev.Enter(name)
			if name == "Again" {
				return ev.Try(telegram.Retry{Attempts: 3, Backoff: time.Second}, func() error { return handle(ctx, ev) })
			}
			return handle(ctx, ev)
		},
	}
	if s.config != nil {
		s.config(&bot)
	}
	logger := slog.New(slog.NewJSONHandler(r.log, nil))
	opts := append([]telegram.Option{
		telegram.WithToken(r.server.Token), telegram.WithAPIURL(r.server.URL), telegram.WithHTTPClient(r.server.Client()),
		telegram.WithStore(farStore{session.NewMemory(session.MemoryConfig{})}), telegram.WithLogger(logger), telegram.WithObserver(observer),
	}, s.opts...)
	if r.bot, err = telegram.New(bot, opts...); err != nil {
		t.Fatal(err)
	}
	if err := r.bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// say sends messages of Alice, and waits until the bot has nothing more to do for d.
func (r *rig) say(d time.Duration, texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		r.alice.Send(text)
	}
	time.Sleep(d)
	synctest.Wait()
}

// stop stops the bot.
func (r *rig) stop() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.t.Context()), time.Second)
	defer cancel()
	if err := r.bot.Stop(ctx); err != nil {
		r.t.Log("the stop:", err)
	}
	if err := r.observer.Close(); err != nil {
		r.t.Error(err)
	}
	time.Sleep(2 * time.Minute) // the handlers that hang
}

// A point is a data point: its attributes, its value or the number of its values, and their sum.
type point struct {
	attrs string // "a=1,b=2"
	count int64
	sum   float64
}

// metrics reads all data points, by the name of their instrument.
func (r *rig) metrics() map[string][]point { return readMetrics(r.t, r.reader) }

func readMetrics(t *testing.T, reader *sdkmetric.ManualReader) map[string][]point {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]point)
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Description == "" || m.Unit == "" {
				t.Errorf("%s has the description %q and the unit %q", m.Name, m.Description, m.Unit)
			}
			found[m.Name] = append(found[m.Name], points(t, m)...)
		}
	}
	return found
}

func points(t *testing.T, m metricdata.Metrics) (all []point) {
	t.Helper()
	switch data := m.Data.(type) {
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			all = append(all, point{p.Attributes.Encoded(encoder), int64(p.Count), p.Sum})
		}
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			all = append(all, point{p.Attributes.Encoded(encoder), p.Value, float64(p.Value)})
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			all = append(all, point{p.Attributes.Encoded(encoder), p.Value, float64(p.Value)})
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			all = append(all, point{p.Attributes.Encoded(encoder), 1, p.Value})
		}
	default:
		t.Fatalf("%s is a %T", m.Name, m.Data)
	}
	return all
}

// total adds up the points whose attributes have each part of the text, such as "tggen.handler=Ok error.type=".
func total(points []point, parts string) (sum point) {
	for _, p := range points {
		matches := true
		for part := range strings.FieldsSeq(parts) {
			matches = matches && strings.Contains(","+p.attrs+",", part)
		}
		if matches {
			sum.count += p.count
			sum.sum += p.sum
		}
	}
	return sum
}
