package telegram_test

import (
	"context"
	"fmt"
	"log"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A menu that changes when a button is pressed.
func ExampleEvent_pressedButton() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	bot, err := telegram.New(telegram.Config{
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			if ev.Header.Kind == wire.KindCallbackQuery {
				if err := ev.Answer(ctx, "Good choice", nil); err != nil {
					return err
				}
				return ev.Edit(ctx, "You ordered "+ev.Update.CallbackQuery.Data+".", nil)
			}
			_, err := ev.Reply(ctx, "What shall it be?", &gotgbot.SendMessageOpts{
				ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{
					{{Text: "Tea", CallbackData: "tea"}, {Text: "Coffee", CallbackData: "coffee"}},
				}},
			})
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
	alice.Send("/menu")
	menu, err := alice.WaitFor(ctx, "What shall it be?")
	if err != nil {
		log.Fatal(err)
	}
	alice.Press(menu, "Tea")
	edited, err := alice.WaitFor(ctx, "You ordered tea.")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(edited.Text)
	if err := bot.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: You ordered tea.
}

// Two constraints that are one: the private chat with a user and that user.
func ExampleKeys() {
	keys := telegram.NewKeys(nil)
	private := telegram.Header{Chat: 7, User: 7}
	keys.Chat(private)
	keys.User(private)
	keys.Add("team red")
	fmt.Println("keys:", len(keys.List()))
	fmt.Println("shard:", keys.List()[0].Shard(4), "of 4")
	// Output:
	// keys: 2
	// shard: 3 of 4
}

// An update that came from a queue or a file instead of a poller.
func ExampleEnvelope_fromAQueue() {
	u, err := telegram.NewEnvelope([]byte(
		`{"update_id":100,"message":{"message_id":1,"date":1,"text":"hello","chat":{"id":42,"type":"private"}}}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(u, "in chat", u.Chat) // the header is known without decoding
	update, err := u.Decode()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(update.Message.Text)
	// Output:
	// message 100 in chat 42
	// hello
}

// The links in a message. The input of a handler with the filter "message:entities:url" has them.
func ExampleEntity() {
	text := "see https://go.dev and https://pkg.go.dev"
	entities := []gotgbot.MessageEntity{{Type: "url", Offset: 4, Length: 14}, {Type: "url", Offset: 23, Length: 18}}
	for _, link := range dispatch.Entities(text, entities, "url") {
		fmt.Println(link.Text, "at", link.Offset)
	}
	// Output:
	// https://go.dev at 4
	// https://pkg.go.dev at 23
}

// Where to send an answer that no method of Event makes: here, to the topic of a forum that the message came from.
func ExampleAddress_topicOfAForum() {
	u, err := telegram.NewEnvelope([]byte(`{"update_id":100,"message":{"message_id":9,"message_thread_id":5,"is_topic_message":true,` +
		`"date":1,"text":"hello","chat":{"id":-1001,"type":"supergroup","is_forum":true}}}`))
	if err != nil {
		log.Fatal(err)
	}
	update, err := u.Decode()
	if err != nil {
		log.Fatal(err)
	}
	ev := &telegram.Event{Header: u.Header, Update: update} // a handler gets its event from the bot
	to := ev.Address()
	fmt.Println("chat", to.Chat, "topic", to.Thread, "message", to.Message)
	// Output: chat -1001 topic 5 message 9
}

// The kind of an update is known before the update is decoded.
func ExampleKind_beforeDecoding() {
	for _, raw := range []string{
		`{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":42,"type":"private"}}}`,
		`{"update_id":2,"poll":{"id":"7"}}`,
	} {
		u, err := telegram.NewEnvelope([]byte(raw))
		if err != nil {
			log.Fatal(err)
		}
		var kind telegram.Kind = u.Kind
		fmt.Println(kind, kind == wire.KindMessage)
	}
	// Output:
	// message true
	// poll false
}
