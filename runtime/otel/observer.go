package otel

import (
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// scope is the name of the instrumentation scope.
const scope = "github.com/tggen/tggen/runtime/otel"

// Config configures [New]. Its zero value is valid.
type Config struct {
	// MeterProvider makes the instruments. Default: that of otel.GetMeterProvider when New is called.
	MeterProvider metric.MeterProvider

	// TracerProvider makes the spans. With a noop.TracerProvider there are none, and they cost nothing. Default: that of
	// otel.GetTracerProvider when New is called.
	TracerProvider trace.TracerProvider

	// IDs says that the span of an update has the ids of its chat and user, as tggen.chat.id and tggen.user.id. They are
	// personal data. Default false.
	IDs bool
}

// An Observer measures and traces one bot. It implements [telegram.Tracer]. To have methods of your own called as well, embed it in a
// struct, and call the method of Observer in yours. Its methods are safe for concurrent use.
type Observer struct {
	instruments instruments
	updates     updates
	methods     calls
	tracer      trace.Tracer // nil if there are no spans
	ids         bool

	consumed, dropped [wire.KindCount]atomic.Int64
	stalled           atomic.Bool
	webhook           atomic.Bool // the bot takes webhooks, so Fetched does not tell of polls
	bot               atomic.Pointer[telegram.Bot]
	late              lateHandlers
	registration      metric.Registration
}

var _ telegram.Tracer = (*Observer)(nil)

// New makes the instruments. It returns an error if the provider refuses one. Each bot needs an Observer of its own; if two bots of one
// process share a MeterProvider, their numbers are added up.
func New(config Config) (*Observer, error) {
	if config.MeterProvider == nil {
		config.MeterProvider = otel.GetMeterProvider()
	}
	if config.TracerProvider == nil {
		config.TracerProvider = otel.GetTracerProvider()
	}
	o := &Observer{ids: config.IDs}
	if _, none := config.TracerProvider.(noop.TracerProvider); !none {
		o.tracer = config.TracerProvider.Tracer(scope, trace.WithSchemaURL(schema))
	}
	meter := config.MeterProvider.Meter(scope, metric.WithSchemaURL(schema))
	if err := o.instruments.make(meter); err != nil {
		return nil, fmt.Errorf("making the instruments: %w", err)
	}
	var err error
	if o.registration, err = meter.RegisterCallback(o.collect, o.instruments.observable()...); err != nil {
		return nil, fmt.Errorf("making the instruments: %w", err)
	}
	return o, nil
}

// Close ends what the observer reports about the state of the bot, such as its backlog. Call it before another bot of the same process
// reports to the same provider.
func (o *Observer) Close() error {
	if err := o.registration.Unregister(); err != nil {
		return fmt.Errorf("unregistering the callback: %w", err)
	}
	return nil
}

// Attached is called by [telegram.New] with the bot that the observer belongs to.
func (o *Observer) Attached(bot *telegram.Bot) {
	_, webhook := bot.Webhook().(*telegram.Webhook)
	o.webhook.Store(webhook)
	o.bot.Store(bot)
}

// Queued implements [telegram.Observer].
func (o *Observer) Queued(u *telegram.Envelope, _ int) { o.consumed[u.Kind].Add(1) }

// Dropped implements [telegram.Observer].
func (o *Observer) Dropped(h telegram.Header) { o.dropped[h.Kind].Add(1) }

// Started implements [telegram.Observer].
func (o *Observer) Started(u *telegram.Envelope, _ int, waited time.Duration) {
	o.instruments.waited.Record(background, waited.Seconds(), byKind[u.Kind].record...)
}

// Finished implements [telegram.Observer].
func (o *Observer) Finished(u *telegram.Envelope, _ int, took time.Duration, err error) {
	o.processed(u, took, ErrorType(err))
}

// Stopped implements [telegram.Observer].
func (o *Observer) Stopped(u *telegram.Envelope, _ int, took time.Duration, err error) {
	o.processed(u, took, typeStopped)
}

// Retrying implements [telegram.Observer].
func (o *Observer) Retrying(u *telegram.Envelope, _ int, took time.Duration, _ int, _ time.Duration, err error) {
	failure := ErrorType(err)
	o.processed(u, took, failure)
	o.instruments.retries.Add(background, 1, o.updates.of(u, failure).add...)
}

// TimedOut implements [telegram.Observer].
func (o *Observer) TimedOut(u *telegram.Envelope, _ int) {
	o.instruments.timeouts.Add(background, 1, o.updates.of(u, "").add...)
}

// Stuck implements [telegram.Observer]. [telegram.Bot.Activities] tells of it.
func (o *Observer) Stuck(*telegram.Envelope, int, time.Duration) {}

// Returned implements [telegram.Observer].
func (o *Observer) Returned(u *telegram.Envelope, _ int, took time.Duration, _ error) {
	o.processed(u, took, typeTimeout)
}

func (o *Observer) processed(u *telegram.Envelope, took time.Duration, failure string) {
	o.instruments.processed.Record(background, took.Seconds(), o.updates.of(u, failure).record...)
}

// Fetched implements [telegram.Observer].
func (o *Observer) Fetched(_ int, took time.Duration) {
	if !o.webhook.Load() {
		o.instruments.operation.Record(background, took.Seconds(), polled.record...)
	}
}

// FetchFailed implements [telegram.Observer].
func (o *Observer) FetchFailed(err error, _ time.Duration) {
	o.instruments.pollFailures.Add(background, 1, o.methods.of("getUpdates", ErrorType(err)).add...)
}

// Stalled implements [telegram.Observer].
func (o *Observer) Stalled(string, time.Duration) { o.stalled.Store(true) }

// Resumed implements [telegram.Observer].
func (o *Observer) Resumed(time.Duration) { o.stalled.Store(false) }

// Called implements [telegram.Observer].
func (o *Observer) Called(method string, took time.Duration, err error) {
	o.instruments.called.Record(background, took.Seconds(), o.methods.of(method, ErrorType(err)).record...)
}

// CallRetried implements [telegram.Observer].
func (o *Observer) CallRetried(method string, err error, wait time.Duration) {
	series := o.methods.of(method, ErrorType(err))
	o.instruments.callRetries.Add(background, 1, series.add...)
	o.instruments.callWaits.Record(background, wait.Seconds(), series.record...)
}

// StoreCalled implements [telegram.Observer].
func (o *Observer) StoreCalled(operation string, took time.Duration, failed error) {
	o.instruments.stored.Record(background, took.Seconds(), storeSeries(operation, ErrorType(failed)).record...)
}
