// Command payments is a bot that sells tickets for Telegram Stars. The file of its sales survives a crash, a payment is booked
// once however often its update comes, and who paid for a ticket that is gone gets the money back.
//
//	BOT_TOKEN=... go run ./example/payments -seats 100 -sales sales.jsonl
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"
)

//go:generate go run github.com/tggen/tggen/cmd/tggen

func main() {
	seats := flag.Int("seats", 100, "how many tickets there are")
	path := flag.String("sales", "sales.jsonl", "the `FILE` of the sales")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	sales, err := openSales(*path, *seats)
	if err != nil {
		log.Fatal(err)
	}
	defer sales.Close()
	if err := Run(ctx, &bot{sales}); err != nil {
		log.Print(err)
	}
}
