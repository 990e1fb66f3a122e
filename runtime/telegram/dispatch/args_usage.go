package dispatch

import (
	"context"
	"errors"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// NewUsageError makes the error that generated code reports when the arguments of a command are wrong. err is the error of
// [Arguments.Err], usage is how the command is used.
func NewUsageError(command, usage string, err error) *telegram.UsageError {
	e := &telegram.UsageError{Command: command, Usage: usage, Err: err}
	if argument, ok := errors.AsType[*telegram.ArgumentError](err); ok {
		e.Argument, e.Value = argument.Argument, argument.Value
	}
	return e
}

// ReplyUsage replies with the error's Text, as plain text and without a preview of links. Generated code calls it unless
// the spec names a method for on_usage. That method may call it too. The error is one of [telegram.Event.Reply].
func ReplyUsage(ctx context.Context, ev *telegram.Event, usage *telegram.UsageError) error {
	_, err := ev.Reply(ctx, usage.Text(), &gotgbot.SendMessageOpts{
		LinkPreviewOptions: &gotgbot.LinkPreviewOptions{IsDisabled: true}, // the text may quote a link of the user's
	})
	return err
}
