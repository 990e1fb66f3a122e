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

// identify fills in who the bot is, and sets its menu of commands.
func (b *Bot) identify(ctx context.Context) error {
	err := b.insist(ctx, "getMe", func() error {
		me, err := b.api.GetMeWithContext(ctx, nil)
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

// register sets the menu, only if it differs: the server's limits on this call are strict.
func (b *Bot) register(ctx context.Context) error {
	set, err := b.api.GetMyCommandsWithContext(ctx, nil)
	if err != nil {
		return err
	}
	if slices.Equal(set, b.config.Commands) {
		return nil
	}
	_, err = b.api.SetMyCommandsWithContext(ctx, b.config.Commands, nil)
	return err
}

// insist makes a call until it succeeds, as the poller does its own.
func (b *Bot) insist(ctx context.Context, method string, call func() error) error {
	var failed failures
	for {
		err := call()
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if answer, ok := errors.AsType[*gotgbot.TelegramError](err); ok {
			err = &APIError{Method: method, Code: answer.Code, Description: answer.Description}
			if p := answer.ResponseParams; p != nil {
				err.(*APIError).RetryAfter = time.Duration(p.RetryAfter) * time.Second
			}
		}
		wait, err2 := failed.next(err, b.poller.config.Retry, ConflictWait, rand.Float64())
		if err2 != nil {
			return err2
		}
		b.logger.WarnContext(ctx, "call failed", "method", method, "error", err, "retry_in", wait)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
