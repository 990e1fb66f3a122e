package dispatch

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
)

// JoinError adds the error of a handler to err, the errors of the handlers before it. It returns err if failed is nil.
// Generated code calls it for a handler after which other handlers may run.
func JoinError(err error, handler string, failed error) error {
	if failed == nil {
		return err
	}
	return errors.Join(err, &telegram.HandlerError{Handler: handler, Err: failed})
}

// Recover turns a panic into the error of the handler, so that the handlers after it are tried as after any other error.
// Generated code defers it in a handler after which other handlers may run.
func Recover(err *error) {
	if value := recover(); value != nil {
		*err = runtime.NewPanicError(value)
	}
}

// Once returns a function that calls next the first time. Every later call runs nothing and returns
// [telegram.ErrNextTwice]. Generated code hands it to middleware. It is safe for concurrent use.
func Once(next func(context.Context) error) func(context.Context) error {
	var called atomic.Bool
	return func(ctx context.Context) error {
		if called.Swap(true) {
			return telegram.ErrNextTwice
		}
		return next(ctx)
	}
}

// CutShort adds the error of ctx to err, the errors of the handlers that ran, unless err holds it already. Generated code
// calls it when ctx ends before all handlers of an update have run.
func CutShort(ctx context.Context, err error) error {
	if why := ctx.Err(); !errors.Is(err, why) {
		return errors.Join(err, why)
	}
	return err
}

// Limit gives the handler that runs with ctx a time-out of its own, counted from its start; 0 means no time-out. key says
// what becomes of the update's constraints at the time-out, and hold how long Hold keeps them; 0 means as long again as
// the time-out. Generated code calls it for a handler whose spec has a timeout.
func Limit(ctx context.Context, timeout time.Duration, key telegram.TimeoutKey, hold time.Duration) {
	runtime.Limit(ctx, timeout, hold, key == telegram.Release)
}
