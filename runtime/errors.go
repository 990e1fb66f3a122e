package runtime

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrStarted is returned by [Runner.Start] if the runner is already started.
var ErrStarted = errors.New("the runner is already started")

// ErrTimeout is the error that [Source].Done receives for an item whose handler did not return before its time-out. [Untimed] and
// [Outside] return it if the time is up already.
var ErrTimeout = errors.New("the handler timed out")

// ErrGoexit is the error of a handler, a source or a constraint function that ended its goroutine with runtime.Goexit, as
// testing.T.FailNow does.
var ErrGoexit = errors.New("runtime.Goexit ended the goroutine")

// ErrBusy is what [Outside] returns if as many calls of it are under way as handlers may run at once.
var ErrBusy = errors.New("too many handlers are outside")

// A PanicError is the error of a handler that panicked, or of a source or a constraint function.
type PanicError struct {
	Value any    // the argument of panic
	Stack []byte // the stack at the panic, formatted by debug.Stack
}

// NewPanicError returns the error for a value that recover returned. Call it in the deferred function that recovered,
// so that the stack shows where the panic came from.
func NewPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

func (e *PanicError) Error() string {
	if text, ok := e.Value.([]byte); ok { // %v would show numbers, and a secret among them would not be recognized
		return "panic: " + string(text)
	}
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns Value if it is an error, and nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A LateError is the error of a handler that returned after its time-out.
type LateError struct{ Err error }

func (e *LateError) Error() string { return fmt.Sprintf("after its time-out: %v", e.Err) }

// Unwrap returns the handler's error.
func (e *LateError) Unwrap() error { return e.Err }

// An UnfinishedError is returned by Drain and Stop if they left something unfinished: because their context ended before
// every item was finished, or because items waited for another attempt, or handlers were stuck, which nothing waits for.
type UnfinishedError struct {
	// Queued is the number of items that were never started.
	Queued int

	// Running is the number of handlers and hooks that have not returned. It includes handlers that timed out.
	Running int

	// Stopped is the number of items whose handlers returned an error after Drain had cancelled them.
	Stopped int

	// Retrying is the number of items that waited for another attempt.
	Retrying int

	cause error
}

func (e *UnfinishedError) Error() string {
	text := fmt.Sprintf("stopped with %s running and %s queued", count(e.Running, "handler"), count(e.Queued, "item"))
	if e.Stopped > 0 {
		text += fmt.Sprintf(", %s cancelled", count(e.Stopped, "handler"))
	}
	if e.Retrying > 0 {
		text += fmt.Sprintf(", %s to be tried again", count(e.Retrying, "item"))
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// count returns a number with its noun, in the singular or the plural.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Unwrap returns the error of the context, or nil if the context had not ended.
func (e *UnfinishedError) Unwrap() error { return e.cause }
