package tgtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

func TestMessagesAndTheirVersions(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	hers := alice.Send("first")
	m, err := bot.SendMessage(alice.ID, "second", &gotgbot.SendMessageOpts{ReplyParameters: &gotgbot.ReplyParameters{MessageId: hers.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if m.ReplyToMessage == nil || m.ReplyToMessage.Text != "first" {
		t.Errorf("reply %+v", m)
	}
	shown := alice.Expect("second")
	if _, _, err := m.EditText(bot, &gotgbot.EditMessageTextOpts{Text: "third"}); err != nil {
		t.Fatal(err)
	}
	edited := alice.Expect("third")
	if edited.ID != shown.ID || edited.Edited.IsZero() || shown.Text != "second" || edited.ReplyTo.ID != hers.ID {
		t.Errorf("the first version is %+v, the second %+v", shown, edited)
	}
	alice.Edit(hers, "zeroth")
	other, err := bot.SendMessage(alice.ID, "fourth", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Delete(bot, nil); err != nil {
		t.Fatal(err)
	}
	var now, ever []string
	for _, m := range alice.Messages() {
		now = append(now, m.Text)
	}
	for _, m := range alice.History() {
		ever = append(ever, m.Text)
	}
	if got := strings.Join(now, " "); got != "zeroth third" {
		t.Errorf("now: %s", got)
	}
	if got := strings.Join(ever, " "); got != "first second third zeroth fourth" {
		t.Errorf("ever: %s", got)
	}
	// The message of a button is inaccessible if it was deleted.
	updates, _ := bot.GetUpdates(nil)
	alice.PressData(alice.History()[4], "x:1")
	updates, err = bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: updates[len(updates)-1].UpdateId + 1})
	if err != nil || len(updates) != 1 {
		t.Fatal(updates, err)
	}
	if m, ok := updates[0].CallbackQuery.Message.(gotgbot.InaccessibleMessage); !ok || m.MessageId != other.MessageId || m.Date != 0 {
		t.Errorf("message %+v", updates[0].CallbackQuery.Message)
	}
}

func TestWaitingInAChat(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Alice", tgtest.ID(7))
		say := func(text string) { call(t, srv, "sendMessage", `{"chat_id":7,"text":"`+text+`"}`) }
		say("one")
		alice.Send("two") // Wait returns only messages of the bot
		go func() {
			time.Sleep(time.Hour)
			say("two")
			say("three")
		}()
		ctx := context.Background()
		start := time.Now()
		if m, err := alice.WaitFor(ctx, "two"); err != nil || !m.FromBot || time.Since(start) != time.Hour {
			t.Errorf("%+v %v after %v", m, err, time.Since(start))
		}
		if m, err := alice.Wait(ctx, func(m *tgtest.Message) bool { return strings.HasPrefix(m.Text, "t") }); err != nil || m.Text != "three" {
			t.Errorf("%+v %v", m, err)
		}
		say("four")
		say("five")
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err := alice.WaitFor(short, "one")
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `"one": waiting for the bot in Alice: context deadline exceeded; it wrote "four", "five"`) {
			t.Errorf("error %v", err)
		}
		// A Wait that fails does not consume messages.
		if m := alice.ExpectNext(); m.Text != "four" {
			t.Errorf("next is %q", m.Text)
		}
		if _, err := srv.User("Bob").Wait(short, nil); err == nil || !strings.Contains(err.Error(), "it wrote nothing") {
			t.Errorf("error %v", err)
		}
	}, tgtest.WithPatience(2*time.Hour))
}

func TestQueriesAndTheirAnswers(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	ask := alice.Ask("tea")
	updates, err := bot.GetUpdates(nil)
	if err != nil || updates[0].InlineQuery.Query != "tea" {
		t.Fatal(updates, err)
	}
	if _, err := updates[0].InlineQuery.Answer(bot, nil, &gotgbot.AnswerInlineQueryOpts{NextOffset: "2"}); err != nil {
		t.Fatal(err)
	}
	if c, err := ask.Answer(context.Background()); err != nil || c.Params["next_offset"] != "2" {
		t.Errorf("%v %v", c, err)
	}
	// The bot can answer a pushed query and write to the chats in a pushed update.
	srv.Push(gotgbot.Update{CallbackQuery: &gotgbot.CallbackQuery{Id: "77", From: gotgbot.User{Id: 501, FirstName: "Carol"}, Data: "x",
		Message: gotgbot.Message{MessageId: 12, Date: 1, Chat: gotgbot.Chat{Id: -501, Type: "group", Title: "T"}}}})
	if _, err := bot.AnswerCallbackQuery("77", nil); err != nil {
		t.Error(err)
	}
	for _, chat := range []int64{501, -501} {
		if _, err := bot.SendMessage(chat, "hi", nil); err != nil {
			t.Errorf("%d: %v", chat, err)
		}
	}
	if _, _, err := bot.EditMessageText(&gotgbot.EditMessageTextOpts{ChatId: -501, MessageId: 12, Text: "edited"}); err != nil {
		t.Errorf("editing a message that the server does not know: %v", err)
	}
	short, cancel := context.WithCancel(context.Background())
	cancel()
	m, _ := bot.SendMessage(alice.ID, "x", nil)
	if _, err := alice.PressData(alice.Expect("x"), "y").Answer(short); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, after %v", err, m)
	}
}

func TestMembers(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice, team := srv.User("Alice"), srv.Supergroup("Team")
	status := func() string {
		m, err := bot.GetChatMember(team.ID, alice.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m.GetStatus()
	}
	if s := status(); s != tgtest.StatusMember {
		t.Errorf("the first status is %s", s)
	}
	alice.In(team).SetStatus(tgtest.StatusAdministrator)
	if s := status(); s != tgtest.StatusAdministrator {
		t.Errorf("the second status is %s", s)
	}
	if admins, err := bot.GetChatAdministrators(team.ID, nil); err != nil || len(admins) != 1 || admins[0].GetUser().Id != alice.ID {
		t.Errorf("%+v %v", admins, err)
	}
	if n := srv.Pending(); n != 0 {
		t.Errorf("%d updates, but the bot did not ask for chat_member", n)
	}
	allowed := &gotgbot.GetUpdatesOpts{AllowedUpdates: []string{"chat_member", "my_chat_member"}}
	bot.GetUpdates(allowed)
	alice.In(team).SetStatus(tgtest.StatusLeft)
	alice.Block()
	updates, err := bot.GetUpdates(allowed)
	if err == nil && len(updates) == 1 { // with the same offset within half a second, the limit is 1
		updates2, err2 := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: updates[0].UpdateId + 1})
		updates, err = append(updates, updates2...), err2
	}
	if err != nil || len(updates) != 2 {
		t.Fatal(updates, err)
	}
	if u := updates[0].ChatMember; u.OldChatMember.GetStatus() != "administrator" || u.NewChatMember.GetStatus() != "left" || u.From.Id != alice.ID {
		t.Errorf("chat_member %+v", u)
	}
	if u := updates[1].MyChatMember; u.NewChatMember.GetStatus() != "kicked" || u.NewChatMember.GetUser().Id != bot.Id || u.Chat.Type != "private" {
		t.Errorf("my_chat_member %+v", u)
	}
	var failure *gotgbot.TelegramError
	if _, err := bot.SendMessage(alice.ID, "x", nil); !errors.As(err, &failure) || failure.Code != 403 || failure.Description != "Forbidden: bot was blocked by the user" {
		t.Errorf("blocked: %v", err)
	}
	alice.Unblock()
	if _, err := bot.SendMessage(alice.ID, "x", nil); err != nil {
		t.Errorf("unblocked: %v", err)
	}
	for status, want := range map[string]string{
		tgtest.StatusKicked: "Forbidden: bot was kicked from the supergroup chat", tgtest.StatusLeft: "Forbidden: bot is not a member of the supergroup chat",
	} {
		alice.In(team).SetBotStatus(status)
		if _, err := bot.SendMessage(team.ID, "x", nil); !errors.As(err, &failure) || failure.Description != want {
			t.Errorf("%s: %v", status, err)
		}
	}
	if c, err := bot.GetChat(alice.ID, nil); err != nil || c.FirstName != "Alice" || c.Type != "private" {
		t.Errorf("%+v %v", c, err)
	}
	if m, err := bot.GetChatMember(team.ID, bot.Id, nil); err == nil {
		t.Errorf("getChatMember works in a chat that the bot is not in: %+v", m)
	}
}
