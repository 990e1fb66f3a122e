package main

import (
	"context"
	"errors"

	"github.com/tggen/tggen/runtime/telegram"
)

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

func (bot) Start(ctx context.Context, in *StartInput) error {
	telegram.Logger(ctx).Info("somebody is here") // with trace_id and span_id
	_, err := in.Reply(ctx, "Hello! Send me something.", nil)
	return err
}

func (bot) Slow(ctx context.Context, _ *SlowInput) error {
	<-ctx.Done()
	return ctx.Err()
}

func (bot) Fail(context.Context, *FailInput) error { return errors.New("this always fails") }

func (bot) Echo(ctx context.Context, in *EchoInput) error {
	_, err := in.Reply(ctx, in.Text, nil)
	return err
}
