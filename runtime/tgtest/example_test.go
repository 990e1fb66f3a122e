package tgtest_test

import (
	"context"
	"fmt"
	"os"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// answerOnce stands for a bot: it answers whatever waits for it.
func answerOnce(bot *gotgbot.Bot, offset int64) int64 {
	updates, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: offset, Timeout: 5})
	if err != nil {
		panic(err)
	}
	for _, u := range updates {
		offset = u.UpdateId + 1
		switch {
		case u.Message != nil:
			bot.SendMessage(u.Message.Chat.Id, "What shall it be?", &gotgbot.SendMessageOpts{
				ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{
					{Text: "Tea", CallbackData: "tea"}, {Text: "Coffee", CallbackData: "coffee"},
				}}},
			})
		case u.CallbackQuery != nil:
			u.CallbackQuery.Answer(bot, &gotgbot.AnswerCallbackQueryOpts{Text: "Coming."})
			bot.SendMessage(u.CallbackQuery.From.Id, "One "+u.CallbackQuery.Data+".", nil)
		}
	}
	return offset
}

func exampleBot(srv *tgtest.Server) *gotgbot.Bot {
	bot, err := gotgbot.NewBot(srv.Token, &gotgbot.BotOpts{BotClient: &gotgbot.BaseBotClient{
		DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: srv.URL},
	}})
	if err != nil {
		panic(err)
	}
	return bot
}

// In a test NewServer takes the place of Start, and needs no Close.
func ExampleServer() {
	srv, err := tgtest.Start(tgtest.WithFirstUpdateID(1))
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	bot := exampleBot(srv)
	alice := srv.User("Alice")

	alice.Send("/start")
	next := answerOnce(bot, 0)
	menu := alice.Expect("What shall it be?")
	alice.Press(menu, "Tea")
	answerOnce(bot, next)
	alice.Expect("One tea.")

	srv.WriteTranscript(os.Stdout)
	fmt.Println("not confirmed:", srv.Pending())
	// Output:
	// Alice      > /start
	// Alice      < What shall it be?  [Tea] [Coffee]
	// Alice      > presses [Tea]
	// Alice      < answers: Coming.
	// Alice      < One tea.
	// not confirmed: 1
}

func ExampleServer_Fail() {
	srv, err := tgtest.Start()
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	bot := exampleBot(srv)
	alice := srv.User("Alice")

	srv.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 3})
	for range 2 {
		if _, err := bot.SendMessage(alice.ID, "hello", nil); err != nil {
			fmt.Println(err)
		}
	}
	for _, call := range srv.Sent() {
		fmt.Println(call.Method, call.Code)
	}
	// Output:
	// unable to sendMessage: Too Many Requests: retry after 3
	// getMe 200
	// sendMessage 429
	// sendMessage 200
}

// A load test encodes its updates once and pushes them in batches, no faster than the bot fetches.
func ExampleServer_PushBatch() {
	srv, err := tgtest.Start(tgtest.WithAnswerDelay(0))
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	hello, err := tgtest.Encode(`{"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "hello"}}`)
	if err != nil {
		panic(err)
	}
	batch := make([]tgtest.Body, 1000)
	for i := range batch {
		batch[i] = hello
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 3 {
		if err := srv.WaitPending(ctx, 5000); err != nil {
			panic(err)
		}
		srv.PushBatch(batch...)
	}
	fmt.Println(srv.Pending(), "updates wait for a bot")
	// Output: 3000 updates wait for a bot
}

func ExampleMember() {
	srv, err := tgtest.Start()
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	team := srv.Supergroup("Team")
	alice := srv.User("Alice")

	question := alice.In(team).Send("who is in? #lunch")
	alice.In(team).Edit(question, "who is in at noon? #lunch")
	for _, version := range team.History() {
		fmt.Println(version.From.FirstName, version.Text, version.Has("hashtag"))
	}
	// Output:
	// Alice who is in? #lunch true
	// Alice who is in at noon? #lunch true
}
