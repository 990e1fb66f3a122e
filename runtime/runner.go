package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Runner moves items from a source to a sink: it fetches as many as the sink has room for, puts them, and fetches
// again. With a sink that takes a batch without waiting for its handlers, the next batch is fetched while the last
// one is handled.
//
// All methods may be called concurrently.
type Runner[T any] struct {
	source Source[T]
	sink   Sink[T]

	stopping chan struct{} // holds one token while a Stop is under way

	mu     sync.Mutex
	cancel context.CancelFunc // of the run under way; nil when stopped
	ended  chan struct{}      // closed when the fetching of the last run has ended
	err    error              // why it ended, if not by Stop or the end of Start's context
}

// NewRunner returns a runner that is not started. The source and the sink are the runner's until it is stopped.
func NewRunner[T any](source Source[T], sink Sink[T]) *Runner[T] {
	ended := make(chan struct{})
	close(ended)
	return &Runner[T]{source: source, sink: sink, stopping: make(chan struct{}, 1), ended: ended}
}

// ErrStarted is returned by Start if the runner runs.
var ErrStarted = errors.New("the runner is already started")

// Start begins to fetch and returns at once. The handlers' contexts carry the values of ctx. When ctx ends, the
// fetching ends; Stop is still needed to wait for the handlers. A runner can be started again after Stop.
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
	err := r.move(ctx)
	if ctx.Err() != nil {
		return // stopped: not a failure
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// move is the loop. It ends with ctx or with an error of the source or the sink.
func (r *Runner[T]) move(ctx context.Context) error {
	_, free, err := r.sink.Put(ctx, nil, r.source.Done)
	for err == nil {
		var items []T
		if items, err = r.source.Fetch(ctx, free); err != nil {
			return fmt.Errorf("fetching: %w", err)
		}
		_, free, err = r.sink.Put(ctx, items, r.source.Done)
	}
	return fmt.Errorf("putting: %w", err)
}

// closeTimeout bounds the source's last words when the context of Stop has ended.
const closeTimeout = 5 * time.Second

// Stop ends a fetch under way at once, waits until every item taken is finished, and lets the source confirm what
// is done, and nothing else. When ctx ends before, the handlers' contexts are cancelled, and the error is
// a [*LeftError]. The source then still has up to 5 seconds to confirm. Stopping a runner that is not started does
// nothing. A Stop beside another waits for it, or returns ctx's error. A handler must not wait for Stop, which waits
// for it.
func (r *Runner[T]) Stop(ctx context.Context) error {
	select {
	case r.stopping <- struct{}{}: // also if ctx has ended
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
	drained := r.sink.Drain(ctx)
	closing, release := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer release()
	closed := r.source.Close(closing)
	if closed != nil {
		closed = fmt.Errorf("closing the source: %w", closed)
	}
	r.mu.Lock()
	r.cancel = nil
	r.mu.Unlock()
	return errors.Join(drained, closed)
}

// Wait waits until the fetching has ended, by Stop, by the end of Start's context, or by an error, which it returns.
// If ctx ends before, it returns ctx's error. Handlers may still run: Stop waits for them.
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

// Err is the error that ended the fetching, of the source or the sink. It is nil while the fetching goes on, and if it
// was ended by Stop or by Start's context.
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

// Len is the number of items taken and not finished.
func (r *Runner[T]) Len() int { return r.sink.Len() }

// Pending is a snapshot of the items taken and not finished, in arrival order.
func (r *Runner[T]) Pending() []T { return r.sink.Pending() }
