package session

import (
	"errors"
	"fmt"
)

var (
	// ErrConflict is matched by the error of a Commit that changed nothing because a record has another revision than
	// the write expected. The error is a [*ConflictError].
	ErrConflict = errors.New("the record has changed")

	// ErrInvalid is matched by the error of a call whose arguments break a rule of [Store]. Nothing was changed, and
	// the same call always fails.
	ErrInvalid = errors.New("invalid argument")

	// ErrClosed is matched by the error of a call to a store that was closed before. Nothing was changed.
	ErrClosed = errors.New("the store is closed")
)

// A ConflictError reports a Commit that changed nothing because a record has another revision than the write expected. It
// matches [ErrConflict].
type ConflictError struct {
	// Key is the key of the record. If several records have changed, it is that of one of them.
	Key string

	// Want is the revision that the write expected, and Have the one that the record has. 0 means absent.
	Want, Have Rev
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("committing %q: %v: expected revision %d, found %d", e.Key, ErrConflict, e.Want, e.Have)
}

func (e *ConflictError) Unwrap() error { return ErrConflict }
