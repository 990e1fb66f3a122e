package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// An error hook that treats some errors in a special way. In a spec, on_error names its method.
func ExampleConfig_errorHook() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot, err := telegram.New(telegram.Config{
		Sink: telegram.Sequential,
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if ev.Update.Message.Text == "panic" {
				panic("out of tea")
			}
			_, err := ev.Bot.SendMessageWithContext(ctx, 1, "to a chat that does not exist", nil)
			return err
		},
		OnError: func(ctx context.Context, ev *telegram.Event, err error) {
			if p, ok := errors.AsType[*runtime.PanicError](err); ok {
				fmt.Println("panic:", p.Value)
			} else if refused, ok := errors.AsType[*gotgbot.TelegramError](err); ok {
				fmt.Println(refused.Method, "was refused:", refused.Description)
			}
			if _, err := ev.Reply(ctx, "Something went wrong.", nil); err != nil {
				fmt.Println(err)
			}
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := bot.Start(ctx); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{"panic", "hello"} {
		alice := server.User("Alice")
		alice.Send(text)
		if _, err := alice.WaitFor(ctx, "Something went wrong."); err != nil {
			log.Fatal(err)
		}
	}
	if err := bot.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// panic: out of tea
	// sendMessage was refused: Bad Request: chat not found
}

// A token that the server does not know ends the bot.
func ExampleAPIError_wrongToken() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithToken("123456789:AA-mistyped"), telegram.WithAPIURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	err = bot.Run(context.Background())
	if answer, ok := errors.AsType[*telegram.APIError](err); ok {
		fmt.Println("code:", answer.Code)
	}
	fmt.Println(err)
	// Output:
	// code: 401
	// asking who the bot is: getMe: 401 Unauthorized: the server does not know the bot's token: it is mistyped or was revoked; @BotFather shows the valid one
}

// What an on_usage hook is called with, and what it can tell the user.
func ExampleUsageError_Text() {
	arguments := dispatch.NewArguments("two")
	dispatch.Arg(&arguments, "item", dispatch.Int64)
	usage := dispatch.NewUsageError("order", "/order <item> [qty=1]", arguments.Err())
	fmt.Println(usage.Text())
	// Output:
	// item: "two" is not a whole number
	// Usage: /order <item> [qty=1]
}

// Which argument of a command is wrong.
func ExampleArgumentError() {
	arguments := dispatch.NewArguments("")
	dispatch.Arg(&arguments, "item", dispatch.Int64)
	if fault, ok := errors.AsType[*telegram.ArgumentError](arguments.Err()); ok {
		fmt.Println(fault.Argument, fault.Value == "")
	}
	// Output: item true
}

// Callback data that is too long for Telegram, when a button is made.
func ExampleCallbackTooLongError() {
	_, err := dispatch.EncodeCallback(make([]byte, 70))
	if long, ok := errors.AsType[*telegram.CallbackTooLongError](err); ok {
		fmt.Println(long.Length-telegram.MaxCallbackData, "bytes too long")
	}
	// Output: 6 bytes too long
}

// Callback data from an older version of the bot.
func ExampleCallbackError() {
	fields := dispatch.NewFields("two")
	dispatch.Field(&fields, "item", "", dispatch.Int64)
	if wrong, ok := errors.AsType[*telegram.CallbackError](fields.Err()); ok {
		fmt.Println("field:", wrong.Field)
	}
	// Output: field: item
}

// The errors of several handlers of one update, as an error hook gets them with "match: all".
func ExampleHandlerError() {
	err := dispatch.JoinError(nil, "Count", errors.New("the counter is full"))
	err = dispatch.JoinError(err, "Log", errors.New("the disk is full"))
	if first, ok := errors.AsType[*telegram.HandlerError](err); ok {
		fmt.Println("the first is of", first.Handler)
	}
	fmt.Println(err)
	// Output:
	// the first is of Count
	// Count: the counter is full
	// Log: the disk is full
}

// A function of Event.Go that ignores its context is left behind by a stop, which says so.
func ExampleUnfinishedWorkError_stopWithATimeLimit() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	started, unblock := make(chan struct{}), make(chan struct{})
	bot := connect(server, telegram.Config{
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			ev.Go(func(context.Context) error {
				close(started)
				<-unblock
				return nil
			})
			return nil
		},
	}, telegram.WithLogger(slog.New(slog.DiscardHandler)))
	ctx, cancel := context.WithCancel(context.Background())
	if err := bot.Start(context.Background()); err != nil {
		log.Fatal(err)
	}
	server.User("Alice").Send("hello")
	<-started
	cancel() // time is up
	if left, ok := errors.AsType[*telegram.UnfinishedWorkError](bot.Stop(ctx)); ok {
		fmt.Println(left.Running, "function has not returned")
	}
	close(unblock)
	// Output: 1 function has not returned
}
