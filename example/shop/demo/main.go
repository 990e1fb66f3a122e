// Command demo shows the shop without a network: it starts a Bot API server on this machine, runs the shop's binary as a
// process that talks to it, lets several people use the shop at the same time, stops the bot with SIGTERM, and prints the
// conversations.
//
//	go run ./example/shop/demo -bot bin/shop
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

func main() {
	binary := flag.String("bot", "bin/shop", "the shop's binary")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := run(ctx, *binary, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string, out io.Writer) error {
	server, err := tgtest.Start(tgtest.WithBot("The Shop", "shop_bot"), tgtest.WithFirstUpdateID(1))
	if err != nil {
		return err
	}
	defer server.Close()

	bot := exec.CommandContext(ctx, binary)
	bot.Env = append(os.Environ(), "BOT_TOKEN="+server.Token, "BOT_API_URL="+server.URL)
	var log strings.Builder
	bot.Stdout, bot.Stderr = &log, &log
	if err := bot.Start(); err != nil {
		return fmt.Errorf("starting the bot: %w", err)
	}
	fmt.Fprintf(out, "A Bot API server listens on %s. The bot %s talks to it; its process id is %d.\n\n", server.URL, binary, bot.Process.Pid)

	people := cast(server)
	talked := talk(ctx, people)
	if talked == nil {
		talked = server.WaitPending(ctx, 0)
	}
	if err := errors.Join(talked, bot.Process.Signal(syscall.SIGTERM), bot.Wait()); err != nil {
		return fmt.Errorf("%w\nthe bot's log:\n%s", err, log.String())
	}
	for _, p := range people {
		fmt.Fprintf(out, "── %s ──\n", p.user.FirstName)
		if err := p.user.WriteTranscript(out); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "After SIGTERM the bot stopped cleanly. Its log:\n\n%s", log.String())
	fmt.Fprintf(out, "\n%d updates handled and confirmed, %d calls made, %d updates left.\n",
		server.Confirmed()-1, len(server.Sent()), server.Pending())
	return nil
}

// talk runs all parts at the same time.
func talk(ctx context.Context, people []person) error {
	var wait sync.WaitGroup
	failed := make([]error, len(people))
	for i, p := range people {
		wait.Go(func() {
			if err := p.part(ctx, p.user); err != nil {
				failed[i] = fmt.Errorf("%s: %w", p.user.FirstName, err)
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}
