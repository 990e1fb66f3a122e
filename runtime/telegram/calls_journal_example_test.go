package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A bot with a journal sends nothing twice when a handler is tried again. With a store of package sqlstore that also holds after a
// crash.
func ExampleWithStore() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot := connect(server, telegram.Config{
		Delivery: telegram.AtLeastOnce,
		Calls:    telegram.CallsConfig{Journal: true},
		Retry:    telegram.Retry{Attempts: 2, Backoff: time.Millisecond},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if _, err := ev.Reply(ctx, "Your order is on its way.", nil); err != nil {
				return err
			}
			if ev.Attempt == 1 {
				return errors.New("the warehouse does not answer")
			}
			_, err := ev.Reply(ctx, "It arrives tomorrow.", nil)
			return err
		},
	}, telegram.WithStore(session.NewMemory(session.MemoryConfig{})))
	if err := bot.Start(context.Background()); err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("/order")
	fmt.Println(alice.ExpectNext().Text)
	fmt.Println(alice.ExpectNext().Text)
	if err := bot.Stop(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Your order is on its way.
	// It arrives tomorrow.
}
