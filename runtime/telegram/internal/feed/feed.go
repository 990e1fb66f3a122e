// Package feed puts a durable queue between a source of updates and their handlers. A [Feed] moves what a source yields into the
// queue, and a [Receiver] is a source that yields what the queue holds. Both know items, keys and bytes, and nothing of Telegram.
package feed

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
)

// Config configures a [Feed]. Queue, Source, Message and Logger are required.
type Config[T any] struct {
	Queue  queue.Queue
	Source runtime.Source[T]

	// Message makes the message of an item. It is called by one goroutine at a time.
	Message func(T) queue.Message

	// Polls says that only one process at a time may fetch from its source: the one with the lease. Otherwise every process
	// fetches, and its messages have no lease.
	Polls bool

	// Leading runs while this process has the lease, beside the fetching. It returns when its context ends. Default nil. If Polls is
	// false, and Leading is nil, the process takes no lease.
	Leading func(context.Context)

	Logger *slog.Logger
}

// A Feed moves items from a source into a queue. An item is done for its source when it is stored.
type Feed[T any] struct {
	config Config[T]
	cancel context.CancelFunc
	ended  chan struct{} // closed when the fetching has ended, by itself or by Stop
	leads  sync.WaitGroup
	failed error // why the fetching ended by itself; read it after ended is closed
	closed error // what failed when it was stopped
}

// leaseTime bounds the time in which a lease is given up.
const leaseTime = 5 * time.Second

// Start starts a feed, which runs until ctx ends or Stop is called.
func Start[T any](ctx context.Context, config Config[T]) *Feed[T] {
	f := &Feed[T]{config: config, ended: make(chan struct{})}
	ctx, f.cancel = context.WithCancel(ctx)
	if !config.Polls && config.Leading != nil {
		f.leads.Go(func() {
			f.lead(ctx, func(ctx context.Context, _ queue.Lease) (error, error) { config.Leading(ctx); return nil, nil })
		})
	}
	go func() { // Stop waits for it
		defer close(f.ended)
		if config.Polls {
			f.failed, f.closed = f.lead(ctx, f.poll)
		} else {
			f.failed, f.closed = f.run(ctx, config.Source, nil)
		}
	}()
	return f
}

// Ended returns a channel that is closed when the feed fetches no more.
func (f *Feed[T]) Ended() <-chan struct{} { return f.ended }

// Err returns why the fetching has ended by itself. It may be called after Ended.
func (f *Feed[T]) Err() error { return f.failed }

// Stop ends the fetching at once, closes the source, and gives up the lease. That takes some seconds at most.
func (f *Feed[T]) Stop() error {
	f.cancel()
	<-f.ended
	f.leads.Wait()
	return f.closed
}

// lead waits for the lease again and again, and calls term for each. It ends when ctx ends, or with an error of term while
// the lease holds.
func (f *Feed[T]) lead(ctx context.Context, term func(context.Context, queue.Lease) (failed, closed error)) (failed, closed error) {
	for failures := 1; ; {
		lease, err := f.config.Queue.Lead(ctx)
		switch {
		case ctx.Err() != nil && err != nil, errors.Is(err, queue.ErrClosed):
			return nil, nil
		case err != nil:
			f.config.Logger.WarnContext(ctx, "taking the lease of the queue failed, will try again", "error", err)
			sleep(ctx, backoff(failures))
			failures++
			continue
		}
		failures = 1
		during, end := context.WithCancel(ctx)
		stop := context.AfterFunc(lease.Context(), end)
		f.config.Logger.InfoContext(ctx, "this process leads now", "processes", f.config.Queue.Status().Processes)
		failed, closed = term(during, lease)
		stop()
		end()
		lost := lease.Context().Err() != nil
		releasing, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTime)
		err = lease.Release(releasing)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil, errors.Join(closed, err)
		case failed != nil && !errors.Is(failed, queue.ErrLost) && !lost:
			return failed, errors.Join(closed, err)
		}
		f.config.Logger.WarnContext(ctx, "this process does not lead any more: another one has taken over, or could")
	}
}

// poll fetches while the process has a lease.
func (f *Feed[T]) poll(ctx context.Context, lease queue.Lease) (failed, closed error) {
	var beside sync.WaitGroup
	during, end := context.WithCancel(ctx)
	if f.config.Leading != nil {
		beside.Go(func() { f.config.Leading(during) })
	}
	failed, closed = f.run(ctx, leased[T]{f.config.Source, lease}, lease)
	end()
	beside.Wait()
	return failed, closed
}

// run moves items from the source to the queue, until ctx ends or one of the two fails.
func (f *Feed[T]) run(ctx context.Context, source runtime.Source[T], lease queue.Lease) (failed, closed error) {
	runner := runtime.NewRunner(source, &sink[T]{config: &f.config, lease: lease})
	if err := runner.Start(ctx); err != nil {
		return err, nil
	}
	patient := context.WithoutCancel(ctx)
	failed = runner.Wait(patient)
	return failed, runner.Stop(patient)
}

// leased is the source of a process that has the lease.
type leased[T any] struct {
	runtime.Source[T]
	lease queue.Lease
}

// Close closes the source. If the lease is lost, nothing is confirmed: that would end a poll of the process that leads now, which
// confirms the same.
func (s leased[T]) Close(ctx context.Context) error {
	if s.lease.Context().Err() == nil {
		return s.Source.Close(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_ = s.Source.Close(ctx)
	return nil
}

// backoff returns the wait after failures in a row: 50 ms, doubled each time, up to 5 s.
func backoff(failures int) time.Duration {
	const first, longest = 50 * time.Millisecond, 5 * time.Second
	if shift := failures - 1; shift < 10 {
		return min(first<<shift, longest)
	}
	return longest
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
