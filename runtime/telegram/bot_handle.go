package telegram

import (
	"context"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	records "github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// constraints computes the keys of an update. It runs the author's constraint functions. If one of them panics or fails,
// the update is not handled, and its error goes to the error hook.
func (b *Bot) constraints(u *Envelope, keys []runtime.Key) []runtime.Key {
	b.keys = Keys{keys: keys, me: &b.API().User}
	if b.recorder != nil {
		b.keys.texts = new([]records.Key)
		defer func() { b.recorder.noteKeys(*b.keys.texts) }()
	}
	return b.computeKeys(u, &b.keys)
}

func (b *Bot) computeKeys(u *Envelope, keys *Keys) (result []runtime.Key) {
	defer func() {
		if value := recover(); value != nil {
			u.fail(runtime.NewPanicError(value))
		}
		result = keys.keys
	}()
	if err := b.config.Constraints(u, keys); err != nil {
		u.fail(err)
	}
	if s := u.progress.sessions; s != nil && s.Expired() != "" {
		keys.addSession(s.ExpiredKey())
	}
	return nil
}

// handle decodes an update and dispatches it.
func (b *Bot) handle(ctx context.Context, u *Envelope) error {
	growStack(0)
	if u.queued != nil && !b.mayBegin(ctx, u) {
		return nil
	}
	if b.tracer != nil {
		return b.handleTraced(ctx, u)
	}
	return b.handleAttempt(ctx, u)
}

// handleAttempt handles an update, with its sessions if the bot has any.
func (b *Bot) handleAttempt(ctx context.Context, u *Envelope) error {
	if b.sessions != nil {
		return b.handleSessions(ctx, u)
	}
	return b.dispatch(ctx, u)
}

// handleTraced is handleAttempt, and tells the tracer.
func (b *Bot) handleTraced(ctx context.Context, u *Envelope) (err error) {
	t := b.beginTrace(u, runtime.Attempt(ctx))
	if t == nil {
		return b.handleAttempt(ctx, u)
	}
	err = runtime.ErrGoexit // stays if the handler ends the goroutine
	defer func() {
		if value := recover(); value != nil {
			err = runtime.NewPanicError(value)
		}
		outcome := err
		if ctx.Err() == context.DeadlineExceeded {
			outcome = runtime.ErrTimeout
		}
		t.finish(outcome)
	}()
	return b.handleAttempt(t.context(ctx), u)
}

// dispatch decodes an update and calls Config.Dispatch, or Config.Expire if a state has timed out. Each further attempt gets an update and an event of its own, since a handler
// may have changed or kept those of the attempt before.
func (b *Bot) dispatch(ctx context.Context, u *Envelope) error {
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
	*ev = Event{Bot: b.apiFor(u), Update: update, Header: u.Header, Attempt: attempt, progress: &u.progress, owner: b}
	u.progress.begin(ev)
	if s := u.progress.sessions; s != nil {
		ev.Attempt -= s.uncounted
		if s.Expired() != "" {
			return b.config.Expire(ctx, ev)
		}
	}
	return b.config.Dispatch(ctx, ev)
}

// eventOf returns the event that the handler was given. If there was none, it makes an event that names the update. It is
// for the goroutine of the handler.
func (b *Bot) eventOf(u *Envelope) *Event {
	if u.progress.event == nil {
		u.progress.begin(&Event{Bot: b.apiFor(u), Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header, Attempt: 1, owner: b})
	}
	return u.progress.event
}

func (b *Bot) onError(ctx context.Context, u *Envelope, err error) {
	b.report(u.progress.traced().context(ctx), b.eventOf(u), err)
}

// report hands an error to the author's hook, or to the logger.
func (b *Bot) report(ctx context.Context, ev *Event, err error) {
	if b.config.OnError != nil {
		b.config.OnError(withEvent(ctx, ev), ev, err)
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

// onTimeout runs while the handler may still use its event, so it makes another one.
func (b *Bot) onTimeout(ctx context.Context, u *Envelope) {
	if t := u.progress.traced(); t != nil {
		t.finish(runtime.ErrTimeout)
		ctx = t.context(ctx)
	}
	if b.config.OnTimeout == nil {
		b.logger.WarnContext(ctx, "handler timed out", b.describe(ctx, u.Header, u.Handler())...)
		return
	}
	ev := Event{Bot: b.apiFor(u), Update: &gotgbot.Update{UpdateId: u.ID}, Header: u.Header, Handler: u.Handler(), owner: b}
	if update, err := wire.DecodeUpdate(u.raw); err == nil {
		ev.Update = update
	}
	b.config.OnTimeout(withEvent(ctx, &ev), &ev)
}

// onStuck reports a handler that has not returned at the end of its hold.
func (b *Bot) onStuck(ctx context.Context, u *Envelope) {
	ctx = u.progress.traced().context(ctx)
	b.logger.ErrorContext(ctx, "handler is stuck, its constraints are released", b.describe(ctx, u.Header, u.Handler())...)
}

// growStack makes a goroutine's stack large enough to decode a message and to make a call. A goroutine starts with a stack of 2 kB
// and doubles it as often as it must. Each time it copies the stack, and the copy costs more the more calls are on it. Many
// goroutines handle only one update. So they grow their stack once, here, while few calls are on it.
//
// The stack grows to 8 kB, because a call of an [Event] needs more than 3 kB. When a goroutine waits, the garbage collector halves a
// stack of which less than a quarter is used. A goroutine that waits for the answer to a call uses more.
//
// The runtime grows the stack when the function is called, because its frame holds room. Nothing uses room: i is 0.
//
//go:noinline
func growStack(i int) byte {
	if i == 0 {
		return 0
	}
	var room [9 << 9]byte
	return room[i]
}
