package main

import (
	"context"
	"testing"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
	"github.com/tggen/tggen/runtime/tgtest/process"
)

func TestEcho(t *testing.T) {
	server := tgtest.NewServer(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, bot{}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	}()

	alice := server.User("Alice")
	alice.Send("/start")
	alice.Expect("Hello! Send me something.")
	alice.Send("Is anybody there?")
	alice.Expect("Is anybody there?")

	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the bot ended with %v", err)
	}
}

func TestKill(t *testing.T) {
	server := tgtest.NewServer(t)
	running := process.Run(t, server.Bot, ".")
	alice := server.User("Alice")
	alice.Send("/start")
	alice.Expect("Hello! Send me something.")

	running.Kill()
	alice.Send("Are you there?")
	running.Start()
	alice.Expect("Are you there?")
}
