package telegram

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// eventKey is the key of the event in the contexts of hooks and of functions that [Event.Go] started. The context of a handler
// names its update without it: see [runtime.Item].
type eventKey struct{}

// withEvent returns ctx with the event for [Logger], unless ctx is that of a handler.
func withEvent(ctx context.Context, ev *Event) context.Context {
	if _, ok := runtime.Item[*Envelope](ctx); ok {
		return ctx
	}
	return context.WithValue(ctx, eventKey{}, ev)
}

// Logger returns the bot's logger, see [WithLogger], with what ctx says about the update: handler, chat, update, kind and
// shard, under these keys. It never shows the bot's token. Ids that the update does not have are 0.
//
// ctx is that of a predicate, a middleware, a handler, a hook, or a function that [Event.Go] started, or is derived from one.
// The handler is the one that runs when Logger is called, and is left out before one has matched. The shard is left out
// where the handler has returned or timed out: in on_timeout, for a late error, and in functions of Go. Without such a context,
// Logger returns [slog.Default].
func Logger(ctx context.Context) *slog.Logger {
	if u, ok := runtime.Item[*Envelope](ctx); ok {
		if owner, handler := u.progress.running(); owner != nil {
			return owner.logger.With(append(owner.describe(ctx, u.Header, handler), "shard", runtime.Shard(ctx))...)
		}
	}
	if ev, ok := ctx.Value(eventKey{}).(*Event); ok && ev.owner != nil {
		return ev.owner.logger.With(ev.owner.describe(ctx, ev.Header, ev.Handler)...)
	}
	return slog.Default()
}

func (b *Bot) logError(ctx context.Context, ev *Event, message string, err error) {
	attrs := append(b.describe(ctx, ev.Header, ev.Handler), "error", err)
	if p, ok := errors.AsType[*runtime.PanicError](err); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	b.logger.ErrorContext(ctx, message, attrs...)
}

// describe returns what every line of the log says about an update. The handler is left out if none has been entered.
func describe(h wire.Header, handler string) []any {
	attrs := []any{"chat", h.Chat, "update", h.ID, "kind", h.Kind.String()}
	if handler == "" {
		return attrs
	}
	return append([]any{"handler", handler}, attrs...)
}

// describe is the function describe, and adds what the tracer says about ctx.
func (b *Bot) describe(ctx context.Context, h wire.Header, handler string) []any {
	attrs := describe(h, handler)
	if b.tracer != nil {
		for _, a := range b.tracer.TraceAttrs(ctx) {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// attrs names an update and its handler in a log line. Any goroutine may call it.
func (u *Envelope) attrs() []any { return describe(u.Header, u.Handler()) }

// maxUnknownVariants is how many variants a bot remembers, so that its memory is bounded whatever the server sends. A release
// of the Bot API adds a few.
const maxUnknownVariants = 100

// unknownVariants are the variants of unions that the bot has logged.
type unknownVariants struct {
	mu   sync.Mutex
	seen map[wire.UnknownVariant]bool
}

// isNew reports whether a variant was not seen before, and remembers it.
func (s *unknownVariants) isNew(v wire.UnknownVariant) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[v] || len(s.seen) >= maxUnknownVariants {
		return false
	}
	if s.seen == nil {
		s.seen = map[wire.UnknownVariant]bool{}
	}
	s.seen[v] = true
	return true
}

// logUnknown says once for each variant that this release does not know it. The update is handled without that part.
func (b *Bot) logUnknown(ctx context.Context, u *Envelope) {
	for _, v := range u.unknown {
		if b.unknown.isNew(v) {
			attrs := append(b.describe(ctx, u.Header, u.Handler()), "type", v.Union, "variant", v.Value)
			b.logger.WarnContext(ctx, "part of an update is of a variant that this release does not know, and is left out", attrs...)
		}
	}
}

// onFull says that nothing is fetched for want of room in the backlog, and why.
func (b *Bot) onFull(full runtime.Full[*Envelope]) {
	if full.Over {
		b.resumed(full.Waited)
		return
	}
	reason := "the backlog is full"
	if b.config.Sink == Batch || b.config.Sink == Sequential {
		reason = "the last batch is unfinished"
	}
	var oldest *Envelope
	if full.Any {
		oldest = full.Oldest
	}
	b.stalled(reason, full.Waited, oldest)
}

// onWindowFull says that nothing is fetched because Telegram returns no more than 100 updates, beginning with the oldest
// one that is not confirmed, and the bot has them all.
func (b *Bot) onWindowFull(oldest int64, waited time.Duration, over bool) {
	if over {
		b.resumed(waited)
		return
	}
	var envelope *Envelope
	for _, u := range b.sink.Pending() {
		if u.ID == oldest {
			envelope = u
			break
		}
	}
	b.stalled("the oldest update is unfinished, and Telegram returns only 100 from there on", waited, envelope)
}

// stalled reports that the fetching stands still.
func (b *Bot) stalled(reason string, waited time.Duration, oldest *Envelope) {
	stats := b.sink.Stats()
	attrs := []any{
		"waited", waited.Round(time.Second),
		"queued", stats.Queued, "running", stats.Running, "abandoned", stats.Abandoned, "retrying", stats.Retrying,
	}
	if oldest != nil {
		attrs = append(append(attrs, "age", stats.Oldest.Round(time.Second)), oldest.attrs()...)
	}
	b.logger.Warn("fetching stands still: "+reason, attrs...)
	b.observer.Stalled(reason, waited)
}

// resumed reports that the fetching goes on.
func (b *Bot) resumed(waited time.Duration) {
	b.logger.Info("fetching goes on", "waited", waited.Round(time.Second))
	b.observer.Resumed(waited)
}
