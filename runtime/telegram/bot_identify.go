package telegram

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// identify asks the server who the bot is, and sets the bot's menu of commands.
func (b *Bot) identify(ctx context.Context) error {
	err := b.insist(ctx, "getMe", func() error {
		me, err := b.starter.GetMeWithContext(ctx, nil)
		if err == nil {
			b.api.User = *me
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("asking who the bot is: %w", err)
	}
	if !b.config.RegisterCommands {
		return nil
	}
	if err := b.insist(ctx, "setMyCommands", func() error { return b.register(ctx) }); err != nil {
		return fmt.Errorf("registering the commands: %w", err)
	}
	return nil
}

// register sets the menu only if it differs, because the server's limits on setMyCommands are strict.
func (b *Bot) register(ctx context.Context) error {
	set, err := b.starter.GetMyCommandsWithContext(ctx, nil)
	if err != nil {
		return err
	}
	if slices.Equal(set, b.config.Commands) {
		return nil
	}
	_, err = b.starter.SetMyCommandsWithContext(ctx, b.config.Commands, nil)
	return err
}

// insist repeats a call until it succeeds, with the retry policy of the poller. A conflict concerns polling only, so no
// call ends with one.
func (b *Bot) insist(ctx context.Context, method string, call func() error) error {
	retry := retrier{
		policy:     b.poller.config.Retry,
		onConflict: ConflictWait,
		random:     rand.Float64,
		report: func(ctx context.Context, failure error, wait time.Duration) {
			b.logger.WarnContext(ctx, "call failed, will try again", "method", method, "error", failure, "wait", wait)
		},
	}
	err := retry.do(ctx, func() error { return asAPIError(method, call()) })
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return errors.Join(err, ctx.Err())
	}
	return err
}

// asAPIError turns gotgbot's error for an answer with ok=false into an [*APIError], which a retrier knows. It returns
// other errors as they are.
func asAPIError(method string, err error) error {
	answer, ok := errors.AsType[*gotgbot.TelegramError](err)
	if !ok {
		return err
	}
	api := &APIError{Method: method, Code: answer.Code, Description: answer.Description}
	if p := answer.ResponseParams; p != nil {
		api.RetryAfter = seconds(p.RetryAfter)
	}
	return api
}
