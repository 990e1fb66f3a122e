package tgtest_test

import (
	"context"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// Every call of the bot is recorded, also one without an effect on the server.
func ExampleCall_typing() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")

	bot.SendChatAction(alice.ID, "typing", nil)
	bot.SendMessage(5, "hello", nil)
	for _, call := range server.Sent() {
		fmt.Println(call, call.OK())
	}
	// Output:
	// getMe true
	// sendChatAction to 7100000001 true
	// sendMessage to 5 "hello": 400 Bad Request: chat not found false
}

// Params are the same for every encoding of a request.
func ExampleParams_replyMarkup() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	bot.SendMessage(alice.ID, "Where are you?", &gotgbot.SendMessageOpts{
		DisableNotification: true,
		ReplyMarkup: gotgbot.ReplyKeyboardMarkup{
			Keyboard: [][]gotgbot.KeyboardButton{{{Text: "Send my location", RequestLocation: true}}},
		},
	})

	params := server.SentBy("sendMessage")[0].Params
	var markup gotgbot.ReplyKeyboardMarkup
	if err := params.Decode("reply_markup", &markup); err != nil {
		panic(err)
	}
	fmt.Println(params["text"], params.Bool("disable_notification"), markup.Keyboard[0][0].Text)
	// Output: Where are you? true Send my location
}

// The polls show what the bot asked for and what it confirmed.
func ExamplePoll_offset() {
	server := start(tgtest.WithFirstUpdateID(100))
	defer server.Close()
	bot := connect(server)
	server.User("Alice").Send("/start")

	bot.GetUpdates(&gotgbot.GetUpdatesOpts{Limit: 10, AllowedUpdates: []string{"message"}})
	bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: 101})
	for _, poll := range server.Polls() {
		fmt.Println(poll.Seq, poll.Offset, poll.Limit, poll.AllowedUpdates)
	}
	fmt.Println("all confirmed below", server.Confirmed())
	// Output:
	// 0 0 10 [message]
	// 1 101 0 []
	// all confirmed below 101
}

// An update is dropped if the bot did not ask for its kind.
func ExampleState_droppedUpdates() {
	server := start(tgtest.WithFirstUpdateID(1))
	defer server.Close()
	bot := connect(server)
	bot.GetUpdates(&gotgbot.GetUpdatesOpts{AllowedUpdates: []string{"callback_query"}})

	server.User("Alice").Send("hello")
	state := server.State()
	fmt.Println("queued:", state.Queued, "dropped:", state.Dropped, "polls:", state.Polls)
	// Output: queued: 0 dropped: 1 polls: 1
}

// Telegram asks the bot to slow down, and then a gateway is out of order.
func ExampleFault_outage() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")

	server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
	server.Fail("sendMessage", tgtest.Fault{Status: 502, Body: "<html>Bad Gateway</html>", ContentType: "text/html"})
	for range 3 {
		_, err := bot.SendMessage(alice.ID, "hello", nil)
		fmt.Println(err != nil)
	}
	for _, call := range server.SentBy("sendMessage") {
		fmt.Printf("%d %q\n", call.Code, call.Description)
	}
	// Output:
	// true
	// true
	// false
	// 429 "Too Many Requests: retry after 3"
	// 502 ""
	// 200 ""
}

// A load test encodes its updates once and pushes them in batches, no faster than the bot fetches them.
func ExampleBody_loadTest() {
	server := start(tgtest.WithAnswerDelay(0))
	defer server.Close()
	hello, err := tgtest.Encode(`{"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "hello"}}`)
	if err != nil {
		panic(err)
	}
	batch := make([]tgtest.Body, 1000)
	for i := range batch {
		batch[i] = hello
	}
	for range 3 {
		if err := server.WaitPending(context.Background(), 5000); err != nil {
			panic(err)
		}
		server.PushBatch(batch...)
	}
	fmt.Println(server.Pending(), "updates wait for a bot")
	// Output: 3000 updates wait for a bot
}
