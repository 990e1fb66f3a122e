package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Runner moves items from a [Source] to a [Sink]: it waits until the sink has room, fetches as many items as fit, and
// puts them. If the sink takes a batch without waiting for its handlers, the next batch is fetched while the last one
// is handled.
//
// All methods may be called concurrently.
type Runner[T any] struct {
	source Source[T]
	sink   Sink[T]

	stopping chan struct{} // holds one token while a Stop is in progress

	mu     sync.Mutex
	cancel context.CancelFunc // cancels the current run; nil when stopped
	ended  chan struct{}      // closed when the fetching of the last run has ended
	err    error              // why it ended, unless it was Stop or the end of Start's context
}

// NewRunner returns a runner that is not started. While it is started, nobody else may use the source or put items into
// the sink.
func NewRunner[T any](source Source[T], sink Sink[T]) *Runner[T] {
	ended := make(chan struct{})
	close(ended)
	return &Runner[T]{source: source, sink: sink, stopping: make(chan struct{}, 1), ended: ended}
}

// Start begins to fetch and returns at once. It returns [ErrStarted] if the runner is already started. The handlers'
// contexts carry the values of ctx. When ctx ends, the fetching ends, but not the handlers: call Stop to wait for them.
// A runner can be started again after Stop. A panic of the source or the sink ends the fetching with a [*PanicError],
// and runtime.Goexit with [ErrGoexit].
func (r *Runner[T]) Start(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		return ErrStarted
	}
	ctx, r.cancel = context.WithCancel(ctx)
	r.ended = make(chan struct{})
	r.err = nil
	go r.run(ctx, r.ended) // Stop waits for it
	return nil
}

func (r *Runner[T]) run(ctx context.Context, ended chan struct{}) {
	defer close(ended)
	doing := "starting"
	err := ErrGoexit // unless move returns or panics
	defer func() {
		stopped := ctx.Err() != nil && err != ErrGoexit // a stop is not a failure
		if value := recover(); value != nil {
			err, stopped = NewPanicError(value), false
		}
		if stopped {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err = fmt.Errorf("%s: %w", doing, err)
	}()
	err = r.move(ctx, &doing)
}

// move moves items until ctx ends, or until the source or the sink fails. doing says what it is at.
func (r *Runner[T]) move(ctx context.Context, doing *string) error {
	for {
		*doing = "waiting for room"
		free, err := r.sink.Room(ctx)
		if err != nil {
			return err
		}
		*doing = "fetching"
		items, err := r.source.Fetch(ctx, free)
		if err != nil {
			return err
		}
		*doing = "putting"
		if _, err = r.sink.Put(ctx, items, r.source.Done); err != nil {
			return err
		}
	}
}

// closeTimeout is how long the source may take to close. It holds even if the context of Stop has ended.
const closeTimeout = 5 * time.Second

// Stop interrupts the fetching at once, waits until every item taken is finished, and closes the source, which confirms
// the items that are done and no others. It waits for no back-off: items that wait for another attempt are unfinished.
//
// If ctx ends first, Stop cancels the handlers' contexts. An item whose handler then returns an error is unfinished. If
// anything is unfinished, Stop returns an [*UnfinishedError]. In any case the source has
// up to 5 seconds to close. Stop does nothing if the runner is not started. If another Stop is in progress, Stop waits
// for it, or returns ctx's error. A handler must not call Stop, because Stop waits for the handler.
func (r *Runner[T]) Stop(ctx context.Context) error {
	select {
	case r.stopping <- struct{}{}: // even if ctx has ended
	default:
		select {
		case r.stopping <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-r.stopping }()
	r.mu.Lock()
	cancel, ended := r.cancel, r.ended
	r.mu.Unlock()
	if cancel == nil {
		return nil
	}
	cancel()
	<-ended
	drainErr := r.sink.Drain(ctx)
	closing, cancelClosing := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancelClosing()
	closeErr := r.source.Close(closing)
	if closeErr != nil {
		closeErr = fmt.Errorf("closing the source: %w", closeErr)
	}
	r.mu.Lock()
	r.cancel = nil
	r.mu.Unlock()
	return errors.Join(drainErr, closeErr)
}

// Wait waits until the fetching has ended. It returns the error that ended it, or nil if that was Stop or the end of
// Start's context. If ctx ends first, Wait returns ctx's error. Handlers may still run after Wait: call Stop to wait for
// them.
func (r *Runner[T]) Wait(ctx context.Context) error {
	r.mu.Lock()
	ended := r.ended
	r.mu.Unlock()
	select {
	case <-ended:
		return r.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Err returns the error of the source or the sink that ended the fetching. It returns nil while the fetching goes on,
// and if Stop or the end of Start's context ended it.
func (r *Runner[T]) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Running reports whether the runner is fetching.
func (r *Runner[T]) Running() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}

// Len returns the number of items taken and not finished.
func (r *Runner[T]) Len() int { return r.sink.Len() }

// Pending returns a snapshot of the items taken and not finished, in arrival order.
func (r *Runner[T]) Pending() []T { return r.sink.Pending() }
