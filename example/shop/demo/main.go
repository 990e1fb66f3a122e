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
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := run(ctx, *binary, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string, out io.Writer) error {
	server, err := tgtest.Start(tgtest.WithBot("The Shop", "shop_bot"), tgtest.WithFirstUpdateID(1), tgtest.WithPatience(time.Minute))
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
	fmt.Fprintf(out, "A Bot API server listens on %s. The bot %s talks to it; its process id is %d.\n", server.URL, binary, bot.Process.Pid)
	if err := server.WaitPolling(ctx); err != nil {
		return fmt.Errorf("waiting for the bot: %w\nthe bot's log:\n%s", err, log.String())
	}
	server.Fail("sendMessage", tgtest.Fault{Delay: slow, Times: -1}) // as on a slow line

	people := cast(server)
	start := time.Now()
	talked := talk(ctx, people)
	took := time.Since(start)
	if talked == nil {
		talked = server.WaitPending(ctx, 0)
	}
	if err := errors.Join(talked, bot.Process.Signal(syscall.SIGTERM), bot.Wait()); err != nil {
		return fmt.Errorf("%w\nthe bot's log:\n%s", err, log.String())
	}
	if err := show(out, server, people, took); err != nil {
		return err
	}
	fmt.Fprintf(out, "Stop: after SIGTERM the bot finished its work and ended. %d updates were handled and confirmed, %d are left.\nIts log:\n\n%s",
		server.Confirmed()-1, server.Pending(), log.String())
	return nil
}

// slow is how long each message of the bot takes.
const slow = 100 * time.Millisecond

// show prints the conversations and what they prove. talk has checked the order of the answers.
func show(out io.Writer, server *tgtest.Server, people []person, took time.Duration) error {
	fmt.Fprintf(out, `Four people write to it at the same time. Each message of the bot takes %v to send, as on a slow line.
Below, > is what a person sends and < what the bot answers.

── Ann and Ben: one household, one cart, two chats ──
`, slow)
	if err := server.WriteTranscript(out, people[0].user.Chat, people[1].user.Chat); err != nil {
		return err
	}
	for _, p := range people[2:] {
		fmt.Fprintf(out, "\n── %s ──\n", p.user.FirstName)
		if err := p.user.WriteTranscript(out); err != nil {
			return err
		}
	}
	const total = "Total €27.00" // two of each product
	if cart := people[0].cart() + people[1].cart(); !strings.Contains(cart, total) {
		return fmt.Errorf("the cart of Ann and Ben is not complete, want %s:\n%s", total, cart)
	}
	messages := len(server.SentBy("sendMessage"))
	fmt.Fprintf(out, `
── What this shows ──
Order: Ann, Ben and Dan did not wait for answers, and each of them was answered in the order of sending.
Side by side: %d messages of %v are %.1f s of work. The bot did it in %.1f s, because nobody waited for anybody else.
One cart: Ann and Ben filled it from two chats at the same time, and nothing was lost: 2 of each product, €27.00.
  (Two answers that the bot sends at the same time arrive in either order.)
`, messages, slow, (time.Duration(messages) * slow).Seconds(), took.Seconds())
	return nil
}

// talk plays all parts at the same time. It returns an error if an answer is wrong or out of order.
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
