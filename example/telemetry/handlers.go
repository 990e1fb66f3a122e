package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tggen/tggen/runtime/telegram"
)

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

func (bot) Start(ctx context.Context, in *StartInput) error {
	in.Greeted.Times++
	telegram.Logger(ctx).Info("somebody is here", "times", in.Greeted.Times) // with trace_id and span_id, if there is a span
	_, err := in.Reply(ctx, fmt.Sprintf("Hello for the %d. time! Send me something.", in.Greeted.Times), nil)
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
