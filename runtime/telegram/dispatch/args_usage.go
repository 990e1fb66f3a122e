package dispatch

import (
	"context"
	"errors"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// NewUsageError is what generated code reports: err is of [Arguments.Err].
func NewUsageError(command, usage string, err error) *telegram.UsageError {
	e := &telegram.UsageError{Command: command, Usage: usage, Err: err}
	if argument, ok := errors.AsType[*telegram.ArgumentError](err); ok {
		e.Argument, e.Value = argument.Argument, argument.Value
	}
	return e
}

// ReplyUsage answers with the error's Text, as plain text and without a preview of links. It is what happens unless the
// spec names a method for on_usage, and such a method may call it.
func ReplyUsage(ctx context.Context, ev *telegram.Event, usage *telegram.UsageError) error {
	_, err := ev.Reply(ctx, usage.Text(), &gotgbot.SendMessageOpts{
		LinkPreviewOptions: &gotgbot.LinkPreviewOptions{IsDisabled: true}, // the text may quote what the user gave
	})
	return err
}
