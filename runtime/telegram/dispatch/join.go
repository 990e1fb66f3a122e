package dispatch

import (
	"context"
	"errors"

	"github.com/tggen/tggen/runtime/telegram"
)

// JoinError adds what a handler returned, after which matching goes on, to the errors of those before it. It is err if
// that is nil. Generated code calls it.
func JoinError(err error, handler string, failed error) error {
	if failed == nil {
		return err
	}
	return errors.Join(err, &telegram.HandlerError{Handler: handler, Err: failed})
}

// CutShort is the error of an update whose context ended before all of its handlers had run: err, and why the context
// ended, unless err says that already. Generated code calls it.
func CutShort(ctx context.Context, err error) error {
	if why := ctx.Err(); !errors.Is(err, why) {
		return errors.Join(err, why)
	}
	return err
}
