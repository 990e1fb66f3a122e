package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A Bot polls a Bot API server and hands the updates to generated code. All its methods may be called concurrently.
type Bot struct {
	config Config
	logger *slog.Logger
	api    *gotgbot.Bot
	client *Client // nil when the author brought another
	poller *Poller
	sink   *runtime.Pool[*Envelope]
	runner *runtime.Runner[*Envelope]
	keys   Keys // scratch space of constraints, which Put calls for one update at a time
}

// New makes a bot of what the generator found in spec.yaml; a bot.gen.go has a New of its own that calls it. It makes no
// request.
func New(config Config, opts ...Option) (*Bot, error) {
	o := options{token: os.Getenv("BOT_TOKEN"), apiURL: os.Getenv("BOT_API_URL"), logger: slog.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	for _, change := range o.change {
		change(&config)
	}
	if config.Dispatch == nil {
		return nil, errors.New("telegram: the configuration has no dispatch")
	}
	if o.token == "" {
		return nil, errors.New("telegram: no token: set BOT_TOKEN, or use WithToken")
	}
	if warning := wire.SkewWarning(); warning != "" {
		o.logger.Warn(warning)
	}
	b := &Bot{config: config, logger: o.logger}
	var err error
	if b.poller, err = NewPoller(pollerConfig(config, o)); err != nil {
		return nil, err
	}
	if o.client == nil {
		b.client = NewClient(ClientConfig{APIURL: o.apiURL, HTTPClient: o.http})
		o.client = b.client
	}
	b.api = &gotgbot.Bot{Token: o.token, BotClient: o.client}
	if b.sink, err = b.newSink(o.observer); err != nil {
		return nil, err
	}
	b.runner = runtime.NewRunner(b.poller, b.sink)
	return b, nil
}

func pollerConfig(config Config, o options) PollerConfig {
	p := PollerConfig{
		Token:               o.token,
		APIURL:              o.apiURL,
		HTTPClient:          o.http,
		AllowedUpdates:      config.AllowedUpdates,
		Wanted:              config.Kinds,
		Timeout:             config.Polling.Timeout,
		Delivery:            config.Delivery,
		Retry:               config.Polling.Retry,
		OnConflict:          config.Polling.OnConflict,
		SpeedTrafficBalance: config.Polling.SpeedTrafficBalance,
		MaxDelay:            config.Polling.MaxDelay,
		Logger:              o.logger,
	}
	if o.observer != nil {
		p.Hooks = PollerHooks{Fetched: o.observer.Fetched, Dropped: o.observer.Dropped, Failed: o.observer.FetchFailed}
	}
	return p
}

func (b *Bot) newSink(observer Observer) (*runtime.Pool[*Envelope], error) {
	config := runtime.SinkConfig[*Envelope]{
		Handle:      b.handle,
		Workers:     b.config.Workers,
		Concurrency: b.config.Concurrency,
		Backlog:     b.config.Backlog,
		Timeout:     b.config.Timeout,
		Release:     b.config.TimeoutKey == Release,
		OnError:     b.onError,
		OnTimeout:   b.onTimeout,
		OnLow:       b.poller.Prompt,
	}
	if observer != nil {
		config.Observer = observer
	}
	if b.config.Constraints != nil {
		config.Constraints = b.constraints
	}
	switch b.config.Sink {
	case Sharded:
		return runtime.NewSharded(config), nil
	case Concurrent:
		return runtime.NewConcurrent(config), nil
	case Batch:
		return runtime.NewBatch(config), nil
	case Sequential:
		return runtime.NewSequential(config), nil
	}
	return nil, fmt.Errorf("telegram: there is no sink %d", b.config.Sink)
}

// constraints runs the author's functions, among other things: a panic in one is an error of its update, which is then
// not handled.
func (b *Bot) constraints(u *Envelope, keys []runtime.Key) (result []runtime.Key) {
	b.keys = Keys{keys: keys, me: &b.api.User}
	defer func() {
		if value := recover(); value != nil {
			u.fail(runtime.NewPanicError(value))
		}
		result = b.keys.keys
	}()
	if err := b.config.Constraints(u, &b.keys); err != nil {
		u.fail(err)
	}
	return nil
}

// handle decodes an update and dispatches it.
func (b *Bot) handle(ctx context.Context, u *Envelope) error {
	growStack(0)
	update, err := u.Decode()
	if err != nil {
		return err
	}
	u.event = Event{Bot: b.api, Update: update, Header: u.Header}
	return b.config.Dispatch(ctx, &u.event)
}

// eventOf is the event the handler was given, or one that says which update it was.
func (b *Bot) eventOf(u *Envelope) *Event {
	if u.event.Update == nil {
		u.event = Event{Bot: b.api, Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header}
	}
	return &u.event
}

func (b *Bot) onError(ctx context.Context, u *Envelope, err error) {
	if b.config.OnError != nil {
		b.config.OnError(ctx, b.eventOf(u), err)
		return
	}
	attrs := []any{"update", u.ID, "kind", u.Kind.String(), "handler", b.eventOf(u).Handler, "error", err}
	if p, ok := errors.AsType[*runtime.PanicError](err); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	b.logger.ErrorContext(ctx, "handler failed", attrs...)
}

// onTimeout runs beside the handler, so it gets an event of its own.
func (b *Bot) onTimeout(ctx context.Context, u *Envelope) {
	if b.config.OnTimeout == nil {
		b.logger.WarnContext(ctx, "handler timed out", "update", u.ID, "kind", u.Kind.String())
		return
	}
	ev := Event{Bot: b.api, Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header}
	if update, err := wire.DecodeUpdate(u.raw); err == nil {
		ev.Update = update
	}
	b.config.OnTimeout(ctx, &ev)
}

// Start asks the server who the bot is, registers its commands if the spec says so, and begins to poll. Failures that
// may pass are retried until ctx ends. The handlers' contexts carry the values of ctx; when ctx ends the polling ends,
// and Stop is still needed.
func (b *Bot) Start(ctx context.Context) error {
	if b.runner.Running() {
		return runtime.ErrStarted
	}
	if err := b.identify(ctx); err != nil {
		return err
	}
	return b.runner.Start(ctx)
}

// Stop ends a poll under way, waits until every update fetched is handled, and confirms to Telegram what was. When ctx
// ends before, the handlers' contexts are cancelled, and what is left after another second is in the
// [*runtime.UnfinishedError]. A bot can be started again.
func (b *Bot) Stop(ctx context.Context) error {
	err := b.runner.Stop(ctx)
	if b.client != nil {
		b.client.CloseIdleConnections()
	}
	return err
}

// Run starts the bot and runs it until ctx ends, then stops it, for which it takes StopTimeout at most and a few
// seconds. It returns nil if the bot was stopped by ctx with nothing left unfinished.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	failed := b.runner.Wait(context.WithoutCancel(ctx))
	wait := b.config.StopTimeout
	if wait == 0 {
		wait = DefaultStopTimeout
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(wait, 0))
	defer cancel()
	return errors.Join(failed, b.Stop(stopping))
}

// Wait waits until the polling has ended, by Stop, by the end of Start's context, or by an error, which it returns.
func (b *Bot) Wait(ctx context.Context) error { return b.runner.Wait(ctx) }

// Err is the error that ended the polling, nil while it goes on and after Stop.
func (b *Bot) Err() error { return b.runner.Err() }

// Running reports whether the bot is polling.
func (b *Bot) Running() bool { return b.runner.Running() }

// Len is the number of updates fetched and not finished.
func (b *Bot) Len() int { return b.runner.Len() }

// Pending is a snapshot of the headers of the updates fetched and not finished, in arrival order.
func (b *Bot) Pending() []wire.Header {
	updates := b.runner.Pending()
	headers := make([]wire.Header, len(updates))
	for i, u := range updates {
		headers[i] = u.Header
	}
	return headers
}

// API makes calls to the Bot API outside handlers. Its User is filled in by Start.
func (b *Bot) API() *gotgbot.Bot { return b.api }

// Stats is a snapshot of a bot's counters.
type Stats struct {
	Poller PollerStats
	Sink   runtime.SinkStats
}

// Stats may be called at any time.
func (b *Bot) Stats() Stats { return Stats{Poller: b.poller.Stats(), Sink: b.sink.Stats()} }
