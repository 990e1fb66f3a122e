package tgtest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// dial returns a gotgbot.Bot for a bot of the server.
func dial(t testing.TB, srv *tgtest.Server, b *tgtest.Bot) *gotgbot.Bot {
	t.Helper()
	bot, err := gotgbot.NewBot(b.Token, &gotgbot.BotOpts{BotClient: &gotgbot.BaseBotClient{
		Client: *srv.Client(), DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: srv.URL},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

// texts returns the texts of the messages and the data of the buttons in all pending updates.
func texts(t *testing.T, bot *gotgbot.Bot, offset *int64) string {
	t.Helper()
	var all []string
	for _, u := range updates(t, bot, offset) {
		switch {
		case u.Message != nil:
			all = append(all, fmt.Sprintf("%s: %s", u.Message.From.FirstName, u.Message.Text))
		case u.CallbackQuery != nil:
			all = append(all, "button "+u.CallbackQuery.Data)
		case u.InlineQuery != nil:
			all = append(all, "inline "+u.InlineQuery.Query)
		case u.MessageReaction != nil:
			all = append(all, "reaction")
		}
	}
	return strings.Join(all, ", ")
}

func TestSeveralBots(t *testing.T) { inMemory(t, severalBots) }

func severalBots(t *testing.T, srv *tgtest.Server) {
	shop, helper := srv.Bot, srv.AddBot("", "Helper", "helper_bot")
	first, second := dial(t, srv, shop), dial(t, srv, helper)
	if first.Username != "test_bot" || second.Username != "helper_bot" || first.Id == second.Id || helper.Profile.Id != second.Id {
		t.Fatalf("%+v %+v", first.User, second.User)
	}
	alice, team := srv.User("Alice"), srv.Supergroup("Team")
	member, hers := alice.In(team), alice.With(helper)
	var one, two int64
	both := func(wantFirst, wantSecond string) {
		t.Helper()
		if got := texts(t, first, &one); got != wantFirst {
			t.Errorf("the first bot received %q, want %q", got, wantFirst)
		}
		if got := texts(t, second, &two); got != wantSecond {
			t.Errorf("the second bot received %q, want %q", got, wantSecond)
		}
	}

	// Private chats are apart, groups are not.
	alice.Send("to the first")
	hers.Send("to the second")
	member.Send("to both")
	both("Alice: to the first, Alice: to both", "Alice: to the second, Alice: to both")

	// Each bot writes to its own private chat, and no bot receives what the other writes.
	keyboard := &gotgbot.SendMessageOpts{ReplyMarkup: gotgbot.InlineKeyboardMarkup{
		InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: "Yes", CallbackData: "yes"}}},
	}}
	for _, bot := range []*gotgbot.Bot{first, second} {
		for _, chat := range []int64{alice.ID, team.ID} {
			if _, err := bot.SendMessage(chat, "I am "+bot.Username, keyboard); err != nil {
				t.Fatal(err)
			}
		}
	}
	alice.Expect("I am test_bot")
	hers.Expect("I am helper_bot")
	if n, m := len(alice.Messages()), len(hers.Messages()); n != 2 || m != 2 {
		t.Errorf("%d and %d messages in the private chats", n, m)
	}
	fromFirst, fromSecond := team.Expect("I am test_bot"), team.Expect("I am helper_bot")
	if fromFirst.Bot != shop || fromSecond.Bot != helper {
		t.Errorf("the senders are %v and %v", fromFirst.Bot, fromSecond.Bot)
	}
	both("", "")

	// A button and an inline query are one bot's, and only that one can answer them.
	press := member.Press(fromSecond, "Yes")
	both("", "button yes")
	if _, err := first.AnswerCallbackQuery(press.ID, nil); err == nil {
		t.Error("a bot answered the query of another bot")
	}
	if _, err := second.AnswerCallbackQuery(press.ID, nil); err != nil {
		t.Error(err)
	}
	if _, err := press.Answer(context.Background()); err != nil {
		t.Error(err)
	}
	hers.Ask("tea")
	alice.Ask("coffee")
	both("inline coffee", "inline tea")

	// A bot cannot edit the message of another one.
	if _, _, err := first.EditMessageText(&gotgbot.EditMessageTextOpts{ChatId: team.ID, MessageId: fromSecond.ID, Text: "x"}); err == nil {
		t.Error("a bot edited the message of another bot")
	}
	member.React(fromSecond, "👍")
	both("reaction", "reaction")

	// Calls, faults and commands are each bot's own.
	helper.Fail("sendMessage", tgtest.Fault{Code: 500})
	if _, err := first.SendMessage(alice.ID, "x", nil); err != nil {
		t.Error(err)
	}
	if _, err := second.SendMessage(alice.ID, "x", nil); err == nil {
		t.Error("the fault has no effect")
	}
	if _, err := second.SetMyCommands([]gotgbot.BotCommand{{Command: "help", Description: "Help"}}, nil); err != nil {
		t.Error(err)
	}
	if len(srv.Commands()) != 0 || len(helper.Commands()) != 1 {
		t.Errorf("commands %v %v", srv.Commands(), helper.Commands())
	}
	if n, m := len(srv.SentBy("sendMessage")), len(helper.SentBy("sendMessage")); n != 3 || m != 3 {
		t.Errorf("%d and %d calls", n, m)
	}

	// A bot that has left, or that is blocked, is out; the other one stays.
	member.SetBotStatus(tgtest.StatusLeft, helper)
	member.Send("without the second")
	alice.Block()
	both("Alice: without the second", "")
	if _, err := second.SendMessage(team.ID, "x", nil); err == nil || !strings.Contains(err.Error(), "not a member") {
		t.Errorf("the second bot in the group: %v", err)
	}
	if _, err := first.SendMessage(alice.ID, "x", nil); err == nil || !strings.Contains(err.Error(), "blocked") {
		t.Errorf("the first bot is not blocked: %v", err)
	}
	if _, err := second.SendMessage(alice.ID, "x", nil); err != nil {
		t.Errorf("the second bot is blocked: %v", err)
	}
	// A bot learns of the other's status.
	if m, err := first.GetChatMember(team.ID, second.Id, nil); err != nil || m.GetStatus() != "left" || !m.GetUser().IsBot {
		t.Errorf("%v %v", m, err)
	}
}

// TestBotsPollApart checks that the polls of two bots do not end each other.
func TestBotsPollApart(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		helper := srv.AddBot("", "Helper", "helper_bot")
		ctx := t.Context()
		first, second := make(chan error, 1), make(chan error, 1)
		poll := func(b *tgtest.Bot, ended chan<- error) {
			_, err := dial(t, srv, b).GetUpdates(&gotgbot.GetUpdatesOpts{Timeout: 20, RequestOpts: &gotgbot.RequestOpts{Timeout: -1, APIURL: srv.URL}})
			ended <- err
		}
		go poll(srv.Bot, first)
		go poll(helper, second)
		if err := srv.WaitPolling(ctx); err != nil {
			t.Error(err)
		}
		if err := helper.WaitPolling(ctx); err != nil {
			t.Error(err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := <-second; err != nil {
			t.Error(err)
		}
		if srv.State().Conflicts != 0 || len(srv.Polls()) != 1 || len(helper.Polls()) != 1 {
			t.Errorf("%+v, %d and %d polls", srv.State(), len(srv.Polls()), len(helper.Polls()))
		}
	})
}

func TestTranscriptOfSeveralBots(t *testing.T) {
	srv := tgtest.NewServer(t)
	helper := srv.AddBot("8000000001:other", "Helper", "helper_bot")
	if helper.Token != "8000000001:other" {
		t.Errorf("the token is %s", helper.Token)
	}
	bot := dial(t, srv, helper)
	alice, team := srv.User("Alice"), srv.Group("Team")
	alice.With(helper).Send("hi")
	bot.SendMessage(alice.ID, "hello", nil)
	bot.SendMessage(team.ID, "hello all", nil)
	alice.Send("hi, first")
	var transcript strings.Builder
	srv.WriteTranscript(&transcript)
	const want = "Alice/helper_bot > hi\nAlice/helper_bot < helper_bot: hello\nTeam       < helper_bot: hello all\nAlice      > hi, first\n"
	if transcript.String() != want {
		t.Errorf("transcript:\n%s\nwant\n%s", transcript.String(), want)
	}
}

func TestMistakesOfAddBot(t *testing.T) {
	f := &failing{TB: t}
	srv := tgtest.NewServer(f)
	for want, act := range map[string]func(){
		"bot b: the token is not of the form 123456:letters-and-digits": func() { srv.AddBot("x", "B", "b") },
		"bot b: the bot test_bot has the same id":                       func() { srv.AddBot(srv.Token+"x", "B", "b") },
		"bot Test_Bot: another bot has the same user name":              func() { srv.AddBot("", "B", "Test_Bot") },
	} {
		if got := message(f, act); got != want {
			t.Errorf("failed with %q, want %q", got, want)
		}
	}
}
