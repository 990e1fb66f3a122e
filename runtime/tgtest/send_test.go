package tgtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

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
		t.Errorf("%d messages in the chat, want 3: a call that fails must not send", n)
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
