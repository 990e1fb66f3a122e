package feed

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

const (
	// publishTime bounds one attempt to publish. A stop waits for it, so that it is known what is stored.
	publishTime = 5 * time.Second

	// restartAfter is how old the last update must be for a lower id to be a new update. Telegram keeps an update for 24 hours,
	// and begins with a random id after a week without updates.
	restartAfter = 25 * time.Hour

	// farBelow is how far ids are below the last one if they cannot be those of updates that come again.
	farBelow = 10_000
)

// A sink publishes what it is given. It implements [runtime.Sink]. It holds nothing.
type sink[T any] struct {
	config *Config[T]
	lease  queue.Lease // nil for a process that fetches without one
}

// Put publishes the items, and repeats that until it succeeds. It fails if ctx ends, or the lease is lost.
func (s *sink[T]) Put(ctx context.Context, items []T, done func(T, error)) (taken int, err error) {
	for taken < len(items) {
		next := items[taken:min(taken+queue.MaxMessages, len(items))]
		messages := make([]queue.Message, len(next))
		for i, item := range next {
			messages[i] = s.config.Message(item)
		}
		if err := s.restart(ctx, messages); err != nil {
			return taken, err
		}
		if err := Publish(ctx, s.config.Queue, s.lease, messages, s.config.Logger); err != nil {
			return taken, err
		}
		for _, item := range next {
			done(item, nil)
		}
		taken += len(next)
	}
	return taken, nil
}

// restart makes lower ids new again, if Telegram has begun with a random id.
func (s *sink[T]) restart(ctx context.Context, messages []queue.Message) error {
	if s.lease == nil {
		return nil
	}
	last, at := s.lease.Last()
	lowest, highest := messages[0].ID, messages[0].ID
	for _, m := range messages {
		lowest, highest = min(lowest, m.ID), max(highest, m.ID)
	}
	switch {
	case lowest > last:
	case time.Since(at) > restartAfter:
		s.config.Logger.InfoContext(ctx, "the ids of updates begin anew", "last", last, "new", lowest)
		return insist(ctx, s.config.Logger, "forgetting the last id of the queue", s.lease.Restart)
	case highest < last-farBelow:
		s.config.Logger.WarnContext(ctx, "updates are left out, because the queue has had updates with higher ids: is this another server with the same bot?",
			"last", last, "highest", highest)
	}
	return nil
}

// Room returns for how many items there is room in one batch.
func (s *sink[T]) Room(ctx context.Context) (int, error) { return queue.MaxMessages, ctx.Err() }

// Drain has nothing to wait for.
func (s *sink[T]) Drain(context.Context) error { return nil }

// Len returns 0.
func (s *sink[T]) Len() int { return 0 }

// Pending returns nothing.
func (s *sink[T]) Pending() []T { return nil }

// Publish publishes messages, and repeats that until it succeeds. It fails with [queue.ErrLost] or [queue.ErrClosed], or if ctx ends and the
// attempt that is under way fails. Without a lease, an attempt that failed may have stored the messages.
func Publish(ctx context.Context, q queue.Queue, lease queue.Lease, messages []queue.Message, logger *slog.Logger) error {
	return insist(ctx, logger, "storing updates in the queue", func(ctx context.Context) error { return q.Publish(ctx, lease, messages) })
}

// insist repeats f until it succeeds. It logs the first failure and the success after it.
func insist(ctx context.Context, logger *slog.Logger, what string, f func(context.Context) error) error {
	began := time.Now()
	for failures := 1; ; failures++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTime)
		err := f(limited)
		cancel()
		switch {
		case err == nil && failures > 1:
			logger.InfoContext(ctx, "works again: "+what, "failures", failures-1, "after", time.Since(began).Round(time.Millisecond))
			return nil
		case err == nil || errors.Is(err, queue.ErrLost) || errors.Is(err, queue.ErrClosed):
			return err
		case failures == 1:
			logger.WarnContext(ctx, what+" failed, will try again", "error", err)
		}
		sleep(ctx, backoff(failures))
	}
}
