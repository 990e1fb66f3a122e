package runtime

import (
	"errors"
	"fmt"
)

// ErrTimeout is what a source's Done hears of an item whose handler outlived its time-out.
var ErrTimeout = errors.New("the handler timed out")

// ErrGoexit is the error of a handler that ended its goroutine with runtime.Goexit, as testing.T.FailNow does.
var ErrGoexit = errors.New("the handler ended its goroutine")

// A PanicError is the error of a handler that panicked.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // the stack at the panic, as debug.Stack formats it
}

func (e *PanicError) Error() string { return fmt.Sprintf("the handler panicked: %v", e.Value) }

// Unwrap is the value, if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A LateError wraps the error of a handler that returned after its time-out.
type LateError struct{ Err error }

func (e *LateError) Error() string { return fmt.Sprintf("after its time-out: %v", e.Err) }

// Unwrap is the handler's error.
func (e *LateError) Unwrap() error { return e.Err }

// A LeftError says that Drain or Stop had to leave items unfinished when its context ended. It wraps that
// context's error.
type LeftError struct {
	// Queued and Running are how many items were never started, and how many handlers and hooks had not
	// returned, among them handlers that timed out before.
	Queued, Running int

	cause error
}

func (e *LeftError) Error() string {
	return fmt.Sprintf("stopped with %d handlers running and %d items queued: %v", e.Running, e.Queued, e.cause)
}

// Unwrap is the error of the context that ended.
func (e *LeftError) Unwrap() error { return e.cause }
