// Command fleet is a bot that runs in several processes at once. They share a queue and a store on NATS JetStream.
//
//	NATS_URL=nats://localhost:4222 BOT_TOKEN=... go run .
//
// Without NATS_URL, JetStream is in the process, with the folder data, and there can be one process.
//
// "make fleet" in the root folder starts a NATS server and three processes, and kills one of them every few seconds.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/telegram"
)

//go:generate go tool tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	connection, err := jetstream.Open(ctx, jetstream.Config{URL: os.Getenv("NATS_URL")})
	if err != nil {
		return err
	}
	defer connection.Close()
	store, err := connection.Store(ctx) // for sessions and the journal
	if err != nil {
		return err
	}
	return Run(ctx, bot{}, telegram.WithQueue(connection.Queue()), telegram.WithStore(store))
}
