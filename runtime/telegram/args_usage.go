package telegram

import (
	"context"
	"errors"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A UsageError says that a command was not used as it should be. The hook on_usage is given one.
type UsageError struct {
	Command  string // its name
	Usage    string // how it is used: "/order <item> [qty=1] [note…]"
	Argument string // the argument that is wrong; empty if there is text after the last one
	Value    string // what was given for it; empty if nothing was
	Err      error  // what is wrong, an [*ArgumentError]
}

// NewUsageError is what generated code reports: err is of [Arguments.Err].
func NewUsageError(command, usage string, err error) *UsageError {
	e := &UsageError{Command: command, Usage: usage, Err: err}
	if argument, ok := errors.AsType[*ArgumentError](err); ok {
		e.Argument, e.Value = argument.Argument, argument.Value
	}
	return e
}

// Error is a line for a log; [UsageError.Text] is for the user.
func (e *UsageError) Error() string { return fmt.Sprintf("command %s: %v", e.Command, e.Err) }

// Unwrap is what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Text says to the user what is wrong, and how the command is used:
//
//	item is missing
//	Usage: /order <item> [qty=1] [note…]
func (e *UsageError) Text() string { return fmt.Sprintf("%v\nUsage: %s", e.Err, e.Usage) }

// ReplyUsage answers with the error's Text, as plain text and without a preview of links. It is what happens unless the
// spec names a method for on_usage, and such a method may call it.
func ReplyUsage(ctx context.Context, ev *Event, usage *UsageError) error {
	_, err := ev.Reply(ctx, usage.Text(), &gotgbot.SendMessageOpts{
		LinkPreviewOptions: &gotgbot.LinkPreviewOptions{IsDisabled: true}, // the text may quote what the user gave
	})
	return err
}
