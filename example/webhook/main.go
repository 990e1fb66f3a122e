// Command webhook is a bot that is a part of a web server: one port has the webhook, the probes of a load balancer, and a page.
// Without BOT_WEBHOOK_URL it polls, so the same binary runs on your own machine.
//
//	BOT_TOKEN=... go run ./example/webhook
//	BOT_TOKEN=... BOT_WEBHOOK_URL=https://bot.example.com go run ./example/webhook -listen :8080
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

//go:generate go run github.com/tggen/tggen/cmd/tggen

func main() {
	address := flag.String("listen", ":8080", "the `ADDRESS` of the web server")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(ctx, listener); err != nil {
		log.Fatal(err)
	}
}

// serve runs the bot and the web server until ctx ends, or until one of them fails.
func serve(ctx context.Context, listener net.Listener, opts ...telegram.Option) error {
	b, err := New(bot{}, opts...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{Handler: routes(b), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() {
		defer cancel() // without the server, the bot would get no update
		err := server.Serve(listener)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		served <- err
	}()
	ran := b.Run(ctx) // the bot stops first, so that each delivery in hand gets its answer
	shut, end := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer end()
	return errors.Join(ran, server.Shutdown(shut), <-served)
}

// routes are the paths of the web server. The path of the webhook is that of the spec, which is /telegram by default.
func routes(b *telegram.Bot) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/telegram", b.Webhook())
	mux.Handle("/livez", b.Health())
	mux.Handle("/readyz", b.Health())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "Here lives a bot.")
	})
	return mux
}
