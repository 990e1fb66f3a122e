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

	"github.com/tggen/tggen/runtime/telegram"
)

//go:generate go run github.com/tggen/tggen/cmd/tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := run(ctx); err != nil {
		slog.Error("shop", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	bot, err := New(newShop())
	if err != nil {
		return err
	}
	defer report(bot)
	return bot.Run(ctx)
}

// report logs what the bot did.
func report(bot *telegram.Bot) {
	s := bot.Stats().Sink
	slog.Info("stopped", "handled", s.Finished, "failed", s.Failed, "timed_out", s.TimedOut, "left", bot.Len())
}
