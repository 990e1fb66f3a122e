package telegram_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A bot without generated code: its dispatch is written by hand. A bot.gen.go makes such a Config from a spec.yaml.
func ExampleBot_byHand() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot, err := telegram.New(telegram.Config{
		AllowedUpdates: []string{"message"},
		Kinds:          wire.Kinds(wire.KindMessage),
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header) // the messages of a chat are handled one after another
			return nil
		},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "You said "+ev.Update.Message.Text, nil)
			return err
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := bot.Start(ctx); err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("hello")
	reply, err := alice.WaitFor(ctx, "You said hello")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(reply.Text)
	fmt.Println(bot.Stop(ctx), bot.Len())
	// Output:
	// You said hello
	// <nil> 0
}

// Run ends when its context ends, and lets the handlers finish. In a main function the context comes from
// signal.NotifyContext.
func ExampleBot_gracefulStop() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			stop() // Ctrl-C comes while the handler runs
			_, err := ev.Reply(ctx, "done", nil)
			fmt.Println("the handler's context:", ctx.Err())
			return err
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("one more thing")
	fmt.Println("the bot:", bot.Run(ctx))
	fmt.Println("unconfirmed updates:", server.Pending())
	// Output:
	// the handler's context: <nil>
	// the bot: <nil>
	// unconfirmed updates: 0
}

// The counters of a bot, for a page or a log line.
func ExampleStats_counters() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	handled := 0
	bot, err := telegram.New(telegram.Config{
		Sink: telegram.Sequential,
		Dispatch: func(context.Context, *telegram.Event) error {
			if handled++; handled == 3 {
				stop()
			}
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	for range 3 {
		alice.Send("hello")
	}
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	stats := bot.Stats()
	fmt.Println("fetched:", stats.Poller.Fetched)
	fmt.Println("handled:", stats.Sink.Finished, "failed:", stats.Sink.Failed)
	// Output:
	// fetched: 3
	// handled: 3 failed: 0
}

// What a bot is busy with: the headers of its unfinished updates.
func ExampleHeader_unfinishedUpdates() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	running, finish := make(chan struct{}), make(chan struct{})
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error {
			close(running)
			<-finish
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := bot.Start(ctx); err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("hello")
	<-running
	for _, header := range bot.Pending() {
		fmt.Println(header.Kind, header.User == alice.ID)
	}
	close(finish)
	if err := bot.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: message true
}

// The logger gets the errors that no hook takes, and the failures that are retried.
func ExampleWithLogger() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "update" || a.Key == "chat" || a.Key == "after" {
				return slog.Attr{} // they differ from run to run
			}
			return a
		},
	}))
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			defer stop()
			ev.Enter("Order") // generated code does this
			return fmt.Errorf("there is no tea left")
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithLogger(logger))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("/order tea")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// level=INFO msg="polling as @test_bot" id=7000000001 delivery=at_most_once concurrency=500
	// level=ERROR msg="handler failed" handler=Order kind=message error="there is no tea left"
	// level=INFO msg=stopped handled=1 failed=1 timed_out=0 stuck=0 left=0
}

// A setting that is known only when the bot starts.
func ExampleOption_changeTheConfig() {
	spec := telegram.Config{
		Concurrency: 500,
		Dispatch:    func(context.Context, *telegram.Event) error { return nil },
	}
	_, err := telegram.New(spec, telegram.WithToken("123456789:AA"), telegram.WithConfig(func(c *telegram.Config) {
		fmt.Println("the spec says", c.Concurrency)
		c.Concurrency = 50
	}))
	fmt.Println(err)
	// Output:
	// the spec says 500
	// <nil>
}
