package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

const orderUsage = "/order <item> [qty=1] [note…]"

// TestReplyUsage runs a bot that does what generated code does, and a user who gives it wrong arguments.
func TestReplyUsage(t *testing.T) {
	server := tgtest.NewServer(t, tgtest.WithBot("Shop", "shop_bot"))
	bot, err := telegram.New(telegram.Config{
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			m := ev.Update.Message
			command, text, ok := dispatch.ParseCommand(m.Text, m.Entities, ev.Bot.Username)
			if !ok || command != "order" {
				return nil
			}
			a := dispatch.NewArguments(text)
			dispatch.Arg(&a, "item", dispatch.Int64)
			dispatch.ArgOr(&a, "qty", dispatch.Int, 1)
			dispatch.RestArgOptional(&a)
			if err := a.Err(); err != nil {
				return dispatch.ReplyUsage(ctx, ev, dispatch.NewUsageError(command, orderUsage, err))
			}
			_, err := ev.Reply(ctx, "ordered", nil)
			return err
		},
	}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := bot.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	alice := server.User("Alice")
	for _, test := range []struct{ send, want string }{
		{"/order", "item is missing\nUsage: " + orderUsage},
		{"/order@Shop_Bot", "item is missing\nUsage: " + orderUsage},
		{"/order *x*", "item: \"*x*\" is not a whole number\nUsage: " + orderUsage},
		{"/order 1 <b>", "qty: \"<b>\" is not a whole number\nUsage: " + orderUsage},
		{"/order " + strings.Repeat("😀", 2000), "item: \"" + strings.Repeat("😀", 40) + "…\" is not a whole number\nUsage: " + orderUsage},
		{"/order 1 2 “three", "ordered"},
	} {
		alice.Send(test.send)
		alice.Expect(test.want)
	}
	for _, call := range server.SentBy("sendMessage") {
		if !call.OK() {
			t.Errorf("%v", call)
		}
		if mode, ok := call.Params["parse_mode"]; ok {
			t.Errorf("%v: parse mode %q", call, mode)
		}
		if preview := call.Params["link_preview_options"]; call.Text() != "ordered" && preview != `{"is_disabled":true}` {
			t.Errorf("%v: link preview %s", call, preview)
		}
	}
}

func TestReplyUsageWithoutAChat(t *testing.T) {
	ev := &telegram.Event{Update: &gotgbot.Update{InlineQuery: &gotgbot.InlineQuery{}}}
	err := dispatch.ReplyUsage(t.Context(), ev, dispatch.NewUsageError("order", orderUsage, errors.New("is wrong")))
	if !errors.Is(err, telegram.ErrNoChat) {
		t.Error(err)
	}
}

func TestUsageError(t *testing.T) {
	a := dispatch.NewArguments("1 x")
	dispatch.Arg(&a, "item", dispatch.Int)
	dispatch.Arg(&a, "qty", dispatch.Int)
	var err error = dispatch.NewUsageError("order", orderUsage, a.Err())
	usage, _ := errors.AsType[*telegram.UsageError](err)
	if usage.Command != "order" || usage.Usage != orderUsage || usage.Argument != "qty" || usage.Value != "x" {
		t.Errorf("%#v", usage)
	}
	if argument, ok := errors.AsType[*telegram.ArgumentError](err); !ok || argument.Argument != "qty" {
		t.Errorf("%#v is not an ArgumentError", err)
	}
	if err.Error() != `command order: qty: "x" is not a whole number` {
		t.Error(err)
	}
}
