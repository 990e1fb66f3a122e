package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/feed"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A Bot gets updates from a Bot API server, by polling or by a webhook, and hands them to generated code. Its methods are safe for concurrent use.
type Bot struct {
	config     Config
	logger     *slog.Logger
	api        atomic.Pointer[gotgbot.Bot] // what it points to never changes
	starter    *gotgbot.Bot                // makes the calls of Start, which insist retries
	client     *Client
	poller     *Poller                   // nil if the bot takes webhooks
	webhook    *Webhook                  // nil if the bot polls
	registered registration              // of the webhook
	retries    RetryPolicy               // of the calls that Start makes
	opener     queue.Opener              // of the queue; nil if the bot has none
	receiver   *feed.Receiver[*Envelope] // of what the queue holds; nil if the bot has none
	pages      *keptPages                // of a journal with a queue
	sink       *runtime.Pool[*Envelope]
	runner     *runtime.Runner[*Envelope]
	observer   Observer // never nil
	tracer     Tracer   // the observer, if it is one; otherwise nil
	store      session.Store
	sessions   *state.Engine  // nil if the spec has none
	eraser     *eraser        // nil without a journal
	recorder   *traceRecorder // nil unless the bot is traced

	storeHealth  *storeHealth  // nil if the spec has no sessions
	journalStore *watchedStore // nil without a journal

	reserve int  // of a life, in bytes
	work    work // what Event.Go starts
	unknown unknownVariants
	keys    Keys // reused by constraints, which Put calls for one update at a time

	queue    atomic.Pointer[queue.Queue] // that was opened last; nil if there is none
	life     atomic.Pointer[life]        // nil while the bot is stopped
	stopping chan struct{}               // holds one token while a Stop is in progress
}

// New makes a bot from what the generator found in spec.yaml. The New in a bot.gen.go calls it. It makes no request.
//
// The token is that of [WithToken], or else the environment variable BOT_TOKEN. The Bot API server is that of
// [WithAPIURL], or else the environment variable BOT_API_URL, or else https://api.telegram.org. If the environment has
// BOT_TRACE_URL, the bot tells a receiver there what becomes of its updates: see package trace. New returns an error if
// there is no token, or if a setting is invalid. That of BOT_TRACE_URL is a *trace.URLError.
func New(config Config, opts ...Option) (*Bot, error) {
	o := newOptions(opts)
	o.apply(&config)
	if config.Dispatch == nil {
		return nil, errors.New("making the bot: Config.Dispatch is nil")
	}
	if o.token.text == "" {
		return nil, fmt.Errorf("making the bot: there is no token: set %s, or use WithToken", tokenVariable)
	}
	if err := botapi.CheckToken(o.token.text); err != nil {
		return nil, fmt.Errorf("making the bot: %s: %w", o.token.from, err)
	}
	if _, err := botapi.ParseURL(o.apiURL.text); err != nil {
		return nil, fmt.Errorf("making the bot: %s: %w", o.apiURL.from, err)
	}
	o.logger = redact.Logger(o.logger, o.token.text)
	if warning := wire.SkewWarning(); warning != "" {
		o.logger.Warn(warning)
	}
	b := &Bot{config: config, logger: o.logger, observer: o.observer, store: o.store, reserve: o.reserve, stopping: make(chan struct{}, 1)}
	if b.observer == nil {
		b.observer = NopObserver{}
	}
	b.tracer, _ = o.observer.(Tracer)
	var err error
	if b.recorder, err = b.newRecorder(o.traceURL, o.token.text); err != nil {
		return nil, fmt.Errorf("making the bot: %s: %w", traceURLVariable, err)
	}
	if config.Calls.Attempts < 0 {
		return nil, fmt.Errorf("making the bot: Config.Calls: %d attempts are fewer than one", config.Calls.Attempts)
	}
	clientConfig := ClientConfig{APIURL: o.apiURL.text, HTTPClient: o.http, Connections: max(config.Concurrency, DefaultConnections)}
	if b.client, err = NewClient(clientConfig); err != nil {
		return nil, err
	}
	b.client.traced = b.recorder != nil
	if b.retries, err = config.Polling.Retry.withDefaults(); err != nil {
		return nil, fmt.Errorf("making the bot: %w", err)
	}
	if err := b.newReceiver(o); err != nil {
		return nil, fmt.Errorf("making the bot: %w", err)
	}
	told := o
	told.observer = b.recorder.observing(o.observer)
	source, err := b.newSource(told)
	if err != nil {
		return nil, err
	}
	if b.receiver != nil {
		source = b.receiver // the poller or the webhook feeds the queue
	}
	if config.Calls.Journal {
		if err := b.openJournal(o.storeGiven); err != nil {
			return nil, fmt.Errorf("making the bot: Config.Calls: %w", err)
		}
	}
	retried, once := b.chains(o)
	b.api.Store(&gotgbot.Bot{Token: o.token.text, BotClient: b.recorder.link(retried)})
	b.starter = &gotgbot.Bot{Token: o.token.text, BotClient: once}
	b.sessions = b.newSessions(o.token.text)
	if b.sink, err = b.newSink(told.observer); err != nil {
		return nil, err
	}
	b.runner = runtime.NewRunner(source, b.sink)
	if attached, ok := o.observer.(interface{ Attached(bot *Bot) }); ok {
		attached.Attached(b)
	}
	return b, nil
}

// newSource makes the poller or the webhook.
func (b *Bot) newSource(o options) (source runtime.Source[*Envelope], err error) {
	if b.config.Source > SourceWebhook {
		return nil, fmt.Errorf("making the bot: source %d does not exist", b.config.Source)
	}
	if b.config.isWebhook() {
		err = b.newWebhook(o)
		return b.webhook, err
	}
	if b.poller, err = NewPoller(pollerConfig(b.config, o)); err != nil {
		return nil, err
	}
	b.poller.stalled = b.onWindowFull
	if b.recorder != nil {
		b.poller.repeated = b.recorder.repeated
	}
	return b.poller, nil
}

func pollerConfig(config Config, o options) PollerConfig {
	return PollerConfig{
		Token:          o.token.text,
		APIURL:         o.apiURL.text,
		HTTPClient:     o.http,
		AllowedUpdates: config.AllowedUpdates,
		Kinds:          config.Kinds,
		Delivery:       config.Delivery,
		Source:         config.Source,
		PollingConfig:  config.Polling,
		Observer:       o.observer,
		Logger:         o.logger,
	}
}

func (b *Bot) newSink(observer Observer) (*runtime.Pool[*Envelope], error) {
	config := runtime.SinkConfig[*Envelope]{
		Handle:      b.handle,
		Workers:     b.config.Workers,
		Concurrency: b.config.Concurrency,
		Backlog:     b.config.Backlog,
		Size:        (*Envelope).size,
		Timeout:     b.config.Timeout,
		Hold:        b.config.Hold,
		Release:     b.config.TimeoutKey == Release,
		Retry:       b.retry,
		OnError:     b.onError,
		OnTimeout:   b.onTimeout,
		OnStuck:     b.onStuck,
		OnFull:      b.onFull,
		Observer:    observer,
		Logger:      b.logger,
	}
	if b.poller != nil && b.receiver == nil {
		config.OnLow = b.poller.Prompt
	}
	if config.BacklogBytes = b.config.BacklogBytes; config.BacklogBytes == 0 {
		config.BacklogBytes = DefaultBacklogBytes
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
	return nil, fmt.Errorf("making the bot: sink mode %d does not exist", b.config.Sink)
}

// Run starts the bot, runs it until ctx ends or Stop is called, and stops it. The stop takes StopTimeout and a few seconds
// at most. Run returns nil if no error ended the bot and no update is left unfinished.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.Start(ctx); err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrStopped) {
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

// Wait waits until the bot gets no more updates, because of Stop, the end of Start's context, or an error, which Wait returns. If
// ctx ends before, Wait returns the error of ctx.
func (b *Bot) Wait(ctx context.Context) error { return b.runner.Wait(ctx) }

// Err returns the error that ended the polling or the serving. It is nil while the bot runs, and after a Stop.
func (b *Bot) Err() error { return b.runner.Err() }

// Running reports whether the bot is polling, or takes webhooks.
func (b *Bot) Running() bool { return b.runner.Running() }

// Len returns the number of updates that are fetched and not finished.
func (b *Bot) Len() int { return b.runner.Len() }

// Pending returns the headers of the updates that are fetched and not finished, in arrival order.
func (b *Bot) Pending() []wire.Header {
	updates := b.runner.Pending()
	headers := make([]wire.Header, len(updates))
	for i, u := range updates {
		headers[i] = u.Header
	}
	return headers
}

// API returns the gotgbot bot, for calls outside handlers. It must not be changed. Its User is empty in what API returns
// before Start has asked the server.
func (b *Bot) API() *gotgbot.Bot { return b.api.Load() }
