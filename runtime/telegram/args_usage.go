package telegram

import (
	"context"
	"fmt"
)

// A UsageError says that a command was not used as it should be.
type UsageError struct {
	Command string // its name
	Usage   string // how it is used: "/order <item> [qty=1] [note…]"
	Err     error  // what is wrong: an [*ArgumentError]
}

// NewUsageError is what generated code reports.
func NewUsageError(command, usage string, err error) *UsageError {
	return &UsageError{command, usage, err}
}

func (e *UsageError) Error() string { return fmt.Sprintf("%v\nUsage: %s", e.Err, e.Usage) }

// Unwrap is what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// ReplyUsage tells the user what was wrong, and how the command is used. It is what happens unless the spec names a method
// for on_usage.
func ReplyUsage(ctx context.Context, ev *Event, usage *UsageError) error {
	_, err := ev.Reply(ctx, usage.Error(), nil)
	return err
}
