package telegram_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A poller by itself: fetch updates, handle them, say that they are done, and confirm them.
func ExamplePoller_byItself() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.User("Alice").Send("hello")

	ctx := context.Background()
	poller, err := telegram.NewPoller(telegram.PollerConfig{
		Token:    server.Token,
		APIURL:   server.URL,
		Delivery: telegram.AtLeastOnce,
		Kinds:    wire.Kinds(wire.KindMessage, wire.KindCallbackQuery),
	})
	if err != nil {
		log.Fatal(err)
	}
	updates, err := poller.Fetch(ctx, 100)
	if err != nil {
		log.Fatal(err)
	}
	for _, u := range updates {
		update, err := u.Decode()
		if err == nil {
			fmt.Println(update.Message.Text)
		}
		poller.Done(u, err)
	}
	if err := poller.Close(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("unconfirmed:", server.Pending())
	// Output:
	// hello
	// unconfirmed: 0
}

// A poller as the source of a runner with a sink that is not a bot's.
func ExamplePoller_ownSink() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	poller, err := telegram.NewPoller(telegram.PollerConfig{Token: server.Token, APIURL: server.URL})
	if err != nil {
		log.Fatal(err)
	}
	handled := make(chan string)
	sink := runtime.NewSequential(runtime.SinkConfig[*telegram.Envelope]{
		Handle: func(_ context.Context, u *telegram.Envelope) error {
			handled <- u.Kind.String()
			return nil
		},
	})
	runner := runtime.NewRunner(poller, sink)
	ctx := context.Background()
	if err := runner.Start(ctx); err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("hello")
	fmt.Println(<-handled)
	if err := runner.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("polls answered:", poller.Stats().Polls > 0)
	// Output:
	// message
	// polls answered: true
}
