package tgtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// errPatience is the cause of a wait that ended because of the server's patience.
type errPatience time.Duration

func (e errPatience) Error() string { return "gave up after " + time.Duration(e).String() }

// Is makes the error a kind of time-out.
func (e errPatience) Is(target error) bool { return target == context.DeadlineExceeded }

// patient returns ctx with an end: that of the server's patience.
func (s *Server) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.cfg.patience, errPatience(s.cfg.patience))
}

// ended returns why ctx has ended: the server's patience or ctx's own error.
func ended(ctx context.Context) error {
	if patience, ok := context.Cause(ctx).(errPatience); ok {
		return patience
	}
	return ctx.Err()
}

// awaitPatiently waits like await, but no longer than the server's patience. The error says what it waited for and what the
// bot did instead.
func (b *Bot) awaitPatiently(ctx context.Context, what string, condition func() bool) error {
	ctx, cancel := b.server.patient(ctx)
	defer cancel()
	err := b.server.await(ctx, condition)
	if err == nil || errors.Is(err, errClosed) {
		return err
	}
	return fmt.Errorf("waiting for %s: %w; %s", what, err, b.situation())
}

// situation says what the bot has done so far, for the error of a wait.
func (b *Bot) situation() string {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	var parts []string
	switch calls := b.calls.from(0); {
	case len(calls) == 0:
		parts = append(parts, "the bot called no method")
	default:
		last := calls[max(0, len(calls)-5):]
		texts := make([]string, len(last))
		for i, call := range last {
			texts[i] = call.String()
		}
		parts = append(parts, fmt.Sprintf("the bot made %d calls, the last %s", b.calls.end(), strings.Join(texts, ", ")))
	}
	switch polls := b.polls.end(); {
	case b.webhook.url != "":
		parts = append(parts, b.webhookSituation())
	case polls == 0:
		parts = append(parts, "it never called getUpdates")
	case b.poll.waiting != nil:
		parts = append(parts, "it waits for updates")
	case b.poll.inFlight > 0:
		parts = append(parts, "its getUpdates is not answered")
	default:
		parts = append(parts, "it does not wait for updates")
	}
	parts = append(parts, fmt.Sprintf("%d updates are not confirmed", b.queue.pending()))
	return strings.Join(parts, ", ")
}
