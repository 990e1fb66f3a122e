package tgtest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// What users do, byte by byte as the bot gets it.
func TestUpdatesOnTheWire(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		alice := srv.User("Älice", tgtest.ID(7), tgtest.LastName("O\"Neil"), tgtest.Username("alice"), tgtest.Language("de"), tgtest.Premium())
		team := srv.Group("Team / 1")
		forum := srv.Supergroup("Forum", tgtest.Forum(), tgtest.Username("forum"))
		news := srv.Channel("News")
		const (
			from  = `"from":{"id":7,"is_bot":false,"first_name":"\u00c4lice","last_name":"O\"Neil","username":"alice","language_code":"de","is_premium":true}`
			chat  = `"chat":{"id":7,"first_name":"\u00c4lice","last_name":"O\"Neil","username":"alice","type":"private"}`
			group = `"chat":{"id":-4100000001,"title":"Team / 1","type":"group","all_members_are_administrators":false}`
			super = `"chat":{"id":-1002100000001,"title":"Forum","username":"forum","is_forum":true,"type":"supergroup"}`
			date  = `"date":946684800`
		)
		first := alice.Send("/start 😀")
		alice.In(team).Reply(first, "yes")
		alice.Edit(first, "hm")
		alice.In(forum).SendInTopic(3, "a/b")
		post := news.Post("#new")
		news.EditPost(post, "#old")
		alice.Ask("tea")
		menu := call(t, srv, "sendMessage", `{"chat_id":7,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"Té","callback_data":"t:1"}]]}}`)
		if menu.status != 200 {
			t.Fatal(menu.body)
		}
		alice.Press(alice.ExpectNext(), "Té")
		got := call(t, srv, "getUpdates", `{}`)
		want := []string{
			`"message":{"message_id":1,` + from + `,` + chat + `,` + date + `,"text":"/start \ud83d\ude00","entities":[{"offset":0,"length":6,"type":"bot_command"}]}`,
			`"message":{"message_id":2,` + from + `,` + group + `,` + date + `,"reply_to_message":{"message_id":1,` + from + `,` + chat + `,` + date +
				`,"text":"/start \ud83d\ude00","entities":[{"offset":0,"length":6,"type":"bot_command"}]},"text":"yes"}`,
			`"edited_message":{"message_id":1,` + from + `,` + chat + `,` + date + `,"edit_date":946684800,"text":"hm"}`,
			`"message":{"message_id":1,` + from + `,` + super + `,` + date + `,"message_thread_id":3,"text":"a/b","is_topic_message":true}`,
			`"channel_post":{"message_id":1,"sender_chat":{"id":-1002100000002,"title":"News","type":"channel"},"chat":{"id":-1002100000002,"title":"News","type":"channel"},` +
				date + `,"text":"#new","entities":[{"offset":0,"length":4,"type":"hashtag"}]}`,
			`"edited_channel_post":{"message_id":1,"sender_chat":{"id":-1002100000002,"title":"News","type":"channel"},"chat":{"id":-1002100000002,"title":"News","type":"channel"},` +
				date + `,"edit_date":946684800,"text":"#old","entities":[{"offset":0,"length":4,"type":"hashtag"}]}`,
			`"inline_query":{"id":"4000000000000000001",` + from + `,"chat_type":"sender","query":"tea","offset":""}`,
			`"callback_query":{"id":"4000000000000000002",` + from + `,"message":{"message_id":3,"from":{"id":7000000001,"is_bot":true,"first_name":"Test Bot","username":"test_bot"},` +
				chat + `,` + date + `,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"T\u00e9","callback_data":"t:1"}]]}},"chat_instance":"INSTANCE","data":"t:1"}`,
		}
		for i, u := range want {
			want[i] = fmt.Sprintf("{\"update_id\":%d,\n%s}", 1000+i, u)
		}
		all := `{"ok":true,"result":[` + strings.Join(want, ",") + `]}`
		before, after, _ := strings.Cut(all, "INSTANCE")
		if !strings.HasPrefix(got.body, before) || !strings.HasSuffix(got.body, after) {
			t.Errorf("got\n%s\nwant\n%s", strings.ReplaceAll(got.body, ",{", ",\n{"), strings.ReplaceAll(all, ",{", ",\n{"))
		}
	})
}

func TestSendMessageErrors(t *testing.T) {
	srv := tgtest.NewServer(t)
	alice := srv.User("Alice", tgtest.ID(7))
	theirs := alice.Send("hers")
	call(t, srv, "sendMessage", `{"chat_id":7,"text":"ours"}`)
	ours := alice.Expect("ours")
	call(t, srv, "sendPhoto", `{"chat_id":"@ALICE","photo":"https://example.org/p.jpg","caption":"a <b>p</b>","parse_mode":"HTML"}`)
	photo := alice.Expect("a p")
	if photo.Media != "photo" || !photo.Has("bold") {
		t.Errorf("photo %+v", photo)
	}
	long := strings.Repeat("😀", 2049)
	for _, test := range []struct{ method, params, want string }{
		{"sendMessage", `{"text":"x"}`, "chat_id is empty"},
		{"sendMessage", `{"chat_id":"","text":"x"}`, "chat_id is empty"},
		{"sendMessage", `{"chat_id":8,"text":"x"}`, "chat not found"},
		{"sendMessage", `{"chat_id":"@bob","text":"x"}`, "chat not found"},
		{"sendMessage", `{"chat_id":"seven","text":"x"}`, "chat not found"},
		{"sendMessage", `{"chat_id":7}`, "message text is empty"},
		{"sendMessage", `{"chat_id":7,"text":" \n"}`, "message text is empty"},
		{"sendMessage", `{"chat_id":7,"text":"` + long + `"}`, "message is too long"},
		{"sendMessage", `{"chat_id":7,"text":"1.5","parse_mode":"MarkdownV2"}`, `can't parse entities: Character '.' is reserved`},
		{"sendMessage", `{"chat_id":7,"text":"x","entities":"bold"}`, "can't parse entities"},
		{"sendMessage", `{"chat_id":7,"text":"x","reply_markup":"keys"}`, "can't parse reply keyboard markup JSON object"},
		{"sendMessage", `{"chat_id":7,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"","callback_data":"x"}]]}}`, "can't parse inline keyboard button"},
		{"sendMessage", `{"chat_id":7,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"x","callback_data":"` + strings.Repeat("d", 65) + `"}]]}}`, "BUTTON_DATA_INVALID"},
		{"sendMessage", `{"chat_id":7,"text":"x","reply_parameters":{"message_id":99}}`, "message to be replied not found"},
		{"sendMessage", `{"chat_id":7,"text":"x","reply_parameters":[]}`, "can't parse reply parameters"},
		{"sendPhoto", `{"chat_id":7}`, "there is no photo in the request"},
		{"sendVideoNote", `{"chat_id":7,"video_note":"attach://x"}`, "there is no video note in the request"},
		{"sendPhoto", `{"chat_id":7,"photo":"https://example.org/p","caption":"` + strings.Repeat("c", 1025) + `"}`, "message caption is too long"},
		{"editMessageText", `{"chat_id":7,"text":"x"}`, "message identifier is not specified"},
		{"editMessageText", `{"chat_id":7,"message_id":99,"text":"x"}`, "message to edit not found"},
		{"editMessageText", fmt.Sprintf(`{"chat_id":7,"message_id":%d,"text":"x"}`, theirs.ID), "message can't be edited"},
		{"editMessageText", fmt.Sprintf(`{"chat_id":7,"message_id":%d,"text":"ours"}`, ours.ID), "message is not modified"},
		{"editMessageText", fmt.Sprintf(`{"chat_id":7,"message_id":%d,"text":"x"}`, photo.ID), "there is no text in the message to edit"},
		{"editMessageCaption", fmt.Sprintf(`{"chat_id":7,"message_id":%d,"caption":"x"}`, ours.ID), "there is no caption in the message to edit"},
		{"editMessageMedia", fmt.Sprintf(`{"chat_id":7,"message_id":%d,"media":{"type":"smell"}}`, photo.ID), "can't parse InputMedia"},
		{"deleteMessage", `{"chat_id":7,"message_id":99}`, "message to delete not found"},
		{"answerCallbackQuery", `{"callback_query_id":"1"}`, "query is too old and response timeout expired or query ID is invalid"},
		{"answerInlineQuery", `{}`, "query is too old"},
		{"copyMessage", `{"chat_id":7,"from_chat_id":7,"message_id":99}`, "message to copy not found"},
		{"forwardMessage", `{"chat_id":7,"from_chat_id":8,"message_id":1}`, "chat not found"},
		{"getFile", `{"file_id":"x"}`, "invalid file_id"},
		{"getChatMember", `{"chat_id":7,"user_id":9}`, "user not found"},
		{"getChatAdministrators", `{"chat_id":7}`, "there are no administrators in the private chat"},
		{"setMyCommands", `{"commands":[{"command":"Start","description":"x"}]}`, "BOT_COMMAND_INVALID"},
		{"setMyCommands", `{"commands":[{"command":"start"}]}`, "BOT_COMMAND_DESCRIPTION_INVALID"},
		{"setMyCommands", `{"commands":{}}`, "can't parse commands JSON object"},
		{"setMyCommands", `{"commands":[],"scope":"all"}`, "can't parse BotCommandScope"},
		{"setMyCommands", `{"commands":[` + strings.TrimSuffix(strings.Repeat(`{"command":"a","description":"b"},`, 101), ",") + `]}`, "BOT_COMMANDS_TOO_MUCH"},
		{"setWebhook", `{"url":"https://example.org","secret_token":"a b"}`, "secret token contains unallowed characters"},
	} {
		got := call(t, srv, test.method, test.params)
		prefix := `{"ok":false,"error_code":400,"description":"Bad Request: ` + strings.ReplaceAll(test.want, `"`, `\"`)
		if got.status != 400 || !strings.HasPrefix(got.body, prefix) {
			t.Errorf("%s %.80s: %d %s, want %s", test.method, test.params, got.status, got.body, test.want)
		}
		calls := srv.Sent()
		if c := calls[len(calls)-1]; c.Method != test.method || c.OK() || !strings.Contains(c.String(), "Bad Request") || c.Message != nil {
			t.Errorf("recorded as %v", c)
		}
	}
	if n := len(alice.Messages()); n != 3 {
		t.Errorf("%d messages in the chat: an error sends nothing", n)
	}
}

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
		t.Errorf("a version never changes: %+v, then %+v", shown, edited)
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
	// A button of a message that is gone: its message is inaccessible.
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
		alice.Send("two") // her own message is not waited for
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
		// What did not match is still there.
		if m := alice.ExpectNext(); m.Text != "four" {
			t.Errorf("next is %q", m.Text)
		}
		if _, err := srv.User("Bob").Wait(short, nil); err == nil || !strings.Contains(err.Error(), "it wrote nothing") {
			t.Errorf("error %v", err)
		}
	})
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
	// A pushed query can be answered too, and the chats in a pushed update can be written to.
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
		t.Errorf("a message from before: %v", err)
	}
	short, cancel := context.WithCancel(context.Background())
	cancel()
	m, _ := bot.SendMessage(alice.ID, "x", nil)
	if _, err := alice.PressData(alice.Expect("x"), "y").Answer(short); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, after %v", err, m)
	}
}

func TestContentOfEveryKind(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	alice := srv.User("Alice")
	bob := srv.User("Bob")
	alice.SendContent(gotgbot.Message{Location: &gotgbot.Location{Latitude: 1.5, Longitude: -2}})
	alice.SendContent(gotgbot.Message{Photo: []gotgbot.PhotoSize{{FileId: "p", Width: 1, Height: 2}}, Caption: "see #this"})
	alice.SendContent(gotgbot.Message{Text: "old", ForwardOrigin: gotgbot.MessageOriginHiddenUser{Date: 5, SenderUserName: "X"}})
	updates, err := bot.GetUpdates(nil)
	if err != nil || len(updates) != 3 {
		t.Fatal(updates, err)
	}
	if m := updates[0].Message; m.Location == nil || m.Location.Latitude != 1.5 || m.From.Id != alice.ID || m.MessageId != 1 {
		t.Errorf("location %+v", m)
	}
	if m := updates[1].Message; len(m.Photo) != 1 || m.Caption != "see #this" || m.CaptionEntities[0].Type != "hashtag" {
		t.Errorf("photo %+v", m)
	}
	if m := updates[2].Message; m.Text != "old" || m.ForwardOrigin.GetType() != "hidden_user" {
		t.Errorf("forwarded %+v", m)
	}
	if m, err := bot.SendLocation(alice.ID, 1.5, -2, nil); err != nil || m.Location == nil || m.Location.Longitude != -2 {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := bot.SendContact(alice.ID, "+1234", "Bob", nil); err != nil || m.Contact == nil || m.Contact.PhoneNumber != "+1234" {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := bot.SendDice(alice.ID, nil); err != nil || m.Dice == nil {
		t.Errorf("%+v %v", m, err)
	}
	album, err := bot.SendMediaGroup(alice.ID, gotgbot.InputMedias{
		gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByReader("a.jpg", strings.NewReader("a")), Caption: "first"},
		gotgbot.InputMediaPhoto{Media: gotgbot.InputFileByReader("b.jpg", strings.NewReader("bb"))},
	}, nil)
	if err != nil || len(album) != 2 || album[0].MediaGroupId == "" || album[0].MediaGroupId != album[1].MediaGroupId || album[1].Photo[0].FileSize != 2 {
		t.Errorf("album %+v %v", album, err)
	}
	if _, _, err := album[0].EditCaption(bot, &gotgbot.EditMessageCaptionOpts{Caption: "second"}); err != nil {
		t.Error(err)
	}
	alice.Expect("second")
	if m, _, err := bot.EditMessageMedia(gotgbot.InputMediaVideo{Media: gotgbot.InputFileByURL("https://example.org/v"), Caption: "v"},
		&gotgbot.EditMessageMediaOpts{ChatId: alice.ID, MessageId: album[0].MessageId}); err != nil || m.Video == nil || m.Caption != "v" {
		t.Errorf("%+v %v", m, err)
	}
	if id, err := bot.CopyMessage(bob.ID, alice.ID, album[1].MessageId, &gotgbot.CopyMessageOpts{Caption: new("copy")}); err != nil || id.MessageId == 0 {
		t.Errorf("%+v %v", id, err)
	}
	if m := bob.Expect("copy"); m.Media != "photo" {
		t.Errorf("copy %+v", m)
	}
	if m, err := bot.ForwardMessage(bob.ID, alice.ID, 2, nil); err != nil || m.ForwardOrigin.GetType() != "user" || len(m.Photo) != 1 {
		t.Errorf("%+v %v", m, err)
	}
	news := srv.Channel("News")
	post := news.Post("extra")
	if m, err := bot.ForwardMessage(bob.ID, news.ID, post.ID, nil); err != nil || m.ForwardOrigin.GetType() != "channel" || m.Text != "extra" {
		t.Errorf("%+v %v", m, err)
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
		t.Errorf("at first %s", s)
	}
	alice.In(team).SetStatus(tgtest.StatusAdministrator)
	if s := status(); s != tgtest.StatusAdministrator {
		t.Errorf("then %s", s)
	}
	if admins, err := bot.GetChatAdministrators(team.ID, nil); err != nil || len(admins) != 1 || admins[0].GetUser().Id != alice.ID {
		t.Errorf("%+v %v", admins, err)
	}
	if n := srv.Pending(); n != 0 {
		t.Errorf("%d updates: chat_member was not asked for", n)
	}
	allowed := &gotgbot.GetUpdatesOpts{AllowedUpdates: []string{"chat_member", "my_chat_member"}}
	bot.GetUpdates(allowed)
	alice.In(team).SetStatus(tgtest.StatusLeft)
	alice.Block()
	updates, err := bot.GetUpdates(allowed)
	if err == nil && len(updates) == 1 { // the same offset within half a second
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
		t.Errorf("of a chat that the bot is not in: %+v", m)
	}
}

func TestCommands(t *testing.T) {
	srv := tgtest.NewServer(t)
	bot := newBot(t, srv)
	start := []gotgbot.BotCommand{{Command: "start", Description: "Begin"}, {Command: "help", Description: "Hilfe ä"}}
	groups := []gotgbot.BotCommand{{Command: "ban", Description: "Ban"}}
	german := []gotgbot.BotCommand{{Command: "start", Description: "Anfang"}}
	scope := gotgbot.BotCommandScopeAllGroupChats{}
	bot.SetMyCommands(start, nil)
	bot.SetMyCommands(groups, &gotgbot.SetMyCommandsOpts{Scope: scope})
	bot.SetMyCommands(german, &gotgbot.SetMyCommandsOpts{LanguageCode: "de"})
	get := func(opts *gotgbot.GetMyCommandsOpts) string {
		commands, err := bot.GetMyCommands(opts)
		return fmt.Sprint(commands, err)
	}
	if got := get(nil); got != fmt.Sprint(start, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: gotgbot.BotCommandScopeDefault{}}); got != fmt.Sprint(start, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: scope}); got != fmt.Sprint(groups, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{LanguageCode: "de"}); got != fmt.Sprint(german, nil) {
		t.Error(got)
	}
	if got := get(&gotgbot.GetMyCommandsOpts{Scope: gotgbot.BotCommandScopeChat{ChatId: 5}}); got != "[] <nil>" {
		t.Error(got)
	}
	if got := fmt.Sprint(srv.Commands()); got != fmt.Sprint(start) {
		t.Error(got)
	}
	bot.DeleteMyCommands(nil)
	if got := get(nil); got != "[] <nil>" || srv.Commands() != nil {
		t.Error(got)
	}
}

func TestWebhookInfo(t *testing.T) {
	inMemory(t, func(t *testing.T, srv *tgtest.Server) {
		pushMany(t, srv, 3)
		for _, step := range []struct{ method, params, want string }{
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":3}}`},
			{"deleteWebhook", `{}`, `{"ok":true,"result":true,"description":"Webhook is already deleted"}`},
			{"setWebhook", `{"url":"https://a.example","max_connections":500,"secret_token":"s"}`, `{"ok":true,"result":true,"description":"Webhook was set"}`},
			{"setWebhook", `{"url":"https://b.example"}`, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`},
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"https://a.example","has_custom_certificate":false,"pending_update_count":3,"max_connections":100,"ip_address":"<unknown>"}}`},
			{"sleep", ``, ``},
			{"setWebhook", `{"url":"https://a.example","max_connections":100,"secret_token":"s","allowed_updates":["poll"]}`, `{"ok":true,"result":true,"description":"Webhook is already set"}`},
			{"deleteWebhook", `{"drop_pending_updates":true}`, `{"ok":true,"result":true,"description":"Webhook was deleted"}`},
			{"getWebhookInfo", `{}`, `{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0,"allowed_updates":["poll"]}}`},
			{"setWebhook", `{"url":""}`, `{"ok":true,"result":true,"description":"Webhook is already deleted"}`},
		} {
			if step.method == "sleep" {
				time.Sleep(time.Second)
			} else if got := call(t, srv, step.method, step.params); got.body != step.want {
				t.Errorf("%s %s: %s, want %s", step.method, step.params, got.body, step.want)
			}
		}
	})
}
