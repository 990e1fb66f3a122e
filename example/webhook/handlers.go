package main

import (
	"context"
	"fmt"
	"time"
)

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

func (bot) Start(ctx context.Context, in *StartInput) error {
	_, err := in.Reply(ctx, "Hello! Send me something.", nil)
	return err
}

// Wait holds up its own chat only.
func (bot) Wait(ctx context.Context, in *WaitInput) error {
	if err := in.Typing(ctx); err != nil {
		return err
	}
	select {
	case <-time.After(in.Args.Time):
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err := in.Reply(ctx, fmt.Sprintf("I waited %v.", in.Args.Time), nil)
	return err
}

func (bot) Echo(ctx context.Context, in *EchoInput) error {
	_, err := in.Reply(ctx, in.Text, nil)
	return err
}
