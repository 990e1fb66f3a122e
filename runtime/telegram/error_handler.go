package telegram

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
