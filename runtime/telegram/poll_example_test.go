package telegram_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"time"

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

// A config can be logged: what is printed of it does not show the token.
func ExamplePollerConfig_tokenIsNotPrinted() {
	config := telegram.PollerConfig{Token: "42:secret", APIURL: "http://localhost:8081"}
	fmt.Println(config)
	fmt.Printf("%#v\n", config)
	// Output:
	// telegram.PollerConfig(http://localhost:8081)
	// telegram.PollerConfig(http://localhost:8081)
}

// A poller counts the updates that it drops because nobody wants their kind.
func ExamplePollerStats_droppedUpdates() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	alice := server.User("Alice")
	alice.Ask("an inline query")
	alice.Send("hello")
	poller, err := telegram.NewPoller(telegram.PollerConfig{Token: server.Token, APIURL: server.URL, Kinds: wire.Kinds(wire.KindMessage)})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := poller.Fetch(context.Background(), 100); err != nil {
		log.Fatal(err)
	}
	stats := poller.Stats()
	fmt.Println("fetched:", stats.Fetched, "dropped:", stats.Dropped, "failures:", stats.Failures)
	// Output: fetched: 2 dropped: 1 failures: 0
}

// A shorter poll, for a network that cuts connections that are silent for long.
func ExamplePollingConfig_shortPolls() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.User("Alice").Send("hello")
	poller, err := telegram.NewPoller(telegram.PollerConfig{
		Token:         server.Token,
		APIURL:        server.URL,
		PollingConfig: telegram.PollingConfig{Timeout: 10 * time.Second},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := poller.Fetch(context.Background(), 100); err != nil {
		log.Fatal(err)
	}
	fmt.Println("the poll asks for", server.Polls()[0].Timeout, "seconds")
	// Output: the poll asks for 10 seconds
}

// A waitPrinter prints how long a poller waits after a failure.
type waitPrinter struct{ telegram.NopObserver }

func (waitPrinter) FetchFailed(_ error, wait time.Duration) { fmt.Println("next try in", wait) }

// A poller that waits equally long after every failure.
func ExampleRetryInterval_fixed() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.User("Alice").Send("hello")
	server.Fail("getUpdates", tgtest.Fault{Code: 502, Times: 2})
	poller, err := telegram.NewPoller(telegram.PollerConfig{
		Token:         server.Token,
		APIURL:        server.URL,
		PollingConfig: telegram.PollingConfig{Retry: telegram.RetryPolicy{Interval: telegram.RetryFixed, Fixed: 5 * time.Millisecond}},
		Observer:      waitPrinter{},
		Logger:        slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	updates, err := poller.Fetch(context.Background(), 100)
	fmt.Println(len(updates), err)
	// Output:
	// next try in 5ms
	// next try in 5ms
	// 1 <nil>
}
