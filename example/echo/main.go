// Command echo is a small bot: it answers a text with the same text.
//
//	BOT_TOKEN=... go run ./example/echo
package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"
)

//go:generate go run github.com/tggen/tggen/cmd/tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := Run(ctx, bot{}); err != nil {
		log.Fatal(err)
	}
}
