// Command media is a bot for files: it mirrors pictures, knows albums, draws a chart, sends a picture again without uploading it,
// counts the rows of a table while it downloads it, and says how long a voice message is.
//
//	BOT_TOKEN=... go run ./example/media
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
