package dispatch

import (
	"context"
	"errors"
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
