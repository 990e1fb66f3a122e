package telegram

import "errors"

// ErrNextTwice is what next returns to middleware that calls it again. The handlers of an update run once.
var ErrNextTwice = errors.New("the middleware called next twice")

// A HandlerError is the error of a handler after which other handlers of the same update were tried, because the spec has
// "continue" or "match: all". The error of the last handler of an update is not wrapped: [Event.Handler] names it.
type HandlerError struct {
	Handler string // its name in the spec
	Err     error
}

// Error returns the handler's name and its error: "Seen: chat not found".
func (e *HandlerError) Error() string { return e.Handler + ": " + e.Err.Error() }

// Unwrap returns the handler's error.
func (e *HandlerError) Unwrap() error { return e.Err }
