package telegram

import (
	"context"
	"errors"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// constraints computes the keys of an update. It runs the author's constraint functions. If one of them panics or fails,
// the update is not handled, and its error goes to the error hook.
func (b *Bot) constraints(u *Envelope, keys []runtime.Key) (result []runtime.Key) {
	b.keys = Keys{keys: keys, me: &b.API().User}
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

// handle decodes an update and dispatches it. Each further attempt gets an update and an event of its own, since a handler
// may have changed or kept those of the attempt before.
func (b *Bot) handle(ctx context.Context, u *Envelope) error {
	growStack(0)
	ev, attempt := &u.event, runtime.Attempt(ctx)
	if attempt > 1 {
		ev, u.decoded = new(Event), nil
	}
	update, err := u.Decode()
	if err != nil {
		return err
	}
	if u.unknown != nil {
		b.logUnknown(ctx, u)
	}
	*ev = Event{Bot: b.API(), Update: update, Header: u.Header, Attempt: attempt, progress: &u.progress, owner: b}
	u.progress.begin(ev)
	return b.config.Dispatch(ctx, ev)
}

// eventOf returns the event that the handler was given. If there was none, it makes an event that names the update. It is
// for the goroutine of the handler.
func (b *Bot) eventOf(u *Envelope) *Event {
	if u.progress.event == nil {
		u.progress.begin(&Event{Bot: b.API(), Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header, Attempt: 1, owner: b})
	}
	return u.progress.event
}

func (b *Bot) onError(ctx context.Context, u *Envelope, err error) { b.report(ctx, b.eventOf(u), err) }

// report hands an error to the author's hook, or to the logger.
func (b *Bot) report(ctx context.Context, ev *Event, err error) {
	if b.config.OnError != nil {
		b.config.OnError(ctx, ev, err)
		return
	}
	b.logError(ctx, ev, "handler failed", err)
}

// reportWork is report for a function that Event.Go started.
func (b *Bot) reportWork(ctx context.Context, ev *Event, err error) {
	defer func() {
		if value := recover(); value != nil {
			b.logError(ctx, ev, "the error hook panicked", runtime.NewPanicError(value))
		}
	}()
	b.report(ctx, ev, err)
}

func (b *Bot) logError(ctx context.Context, ev *Event, message string, err error) {
	attrs := append(describe(ev.Header, ev.Handler), "error", err)
	if p, ok := errors.AsType[*runtime.PanicError](err); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	b.logger.ErrorContext(ctx, message, attrs...)
}

// describe returns what every line of the log says about an update.
func describe(h wire.Header, handler string) []any {
	return []any{"handler", handler, "chat", h.Chat, "update", h.ID, "kind", h.Kind.String()}
}

// onTimeout runs while the handler may still use its event, so it makes another one.
func (b *Bot) onTimeout(ctx context.Context, u *Envelope) {
	if b.config.OnTimeout == nil {
		b.logger.WarnContext(ctx, "handler timed out", u.attrs()...)
		return
	}
	ev := Event{Bot: b.API(), Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header, Handler: u.Handler(), owner: b}
	if update, err := wire.DecodeUpdate(u.raw); err == nil {
		ev.Update = update
	}
	b.config.OnTimeout(ctx, &ev)
}

// onStuck reports a handler that has not returned at the end of its hold.
func (b *Bot) onStuck(ctx context.Context, u *Envelope) {
	b.logger.ErrorContext(ctx, "handler is stuck, its constraints are released", u.attrs()...)
}

// attrs names an update and its handler in a log line. Any goroutine may call it.
func (u *Envelope) attrs() []any { return describe(u.Header, u.Handler()) }
