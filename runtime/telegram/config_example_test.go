package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A handler that hangs is cancelled at its time-out, and the hook is called.
func ExampleConfig_timeout() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Timeout:    20 * time.Millisecond,
		TimeoutKey: telegram.Hold, // the next update of the chat waits until the handler returns
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: func(ctx context.Context, _ *telegram.Event) error {
			<-ctx.Done()
			return nil
		},
		OnTimeout: func(_ context.Context, ev *telegram.Event) {
			fmt.Println("timed out:", ev.Update.Message.Text)
			stop()
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("wait for ever")
	fmt.Println(bot.Run(ctx))
	// Output:
	// timed out: wait for ever
	// <nil>
}

// A bot that must not lose an update: it is confirmed only after its handler has returned.
func ExampleDelivery_atLeastOnce() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot, err := telegram.New(telegram.Config{
		Delivery: telegram.AtLeastOnce,
		Dispatch: func(context.Context, *telegram.Event) error {
			fmt.Println("unconfirmed while the handler runs:", server.Pending())
			stop()
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("hello")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("unconfirmed at the end:", server.Pending())
	// Output:
	// unconfirmed while the handler runs: 1
	// unconfirmed at the end: 0
}

// A bot without order: every update starts at once.
func ExampleSinkMode_concurrent() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	met := make(chan string)
	bot, err := telegram.New(telegram.Config{
		Sink: telegram.Concurrent,
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			if ev.Update.Message.Text == "ping" {
				fmt.Println("ping meets", <-met) // the other handler runs beside this one
				stop()
				return nil
			}
			met <- ev.Update.Message.Text
			return nil
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("ping")
	alice.Send("pong")
	if err := bot.Run(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: ping meets pong
}

// A poller that gives up soon when the server fails.
func ExampleRetryPolicy_giveUpSoon() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.Fail("getUpdates", tgtest.Fault{Code: 502, Times: -1})
	poller, err := telegram.NewPoller(telegram.PollerConfig{
		Token:  server.Token,
		APIURL: server.URL,
		PollingConfig: telegram.PollingConfig{
			Retry: telegram.RetryPolicy{Interval: telegram.RetryFixed, Fixed: time.Millisecond, MaxElapsed: 20 * time.Millisecond},
		},
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = poller.Fetch(context.Background(), 100)
	if answer, ok := errors.AsType[*telegram.APIError](err); ok {
		fmt.Println("gave up after an answer with code", answer.Code)
	}
	// Output: gave up after an answer with code 502
}

// A bot that ends if another process polls with its token.
func ExampleConflict_fail() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	server.Fail("getUpdates", tgtest.Fault{Code: 409})
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
		Polling:  telegram.PollingConfig{OnConflict: telegram.ConflictFail},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	err = bot.Run(context.Background())
	if answer, ok := errors.AsType[*telegram.APIError](err); ok {
		fmt.Println("code:", answer.Code)
	}
	// Output: code: 409
}

// The menu of commands, which the bot sets when it starts.
func ExampleMenu_setAtTheStart() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot := connect(server, telegram.Config{
		Menus:            []telegram.Menu{{Commands: []gotgbot.BotCommand{{Command: "order", Description: "Order something"}}}},
		RegisterCommands: true,
		Dispatch:         func(context.Context, *telegram.Event) error { return nil },
	})
	ctx := context.Background()
	if err := bot.Start(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bot.Stop(ctx)) // waits until the menu is set
	for _, command := range server.Commands() {
		fmt.Printf("/%s: %s\n", command.Command, command.Description)
	}
	// Output:
	// <nil>
	// /order: Order something
}

// An update whose handler fails is handled again.
func ExampleRetry_failingHandler() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot := connect(server, telegram.Config{
		Retry: telegram.Retry{Attempts: 3, Backoff: time.Millisecond},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			attempt := runtime.Attempt(ctx)
			fmt.Println("attempt", attempt, "of", ev.Update.Message.Text)
			if attempt == 1 {
				return errors.New("the database is away")
			}
			stop()
			return nil
		},
	})
	server.User("Alice").Send("hello")
	fmt.Println(bot.Run(ctx))
	// Output:
	// attempt 1 of hello
	// attempt 2 of hello
	// <nil>
}

// With Release, a handler that hangs does not block its chat.
func ExampleTimeoutKey_release() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	unblock := make(chan struct{})
	bot := connect(server, telegram.Config{
		Timeout:    20 * time.Millisecond,
		TimeoutKey: telegram.Release,
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			if ev.Update.Message.Text == "hang" {
				<-unblock // ignores its context
				return nil
			}
			fmt.Println("handled:", ev.Update.Message.Text)
			close(unblock)
			stop()
			return nil
		},
		OnTimeout: func(context.Context, *telegram.Event) {},
	})
	alice := server.User("Alice")
	alice.Send("hang")
	alice.Send("hello")
	fmt.Println(bot.Run(ctx))
	// Output:
	// handled: hello
	// <nil>
}

// A bot that deletes a webhook which an earlier version of it has set. By default, it would end with an error.
func ExampleUpdateSource_deleteTheWebhook() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	bot := connect(server, telegram.Config{
		Source: telegram.SourcePolling,
		Dispatch: func(context.Context, *telegram.Event) error {
			stop()
			return nil
		},
	})
	if _, err := bot.API().SetWebhook("https://bot.example.com/", nil); err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("hello")
	fmt.Println(bot.Run(ctx), "deleted:", len(server.SentBy("deleteWebhook")))
	// Output: <nil> deleted: 1
}
