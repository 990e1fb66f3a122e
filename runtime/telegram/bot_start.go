package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
	"github.com/tggen/tggen/runtime/telegram/internal/feed"
	"github.com/tggen/tggen/runtime/telegram/internal/inbox"
	"github.com/tggen/tggen/runtime/telegram/internal/redact"
)

// ErrStopped is wrapped by the error of what a stop interrupted: a [Bot.Start] that was not ready yet, and a call that
// waited to be made (again), because the server asked for it or was not there. An update whose handler returns such an
// error is unfinished, so with [AtLeastOnce] it comes again.
var ErrStopped = calls.ErrStopped

// A life is the time from a Start to the end of the Stop that belongs to it.
type life struct {
	ctx       context.Context    // ends with that of Start, and when Stop is called
	interrupt context.CancelFunc // ends ctx: what Start does, and the waits of calls
	started   chan struct{}      // closed when Start has returned
	running   bool               // the runner was started; read it after started is closed
	server    *inbox.Server      // for webhooks; may be nil

	feed    *feed.Feed[*Envelope] // from the source to the queue; nil if there is no queue
	feeding sync.WaitGroup        // the goroutine that waits for the end of feed

	timers      sync.WaitGroup     // the goroutine that waits for the time-outs of states
	background  sync.WaitGroup     // the goroutines that set the menus and the webhook
	cancelCalls context.CancelFunc // ends the calls that they make

	reserve []byte // of the heap: see WithHeapReserve; nothing reads it

	began  time.Time
	before runtime.SinkStats // the counters when it began
}

// Start asks the server who the bot is, and begins to poll, or to take webhooks. It retries failures that may pass until ctx
// ends. The menus of commands, if the spec says register_commands, and the webhook are set while the bot runs, so that they
// cannot delay it. The handlers' contexts carry the values of ctx. When ctx ends, no more updates are fetched; call Stop all
// the same.
//
// Start returns [runtime.ErrStarted] if the bot is started already, and [ErrStopped] if it is stopped meanwhile.
func (b *Bot) Start(ctx context.Context) error {
	starting, interrupt := context.WithCancel(ctx)
	l := &life{ctx: starting, interrupt: interrupt, started: make(chan struct{}), began: time.Now(), before: b.sink.Stats(), reserve: make([]byte, b.reserve)}
	if !b.life.CompareAndSwap(nil, l) {
		interrupt()
		return runtime.ErrStarted
	}
	defer close(l.started)
	b.recorder.start(ctx, b.logger)
	err := b.begin(ctx, starting, l)
	if err != nil {
		interrupt()
		b.recorder.stop()
		b.life.CompareAndSwap(l, nil)
	}
	return err
}

// begin starts a life. starting ends with ctx, and when Stop is called.
func (b *Bot) begin(ctx, starting context.Context, l *life) error {
	server, err := b.listen(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if server != nil && !l.running {
			server.Shutdown(ctx)
		}
	}()
	err = b.identify(starting)
	switch {
	case starting.Err() != nil && ctx.Err() == nil:
		return errors.Join(ErrStopped, err)
	case err != nil:
		return err
	}
	b.logger.InfoContext(ctx, b.startLine(server),
		"id", b.API().Id, "delivery", b.config.Delivery.String(), "concurrency", b.concurrency())
	b.work.open(ctx)
	if err := b.openQueue(starting); err != nil {
		return err
	}
	if err := b.runner.Start(ctx); err != nil {
		return errors.Join(err, b.closeQueue(ctx))
	}
	l.running, l.server = true, server
	if b.receiver != nil {
		b.feedQueue(ctx, l)
	}
	if b.webhook != nil {
		b.serveWebhook(server)
	}
	if b.sessions != nil && b.config.Expire != nil && b.receiver == nil {
		l.timers.Go(func() { b.runTimers(starting) }) // Stop waits for it
	}
	var calls context.Context
	calls, l.cancelCalls = context.WithCancel(context.WithoutCancel(ctx))
	if b.registers() {
		l.background.Go(func() { b.register(starting, calls) }) // Stop waits for it
	}
	if b.config.RegisterCommands {
		l.background.Go(func() { b.setMenus(starting, calls) }) // Stop waits for it
	}
	return nil
}

// concurrency returns how many handlers run at once at most.
func (b *Bot) concurrency() int {
	switch {
	case b.config.Sink == Sequential:
		return 1
	case b.config.Concurrency <= 0:
		return runtime.DefaultConcurrency
	}
	return b.config.Concurrency
}

// callTime is how long Stop waits for a menu or a webhook that is being set, after everything else has ended.
const callTime = time.Second

// lifetime returns a context that ends when the bot is told to stop. It never ends while the bot is not started.
func (b *Bot) lifetime() context.Context {
	if l := b.life.Load(); l != nil {
		return l.ctx
	}
	return context.Background()
}

// Stop ends the polling and all waits of calls at once, waits until every fetched update is handled, confirms to Telegram
// what was handled, and waits for what [Event.Go] started. If ctx ends before, Stop cancels the contexts of handlers and functions, waits for
// another second for each of the two, and returns a [*runtime.UnfinishedError] or an [*UnfinishedWorkError] that says what
// is unfinished. A Start that is not ready yet is interrupted at once. A bot can be started again.
func (b *Bot) Stop(ctx context.Context) error {
	select {
	case b.stopping <- struct{}{}: // even if ctx has ended
	default:
		select {
		case b.stopping <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-b.stopping }()
	l := b.life.Load()
	if l == nil {
		return nil
	}
	l.interrupt()
	<-l.started
	if !l.running {
		return nil
	}
	if b.webhook != nil {
		b.webhook.inbox.Refuse()
	}
	l.timers.Wait() // before the sink is drained, so that it puts nothing more into it
	defer context.AfterFunc(ctx, b.work.cancel)()
	var err error
	if l.feed != nil {
		err = l.feed.Stop()
		l.feeding.Wait()
	}
	err = errors.Join(err, b.runner.Stop(ctx))
	if l.server != nil {
		l.server.Shutdown(ctx)
	}
	err = errors.Join(err, b.work.wait(ctx), b.closeQueue(ctx))
	if b.eraser != nil {
		b.eraser.finish(eraseTime)
	}
	impatient := time.AfterFunc(callTime, l.cancelCalls)
	l.background.Wait()
	impatient.Stop()
	l.cancelCalls()
	b.client.CloseIdleConnections()
	b.recorder.stop()
	b.logEnd(ctx, l, err)
	b.life.Store(nil)
	return err
}

// logEnd says what the bot did since it was started.
func (b *Bot) logEnd(ctx context.Context, l *life, err error) {
	stats, left := b.sink.Stats(), 0
	if unfinished, ok := errors.AsType[*runtime.UnfinishedError](err); ok {
		left = unfinished.Queued + unfinished.Running + unfinished.Stopped + unfinished.Retrying
	}
	if unfinished, ok := errors.AsType[*UnfinishedWorkError](err); ok {
		left += unfinished.Running
	}
	level := slog.LevelInfo
	if left > 0 {
		level = slog.LevelWarn
	}
	b.logger.Log(ctx, level, "stopped",
		"handled", stats.Finished-l.before.Finished,
		"failed", stats.Failed-l.before.Failed,
		"timed_out", stats.TimedOut-l.before.TimedOut,
		"stuck", stats.Stuck-l.before.Stuck,
		"left", left,
		"after", time.Since(l.began).Round(time.Millisecond))
}

// identify asks the server who the bot is. Handlers of an earlier life may still read what the last answer said, so a new
// answer becomes a new value.
func (b *Bot) identify(ctx context.Context) error {
	api := b.API()
	var final error
	err := b.insist(ctx, "getMe", func() error {
		me, err := b.starter.GetMeWithContext(ctx, nil)
		if _, badToken := errors.AsType[botapi.TokenError](err); badToken || errors.Is(err, http.ErrSchemeMismatch) {
			final = err // no retry mends the token that a link passes, or the API URL
			return nil
		}
		if err == nil && *me != api.User {
			b.api.Store(&gotgbot.Bot{Token: api.Token, User: *me, BotClient: api.BotClient})
		}
		return err
	})
	if err = errors.Join(final, err); err != nil {
		return fmt.Errorf("asking who the bot is: %w", err)
	}
	return nil
}

// insist repeats a call until it succeeds, with the retry policy of the poller. A conflict concerns polling only, so no
// call ends with one. The waits end with ctx.
func (b *Bot) insist(ctx context.Context, method string, call func() error) error {
	retry := retrier{
		policy:     b.retries,
		onConflict: ConflictWait,
		webhook:    true,
		random:     rand.Float64,
		report: func(ctx context.Context, failure error, wait time.Duration) {
			b.logger.WarnContext(ctx, "call failed, will try again", "method", method, "error", failure, "wait", wait)
		},
		recovered: func(ctx context.Context, failures int, after time.Duration) {
			b.logger.InfoContext(ctx, "call works again", "method", method, "failures", failures, "after", after.Round(time.Millisecond))
		},
	}
	token := b.API().Token
	err := retry.do(ctx, func() error {
		err := asAPIError(method, call())
		if err != nil {
			err = redact.Error(err, token) // the author's client may show it
		}
		return err
	})
	if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return errors.Join(err, ctx.Err())
	}
	return err
}

// asAPIError turns gotgbot's error for an answer with ok=false into an [*APIError], which a retrier knows. It returns
// other errors as they are. method is for an error that does not name its own.
func asAPIError(method string, err error) error {
	answer, ok := errors.AsType[*gotgbot.TelegramError](err)
	if !ok {
		return err
	}
	api := &APIError{Method: cmp.Or(answer.Method, method), Code: answer.Code, Description: answer.Description}
	if p := answer.ResponseParams; p != nil {
		api.RetryAfter = seconds(p.RetryAfter)
	}
	return api
}
