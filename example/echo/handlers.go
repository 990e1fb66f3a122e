package main

import "context"

// bot implements the interface Handlers in bot.gen.go.
type bot struct{}

func (bot) Start(ctx context.Context, in *StartInput) error {
	_, err := in.Reply(ctx, "Hello! Send me something.", nil)
	return err
}

func (bot) Echo(ctx context.Context, in *EchoInput) error {
	_, err := in.Reply(ctx, in.Text, nil)
	return err
}
