package tgtest_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// updates returns all pending updates, and confirms them with the next call.
func updates(t *testing.T, bot *gotgbot.Bot, offset *int64) []gotgbot.Update {
	t.Helper()
	got, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: *offset, AllowedUpdates: []string{
		"message", "edited_message", "callback_query", "inline_query", "chosen_inline_result", "pre_checkout_query", "message_reaction",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range got {
		*offset = u.UpdateId + 1
	}
	return got
}

// download returns the content of a file that the bot gets by its id.
func download(t *testing.T, bot *gotgbot.Bot, id string) string {
	t.Helper()
	file, err := bot.GetFile(id, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := bot.BotClient.(*gotgbot.BaseBotClient).Client.Get(file.URL(bot, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("downloading %s: %s %v", file.FilePath, response.Status, err)
	}
	return string(content)
}

func photo(name string) tgtest.Attachment {
	return tgtest.Attachment{Kind: "photo", File: tgtest.File{Name: name + ".jpg", Data: []byte("data of " + name)}}
}

func TestAlbum(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	video := tgtest.Attachment{Kind: "video", File: tgtest.File{Name: "b.mp4", Data: []byte("moving")}}
	sent := alice.SendAlbum("our trip #sea", photo("a"), video, photo("c"))
	other := alice.SendAlbum("", photo("d"), photo("e"))
	var offset int64
	got := updates(t, bot, &offset)
	if len(got) != 5 {
		t.Fatalf("%d updates", len(got))
	}
	for i, u := range got[:3] {
		m := u.Message
		if m.MediaGroupId == "" || m.MediaGroupId != got[0].Message.MediaGroupId || m.MessageId != sent[i].ID {
			t.Errorf("message %d: %+v", i, m)
		}
	}
	first, second := got[0].Message, got[1].Message
	if first.Caption != "our trip #sea" || first.CaptionEntities[0].Type != "hashtag" || second.Caption != "" || second.Video == nil {
		t.Errorf("%+v %+v", first, second)
	}
	if got[3].Message.MediaGroupId == first.MediaGroupId || other[0].ID != got[3].Message.MessageId {
		t.Error("two albums are one")
	}
	if data := download(t, bot, got[2].Message.Photo[0].FileId); data != "data of c" {
		t.Errorf("the third file is %q", data)
	}
	if data := download(t, bot, sent[1].FileID()); data != "moving" || sent[1].FileID() != second.Video.FileId {
		t.Errorf("FileID is %s, its file %q", sent[1].FileID(), data)
	}
}

func TestFilesOfMessages(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	if _, err := bot.SendDocument(alice.ID, fileNamed("menu.txt", "tea"), nil); err != nil {
		t.Fatal(err)
	}
	shown := alice.ExpectNext()
	if f, ok := srv.File(shown.FileID()); !ok || f.Name != "menu.txt" || string(f.Data) != "tea" {
		t.Errorf("the bot's file is %+v", f)
	}
	if _, ok := srv.File("nonsense"); ok || alice.Send("text").FileID() != "" {
		t.Error("there is a file where none is")
	}
	// The content of a test's own making: the largest photo counts.
	m := alice.SendContent(gotgbot.Message{Photo: []gotgbot.PhotoSize{{FileId: "small", Width: 90, Height: 90}, {FileId: "large", Width: 800, Height: 800}}})
	if m.FileID() != "large" || download(t, bot, "small") != "" {
		t.Errorf("FileID is %q", m.FileID())
	}
}

func TestReactions(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	team := srv.Supergroup("Team")
	alice, bob := srv.User("Alice").In(team), srv.User("Bob").In(team)
	var offset int64
	alice.Send("hi")
	updates(t, bot, &offset) // asks for message_reaction
	m, err := bot.SendMessage(team.ID, "lunch?", nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := team.Expect("lunch?")
	alice.React(shown, "👍")
	alice.React(shown, "👍", "🔥")
	bob.React(shown, "👎")
	alice.React(shown)
	var got []string
	for _, u := range updates(t, bot, &offset) {
		r := u.MessageReaction
		if r.MessageId != m.MessageId || r.Chat.Id != team.ID {
			t.Errorf("%+v", r)
		}
		text := r.User.FirstName
		for _, list := range [][]gotgbot.ReactionType{r.OldReaction, r.NewReaction} {
			text += " "
			for _, reaction := range list {
				text += reaction.(gotgbot.ReactionTypeEmoji).Emoji
			}
		}
		got = append(got, text)
	}
	if want := "Alice  👍|Alice 👍 👍🔥|Bob  👎|Alice 👍🔥 "; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
}

func TestPayment(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	prices := []gotgbot.LabeledPrice{{Label: "Tea", Amount: 250}, {Label: "Cup", Amount: 100}}
	if _, err := bot.SendInvoice(alice.ID, "Tea", "A cup of tea", "order-7", "EUR", prices, nil); err != nil {
		t.Fatal(err)
	}
	invoice := alice.ExpectNext()
	var offset int64
	query := alice.Pay(invoice)
	q := updates(t, bot, &offset)[0].PreCheckoutQuery
	if q.From.Id != alice.ID || q.Currency != "EUR" || q.TotalAmount != 350 || q.InvoicePayload != "order-7" || q.Id != query.ID {
		t.Errorf("pre_checkout_query %+v", q)
	}
	if _, err := q.Answer(bot, false, &gotgbot.AnswerPreCheckoutQueryOpts{ErrorMessage: "No cups left."}); err != nil {
		t.Fatal(err)
	}
	if got := updates(t, bot, &offset); len(got) != 0 {
		t.Errorf("a refused payment: %+v", got)
	}
	query = alice.Pay(invoice)
	if _, err := updates(t, bot, &offset)[0].PreCheckoutQuery.Answer(bot, true, nil); err != nil {
		t.Fatal(err)
	}
	if call, err := query.Answer(context.Background()); err != nil || !call.Params.Bool("ok") {
		t.Errorf("%v %v", call, err)
	}
	got := updates(t, bot, &offset)
	if len(got) != 1 || got[0].Message == nil || got[0].Message.SuccessfulPayment == nil {
		t.Fatalf("%+v", got)
	}
	m := got[0].Message
	if p := m.SuccessfulPayment; p.TotalAmount != 350 || p.Currency != "EUR" || p.InvoicePayload != "order-7" || p.TelegramPaymentChargeId == "" || m.From.Id != alice.ID {
		t.Errorf("successful_payment %+v", p)
	}
	if _, err := bot.AnswerPreCheckoutQuery("77", true, nil); err == nil || !strings.Contains(err.Error(), "query is too old") {
		t.Errorf("an unknown query: %v", err)
	}
	if _, err := bot.AnswerPreCheckoutQuery(query.ID, true, nil); err != nil || len(updates(t, bot, &offset)) != 0 {
		t.Errorf("a second answer pays again, or fails: %v", err)
	}
}

func TestInlineMessages(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	team := srv.Group("Team")
	alice := srv.User("Alice")
	var offset int64
	ask := alice.Ask("tea")
	q := updates(t, bot, &offset)[0].InlineQuery
	keyboard := &gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: "Vote", CallbackData: "vote"}}}}
	_, err := q.Answer(bot, []gotgbot.InlineQueryResult{
		gotgbot.InlineQueryResultArticle{Id: "a", Title: "Poll", ReplyMarkup: keyboard, InputMessageContent: gotgbot.InputTextMessageContent{MessageText: "<b>Tea?</b>", ParseMode: "HTML"}},
		gotgbot.InlineQueryResultPhoto{Id: "b", PhotoUrl: "https://example.org/tea.jpg", ThumbnailUrl: "https://example.org/t.jpg", Caption: "look"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := alice.In(team).Choose(ask, "a")
	got := updates(t, bot, &offset)
	if len(got) != 2 || got[0].Message.ViaBot == nil || got[0].Message.ViaBot.Id != bot.Id || got[0].Message.Text != "Tea?" || got[0].Message.Chat.Id != team.ID {
		t.Fatalf("%+v", got)
	}
	if c := got[1].ChosenInlineResult; c.ResultId != "a" || c.Query != "tea" || c.From.Id != alice.ID || c.InlineMessageId != m.InlineMessageID || m.InlineMessageID == "" {
		t.Errorf("chosen_inline_result %+v", c)
	}
	press := srv.User("Bob").In(team).Press(m, "Vote")
	pressed := updates(t, bot, &offset)[0].CallbackQuery
	if pressed.InlineMessageId != m.InlineMessageID || pressed.Message != nil || pressed.From.FirstName != "Bob" || pressed.Data != "vote" {
		t.Errorf("callback_query %+v", pressed)
	}
	edited, ok, err := bot.EditMessageText(&gotgbot.EditMessageTextOpts{InlineMessageId: m.InlineMessageID, Text: "Tea: 1", ReplyMarkup: *keyboard})
	if err != nil || !ok || edited != nil {
		t.Errorf("editing: %v %v %v", edited, ok, err)
	}
	if latest := team.Expect("Tea: 1"); latest.ID != m.ID || latest.From == nil {
		t.Errorf("edited: %+v", latest)
	}
	if _, err := pressed.Answer(bot, nil); err != nil {
		t.Error(err)
	}
	if _, err := press.Answer(context.Background()); err != nil {
		t.Error(err)
	}
	if _, _, err := bot.EditMessageText(&gotgbot.EditMessageTextOpts{ChatId: team.ID, MessageId: m.ID, Text: "x"}); err == nil {
		t.Error("the bot edited a user's message by its chat")
	}
	// A result without buttons has no inline_message_id.
	m = alice.Choose(ask, "b")
	got = updates(t, bot, &offset)
	if m.InlineMessageID != "" || got[1].ChosenInlineResult.InlineMessageId != "" || got[0].Message.Caption != "look" || len(got[0].Message.Photo) != 1 {
		t.Errorf("%+v %+v", m, got[0].Message)
	}
	var transcript strings.Builder
	srv.WriteTranscript(&transcript, team)
	if want := "Team       > Alice: Tea?  [Vote]\nTeam       > Bob presses [Vote]\nTeam       < edits: Tea: 1  [Vote]\n"; transcript.String() != want {
		t.Errorf("transcript:\n%s", transcript.String())
	}
}

func TestMistakesOfUsers(t *testing.T) {
	f := &failing{TB: t}
	srv := tgtest.NewServer(f)
	alice := srv.User("Alice")
	news := alice.In(srv.Channel("News"))
	document := tgtest.Attachment{Kind: "document"}
	ask, answered := alice.Ask("tea"), alice.Ask("milk")
	call(t, srv, "answerInlineQuery", fmt.Sprintf(`{"inline_query_id":%q,"results":[{"type":"article","id":"a"}]}`, answered.ID))
	for want, act := range map[string]func(){
		"an album has 2 to 10 files, not 1":                        func() { alice.SendAlbum("", photo("a")) },
		"an album cannot hold a photo and a document":              func() { alice.SendAlbum("", photo("a"), document) },
		"an album cannot hold a voice and a voice":                 func() { v := tgtest.Attachment{Kind: "voice"}; alice.SendAlbum("", v, v) },
		"News is a channel: use its Post":                          func() { news.SendAlbum("", photo("a"), photo("b")) },
		"message 1 in Alice has no invoice":                        func() { alice.Pay(alice.Send("x")) },
		`the bot has not answered the inline query "tea"`:          func() { alice.Choose(ask, "a") },
		`the bot offers no result "b" for the inline query "milk"`: func() { alice.Choose(answered, "b") },
	} {
		if got := message(f, act); got != want {
			t.Errorf("failed with %q, want %q", got, want)
		}
	}
}
