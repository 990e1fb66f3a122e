package main

import (
	"context"
	"fmt"
)

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

// Count answers each message with its number in the chat.
func (bot) Count(ctx context.Context, in *CountInput) error {
	in.Tally.Messages++
	_, err := in.Reply(ctx, fmt.Sprintf("%d: %s", in.Tally.Messages, in.Text), nil)
	return err
}
