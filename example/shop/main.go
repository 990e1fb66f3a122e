// Command shop is a bot with commands, buttons, and a cart that several people can fill at the same time.
//
//	BOT_TOKEN=... go run ./example/shop
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

//go:generate go run github.com/tggen/tggen/cmd/tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := Run(ctx, newShop()); err != nil {
		slog.Error("shop", "error", err)
		os.Exit(1)
	}
}
