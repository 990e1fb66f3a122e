package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"sync/atomic"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/tgtest"
)

// Two links: one counts the attempts of calls, the other gives each text a parse mode.
func ExampleWithCalls() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	alice := server.User("Alice")
	alice.Send("/start") // a bot cannot write to a user who never wrote to it

	var attempts atomic.Int64
	count := func(next gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			attempts.Add(1)
			return next.RequestWithContext(ctx, token, method, params, opts)
		})
	}
	html := func(next gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			if params["text"] != nil && params["parse_mode"] == nil {
				params = maps.Clone(params)
				params["parse_mode"] = "HTML"
			}
			return next.RequestWithContext(ctx, token, method, params, opts)
		})
	}
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithCalls(count, html))
	if err != nil {
		log.Fatal(err)
	}
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1}) // so the bot has to try twice
	if _, err := bot.API().SendMessage(alice.ID, "Hello, <b>Alice</b>.", nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(attempts.Load(), "attempts:", server.SentBy("sendMessage")[1].Message.Text)
	// Output: 2 attempts: Hello, Alice.
}

// A broadcast to all users of a bot, which does not delay its answers. The example program "broadcast" goes on after a
// crash, too.
func ExampleBulk() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	var chats []int64
	for _, name := range []string{"Alice", "Bob"} {
		user := server.User(name)
		user.Send("/start")
		chats = append(chats, user.ID)
	}
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := telegram.Bulk(context.Background())
	for _, chat := range chats {
		if _, err := bot.API().SendMessageWithContext(ctx, chat, "News!", nil); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(len(server.SentBy("sendMessage")))
	// Output: 2
}

// A call whose wait would be longer than MaxWait fails at once.
func ExampleFloodError() {
	server, bot, alice := offline()
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3600})
	_, err := bot.API().SendMessage(alice.ID, "News!", nil)
	var flood *telegram.FloodError
	if errors.As(err, &flood) {
		fmt.Println("later:", flood.Method, flood.RetryAfter.Round(time.Minute))
	}
	// Output: later: sendMessage 1h0m0s
}

// A group that has become a supergroup has another id, which the error names.
func ExampleMigratedError() {
	server, bot, alice := offline()
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 400, Description: "Bad Request: group chat was upgraded to a supergroup chat", MigrateTo: alice.ID})
	_, err := bot.API().SendMessage(-42, "News!", nil)
	var migrated *telegram.MigratedError
	if errors.As(err, &migrated) {
		_, err = bot.API().SendMessage(migrated.To, "News!", nil)
	}
	fmt.Println(migrated.Chat, err)
	// Output: -42 <nil>
}

// A bot whose calls never wait: a 429 is an error at once.
func ExampleCallsConfig_neverWait() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot := connect(server, telegram.Config{
		Calls:    telegram.CallsConfig{MaxWait: -1},
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	})
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1})
	_, err = bot.API().SendMessage(42, "News!", nil)
	_, flood := errors.AsType[*telegram.FloodError](err)
	fmt.Println(flood, "calls:", len(server.SentBy("sendMessage")))
	// Output: true calls: 1
}

// offline returns a server, a bot that only makes calls, and a user whom it may write to.
func offline(opts ...telegram.Option) (*tgtest.Server, *telegram.Bot, *tgtest.User) {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("/start")
	bot := connect(server, telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, opts...)
	return server, bot, alice
}

// connect returns a bot that talks to the server.
func connect(server *tgtest.Server, config telegram.Config, opts ...telegram.Option) *telegram.Bot {
	opts = append(opts, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	bot, err := telegram.New(config, opts...)
	if err != nil {
		log.Fatal(err)
	}
	return bot
}
