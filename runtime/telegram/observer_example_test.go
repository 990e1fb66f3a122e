package telegram_test

import (
	"context"
	"fmt"
	"log"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A meter counts. It embeds NopObserver, so it implements only the methods that it needs.
type meter struct {
	telegram.NopObserver
	fetched, dropped, finished atomic.Int64
}

func (m *meter) Fetched(updates int, _ time.Duration) { m.fetched.Add(int64(updates)) }

func (m *meter) Dropped(telegram.Header) { m.dropped.Add(1) }

func (m *meter) Finished(*telegram.Envelope, int, time.Duration, error) { m.finished.Add(1) }

// An observer that counts updates, for metrics.
func ExampleObserver_metrics() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	m := new(meter)
	bot, err := telegram.New(telegram.Config{
		Kinds: wire.Kinds(wire.KindMessage),
		Dispatch: func(context.Context, *telegram.Event) error {
			stop()
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithObserver(m))
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Ask("an inline query, which no handler wants")
	alice.Send("hello")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("fetched", m.fetched.Load(), "dropped", m.dropped.Load(), "finished", m.finished.Load())
	// Output: fetched 2 dropped 1 finished 1
}

// A callPrinter prints the calls that the bot makes, and ignores everything else.
type callPrinter struct{ telegram.NopObserver }

func (callPrinter) Called(method string, _ time.Duration, err error) { fmt.Println(method, err == nil) }

// An observer that prints calls and ignores everything else. The embedded NopObserver has the other methods.
func ExampleNopObserver_printCalls() {
	server, bot, alice := offline(telegram.WithObserver(callPrinter{}))
	defer server.Close()
	_, _ = bot.API().SendMessage(alice.ID, "hello", nil)
	_, _ = bot.API().SendMessage(4711, "to a chat that does not exist", nil)
	// Output:
	// sendMessage true
	// sendMessage false
}
