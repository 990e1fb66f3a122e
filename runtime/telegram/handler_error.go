package telegram

import (
	"context"
	"errors"
)

// A HandlerError is the error of a handler after which matching went on, since its spec has continue or the bot's has
// `match: all`. What the last handler of an update returns is not wrapped: [Event.Handler] has its name.
type HandlerError struct {
	Handler string // its name in the spec
	Err     error
}

// Error is "Seen: what went wrong".
func (e *HandlerError) Error() string { return e.Handler + ": " + e.Err.Error() }

// Unwrap is the handler's error.
func (e *HandlerError) Unwrap() error { return e.Err }

// JoinError adds what a handler returned, after which matching goes on, to the errors of those before it. It is err if
// that is nil. Generated code calls it.
func JoinError(err error, handler string, failed error) error {
	if failed == nil {
		return err
	}
	return errors.Join(err, &HandlerError{Handler: handler, Err: failed})
}

// CutShort is the error of an update whose context ended before all of its handlers had run: err, and why the context
// ended, unless err says that already. Generated code calls it.
func CutShort(ctx context.Context, err error) error {
	if why := ctx.Err(); !errors.Is(err, why) {
		return errors.Join(err, why)
	}
	return err
}
