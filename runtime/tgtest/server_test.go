package tgtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// newBot returns a gotgbot.Bot with gotgbot's default client, which sends every call as chunked multipart.
func newBot(t testing.TB, srv *tgtest.Server) *gotgbot.Bot {
	t.Helper()
	bot, err := gotgbot.NewBot(srv.Token, &gotgbot.BotOpts{BotClient: &gotgbot.BaseBotClient{
		Client:             *srv.Client(),
		DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: srv.URL, Timeout: 70 * time.Second},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

func TestGotgbotTalksToIt(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	if bot.Username != "test_bot" || !bot.IsBot {
		t.Fatalf("getMe says %+v", bot.User)
	}
	alice := srv.User("Alice", tgtest.LastName("Adams"))
	alice.Send("/start ref ♥")
	updates, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Timeout: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 || updates[0].Message == nil {
		t.Fatalf("got %+v", updates)
	}
	m := updates[0].Message
	if m.Text != "/start ref ♥" || m.From.LastName != "Adams" || m.Chat.Id != alice.ID || m.Chat.Type != "private" {
		t.Errorf("message %+v", m)
	}
	if len(m.Entities) != 1 || m.Entities[0].Type != "bot_command" || m.Entities[0].Length != 6 {
		t.Errorf("entities %+v", m.Entities)
	}
	markup := gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: "Buy", CallbackData: "buy:1"}}}}
	if _, err := bot.SendMessage(m.Chat.Id, "hello", &gotgbot.SendMessageOpts{ReplyMarkup: markup}); err != nil {
		t.Fatal(err)
	}
	menu := alice.Expect("hello")
	query := alice.Press(menu, "Buy")
	updates, err = bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: updates[0].UpdateId + 1, Timeout: 5})
	if err != nil {
		t.Fatal(err)
	}
	q := updates[0].CallbackQuery
	if q == nil || q.Data != "buy:1" || q.Message.GetMessageId() != menu.ID || q.From.Id != alice.ID {
		t.Fatalf("callback query %+v", q)
	}
	if _, err := q.Answer(bot, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := query.Answer(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bot.EditMessageText(&gotgbot.EditMessageTextOpts{ChatId: alice.ID, MessageId: menu.ID, Text: "bought"}); err != nil {
		t.Fatal(err)
	}
	alice.Expect("bought")
	if n := len(alice.Messages()); n != 2 {
		t.Errorf("%d messages in the chat", n)
	}
	if n := len(srv.Sent()); n != 4 {
		t.Errorf("calls: %v", srv.Sent())
	}
	if n := srv.Pending(); n != 1 {
		t.Errorf("%d pending", n)
	}
}
