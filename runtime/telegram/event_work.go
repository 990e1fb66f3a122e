package telegram

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime"
)

// An UnfinishedWorkError is returned by [Bot.Stop] if functions that [Event.Go] started have not returned a second after
// their context ended. It wraps the error of Stop's context.
type UnfinishedWorkError struct {
	Running int // the functions that have not returned

	cause error
}

func (e *UnfinishedWorkError) Error() string {
	return fmt.Sprintf("stopped with functions of Event.Go running: %d: %v", e.Running, e.cause)
}

// Unwrap returns the error of the context that ended.
func (e *UnfinishedWorkError) Unwrap() error { return e.cause }

// workGrace is how long a stop waits for functions after it has cancelled their context.
const workGrace = time.Second

// work owns the goroutines that Event.Go starts.
type work struct {
	mu      sync.Mutex
	ctx     context.Context // of the functions that are started now
	end     context.CancelFunc
	running int
	idle    chan struct{} // closed when running is 0 again; nil if it is 0
}

// open makes a context for the functions that are started from now on, unless there is one that has not ended. It carries
// the values of ctx.
func (w *work) open(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx != nil && w.ctx.Err() == nil {
		return
	}
	w.ctx, w.end = context.WithCancel(context.WithoutCancel(ctx))
}

// cancel ends the context of the functions.
func (w *work) cancel() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.end != nil {
		w.end()
	}
}

// start runs f on a goroutine of its own, and calls report if f fails.
func (w *work) start(f func(context.Context) error, report func(context.Context, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx := w.ctx
	if w.running++; w.running == 1 {
		w.idle = make(chan struct{})
	}
	go func() {
		defer w.done()
		err := runtime.ErrGoexit // stays if f ends the goroutine
		defer func() {
			if value := recover(); value != nil {
				err = runtime.NewPanicError(value)
			}
			if err != nil {
				report(ctx, err)
			}
		}()
		err = f(ctx)
	}()
}

func (w *work) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running--; w.running == 0 {
		close(w.idle)
		w.idle = nil
	}
}

// unfinished returns the number of running functions, and a channel that is closed when no function runs.
func (w *work) unfinished() (running int, idle <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == 0 {
		closed := make(chan struct{})
		close(closed)
		return 0, closed
	}
	return w.running, w.idle
}

// wait waits until no function runs. When ctx ends, it cancels their context and waits for another second.
func (w *work) wait(ctx context.Context) error {
	defer w.cancel()
	_, idle := w.unfinished()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	w.cancel()
	grace := time.NewTimer(workGrace)
	defer grace.Stop()
	select {
	case <-idle:
		return nil
	case <-grace.C:
	}
	if running, _ := w.unfinished(); running > 0 {
		return &UnfinishedWorkError{Running: running, cause: context.Cause(ctx)}
	}
	return nil
}
