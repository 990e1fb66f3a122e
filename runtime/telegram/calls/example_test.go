package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/tgtest"
)

// withAlice starts a server with one user, and returns a gotgbot bot that has one link around gotgbot's own client.
func withAlice(link func(gotgbot.BotClient) gotgbot.BotClient) (*tgtest.Server, *tgtest.User, *gotgbot.Bot) {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	alice := server.User("Alice")
	alice.Send("/start")
	client := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server.URL}}
	return server, alice, &gotgbot.Bot{Token: server.Token, BotClient: link(client)}
}

// Retry waits as long as the server asks, and sends the message then.
func ExampleRetry() {
	server, alice, bot := withAlice(calls.Retry(calls.RetryConfig{
		Report: func(_ context.Context, method string, err error, wait time.Duration) { fmt.Println(method, "waits", wait) },
	}))
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1})
	if _, err := bot.SendMessage(alice.ID, "Hello, Alice.", nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println("sent")
	// Output:
	// sendMessage waits 1s
	// sent
}

// A wait that is too long is an error at once.
func ExampleFloodError() {
	server, alice, bot := withAlice(calls.Retry(calls.RetryConfig{MaxWait: 5 * time.Second}))
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 35})
	_, err := bot.SendMessage(alice.ID, "Hello, Alice.", nil)
	if flood, ok := errors.AsType[*calls.FloodError](err); ok {
		fmt.Println("try again in", flood.RetryAfter.Round(time.Second), "and not before:", flood.Chat == fmt.Sprint(alice.ID))
	}
	// Output: try again in 35s and not before: true
}

// A group that has become a supergroup has a new id.
func ExampleMigratedError() {
	server, alice, bot := withAlice(calls.Retry(calls.RetryConfig{}))
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 400, MigrateTo: alice.ID})
	_, err := bot.SendMessage(-42, "Hello, all.", nil)
	if migrated, ok := errors.AsType[*calls.MigratedError](err); ok {
		_, err = bot.SendMessage(migrated.To, "Hello, all.", nil)
	}
	fmt.Println(err)
	// Output: <nil>
}

// Observe is told of each call.
func ExampleObserve() {
	server, alice, bot := withAlice(calls.Observe(func(method string, took time.Duration, err error) {
		fmt.Println(method, took < time.Minute, err)
	}))
	defer server.Close()
	if _, err := bot.SendMessage(alice.ID, "Hello, Alice.", nil); err != nil {
		log.Fatal(err)
	}
	// Output: sendMessage true <nil>
}

// Wrap makes a link of a function. This one gives each message a parse mode, unless it has one.
func ExampleWrap() {
	html := func(next gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			if _, has := params["parse_mode"]; !has && params["text"] != nil {
				params = maps.Clone(params) // a link does not change what it is given
				params["parse_mode"] = "HTML"
			}
			return next.RequestWithContext(ctx, token, method, params, opts)
		})
	}
	server, alice, bot := withAlice(html)
	defer server.Close()
	if _, err := bot.SendMessage(alice.ID, "Hello, <b>Alice</b>.", nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(server.SentBy("sendMessage")[0].Message.Text)
	// Output: Hello, Alice.
}

// Chain puts links around a client. The first is the outermost.
func ExampleChain() {
	note := func(name string) func(gotgbot.BotClient) gotgbot.BotClient {
		return func(next gotgbot.BotClient) gotgbot.BotClient {
			return calls.Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
				fmt.Println(name, method)
				return next.RequestWithContext(ctx, token, method, params, opts)
			})
		}
	}
	server, _, bot := withAlice(func(client gotgbot.BotClient) gotgbot.BotClient {
		return calls.Chain(client, note("outer"), note("inner"))
	})
	defer server.Close()
	if _, err := bot.GetMe(nil); err != nil {
		log.Fatal(err)
	}
	// Output:
	// outer getMe
	// inner getMe
}

// APIURL tells a client that was made without a URL which server to use.
func ExampleAPIURL() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot := &gotgbot.Bot{Token: server.Token, BotClient: calls.APIURL(server.URL)(&gotgbot.BaseBotClient{})}
	me, err := bot.GetMe(nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.FirstName)
	// Output: Test Bot
}

// Bulk marks the calls of a broadcast. At most three of them are in flight at once.
func ExampleBulk() {
	server, alice, bot := withAlice(calls.Retry(calls.RetryConfig{}))
	defer server.Close()
	ctx := calls.Bulk(context.Background())
	for _, chat := range []int64{alice.ID, 4711} {
		if _, err := bot.SendMessageWithContext(ctx, chat, "News!", nil); err != nil {
			fmt.Println(err)
		}
	}
	// Output: unable to sendMessage: Bad Request: chat not found
}

// Repeatable says which methods may be called twice.
func ExampleRepeatable() {
	fmt.Println(calls.Repeatable("editMessageText"), calls.Repeatable("sendMessage"))
	// Output: true false
}

// A Request that makes no call: a dry run prints what would be sent.
func ExampleRequest_dryRun() {
	server, alice, bot := withAlice(func(client gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(client, func(_ context.Context, _, method string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
			fmt.Println(method, params["text"])
			return json.RawMessage(`{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}`), nil
		})
	})
	defer server.Close()
	if _, err := bot.SendMessage(alice.ID, "News!", nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println("calls:", len(server.Sent()))
	// Output:
	// sendMessage News!
	// calls: 0
}

// With one attempt, a call never waits: a 429 is an error at once.
func ExampleRetryConfig_oneAttempt() {
	server, alice, bot := withAlice(calls.Retry(calls.RetryConfig{Attempts: 1}))
	defer server.Close()
	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 1})
	_, err := bot.SendMessage(alice.ID, "Hello, Alice.", nil)
	_, flood := errors.AsType[*calls.FloodError](err)
	fmt.Println(flood, "calls:", len(server.Sent()))
	// Output: true calls: 1
}

// Journal sends a message once, however often the work is done that sends it. Here the context says which work that is.
func ExampleJournal() {
	type pageKey struct{}
	server, alice, bot := withAlice(calls.Journal(calls.JournalConfig{
		Store: session.NewMemory(session.MemoryConfig{}), // a store on disk also serves the next process
		Origin: func(ctx context.Context) (calls.JournalOrigin, bool) {
			page, ok := ctx.Value(pageKey{}).(*calls.JournalPage)
			return calls.JournalOrigin{Page: page, Handler: "Greet"}, ok
		},
	}))
	defer server.Close()
	for range 2 {
		ctx := context.WithValue(context.Background(), pageKey{}, calls.NewJournalPage("job 7"))
		if _, err := bot.SendMessageWithContext(ctx, alice.ID, "Hello, Alice.", nil); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("messages:", len(server.SentBy("sendMessage")))
	// Output: messages: 1
}

// A JournalError is the error of a call that was not made. The work can be done again later.
func ExampleJournalError() {
	down := errors.New("the database is down")
	server, alice, bot := withAlice(calls.Journal(calls.JournalConfig{
		Store: brokenStore{down},
		Origin: func(context.Context) (calls.JournalOrigin, bool) {
			return calls.JournalOrigin{Page: calls.NewJournalPage("job 7")}, true
		},
	}))
	defer server.Close()
	_, err := bot.SendMessage(alice.ID, "Hello, Alice.", nil)
	if notMade, ok := errors.AsType[*calls.JournalError](err); ok {
		fmt.Println(notMade.Method, "can be tried again:", notMade.Err)
	}
	// Output: sendMessage can be tried again: the database is down
}

type brokenStore struct{ err error }

func (s brokenStore) Load(context.Context, []string) ([]session.Record, error) { return nil, s.err }
func (s brokenStore) Commit(context.Context, []session.Write) error            { return s.err }
func (s brokenStore) Scan(context.Context, string, string, int) ([]session.Record, error) {
	return nil, s.err
}
