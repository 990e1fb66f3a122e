package tgtest_test

import (
	"fmt"
	"io"
	"os"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// start starts a server. A test calls NewServer instead, and needs no Close.
func start(opts ...tgtest.Option) *tgtest.Server {
	server, err := tgtest.Start(opts...)
	if err != nil {
		panic(err)
	}
	return server
}

// connect returns a bot that talks to the server.
func connect(server *tgtest.Server) *gotgbot.Bot {
	bot, err := gotgbot.NewBot(server.Token, &gotgbot.BotOpts{BotClient: &gotgbot.BaseBotClient{
		DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server.URL},
	}})
	if err != nil {
		panic(err)
	}
	return bot
}

// fetch returns the updates from offset on.
func fetch(bot *gotgbot.Bot, offset int64) []gotgbot.Update {
	updates, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: offset, Timeout: 5})
	if err != nil {
		panic(err)
	}
	return updates
}

// answerOnce is a bot for the examples: it sells tea and coffee. It answers the updates from offset on and returns the
// next offset.
func answerOnce(bot *gotgbot.Bot, offset int64) int64 {
	for _, u := range fetch(bot, offset) {
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

// A user writes to the bot and presses a button. In a test, NewServer takes the place of Start and needs no Close.
func ExampleServer_buttonPress() {
	server, err := tgtest.Start(tgtest.WithFirstUpdateID(1))
	if err != nil {
		panic(err)
	}
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")

	alice.Send("/start")
	next := answerOnce(bot, 0)
	menu := alice.Expect("What shall it be?")
	alice.Press(menu, "Tea")
	answerOnce(bot, next)
	alice.Expect("One tea.")

	server.WriteTranscript(os.Stdout)
	fmt.Println("not confirmed:", server.Pending())
	// Output:
	// Alice      > /start
	// Alice      < What shall it be?  [Tea] [Coffee]
	// Alice      > presses [Tea]
	// Alice      < answers: Coming.
	// Alice      < One tea.
	// not confirmed: 1
}

// The bot sets its menu of commands.
func ExampleServer_commandMenu() {
	server := start()
	defer server.Close()
	bot := connect(server)

	bot.SetMyCommands([]gotgbot.BotCommand{{Command: "order", Description: "Order something"}}, nil)
	for _, command := range server.Commands() {
		fmt.Printf("/%s: %s\n", command.Command, command.Description)
	}
	// Output: /order: Order something
}

// A server in memory can be reached only with its own client. Tests that use testing/synctest need one.
func ExampleOption_inMemory() {
	server := start(tgtest.InMemory(), tgtest.WithToken("42:secret"), tgtest.WithBot("The Shop", "shop_bot"))
	defer server.Close()

	resp, err := server.Client().Get(server.URL + "/bot" + server.Token + "/getMe")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.93s...\n", body)
	// Output: {"ok":true,"result":{"id":42,"is_bot":true,"first_name":"The Shop","username":"shop_bot","can...
}

// framework is a test framework that is not package testing.
type framework struct{ cleanups []func() }

func (f *framework) Helper()                           {}
func (f *framework) Cleanup(cleanup func())            { f.cleanups = append(f.cleanups, cleanup) }
func (f *framework) Fatalf(format string, args ...any) { fmt.Printf("FAILED: "+format+"\n", args...) }

// Any type with three methods of testing.TB can own a server.
func ExampleTB_otherFramework() {
	f := new(framework)
	server := tgtest.NewServer(f)
	server.Push(`{"update_id": 1}`)
	for _, cleanup := range f.cleanups {
		cleanup()
	}
	// Output: FAILED: tgtest: the update has no kind: there is no field besides update_id
}
