package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// A callRecorder is a client that records calls and answers them with success.
type callRecorder struct {
	gotgbot.BaseBotClient
	calls []string
}

// RequestWithContext records a call as the method and its parameters in the order of their names: "sendMessage chat_id=7 text=x".
func (c *callRecorder) RequestWithContext(_ context.Context, _, method string, params map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	call := method
	for _, name := range slices.Sorted(maps.Keys(params)) {
		value, err := json.Marshal(params[name])
		if err != nil {
			return nil, err
		}
		call += " " + name + "=" + strings.Trim(string(value), `"`)
	}
	c.calls = append(c.calls, call)
	if strings.HasPrefix(method, "send") && method != "sendChatAction" || method == "answerGuestQuery" {
		return json.RawMessage(`{}`), nil
	}
	return json.RawMessage(`true`), nil
}

// The updates of TestEventAddress.
const (
	inPrivate   = `"message":{"message_id":3,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7}}`
	inForum     = `"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_forum":true},"message_thread_id":5,"is_topic_message":true}`
	inGeneral   = `"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_forum":true}}`
	replyPlain  = `"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup"},"message_thread_id":5}`
	editedTopic = `"edited_message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_forum":true},"message_thread_id":5,"is_topic_message":true}`
	inDirect    = `"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_direct_messages":true},"direct_messages_topic":{"topic_id":42}}`
	inBusiness  = `"business_message":{"message_id":3,"date":1,"chat":{"id":7,"type":"private"},"business_connection_id":"bc"}`
	deletedB    = `"deleted_business_messages":{"business_connection_id":"bc","chat":{"id":7,"type":"private"},"message_ids":[3]}`
	connected   = `"business_connection":{"id":"bc","user":{"id":7},"user_chat_id":7}`
	fromGuest   = `"guest_message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup"},"guest_query_id":"gq"}`
	inChannel   = `"channel_post":{"message_id":3,"date":1,"chat":{"id":-100,"type":"channel"}}`
	migrated    = `"message":{"message_id":3,"date":1,"chat":{"id":-1,"type":"group"},"migrate_to_chat_id":-1001}`
	ephemeral   = `"message":{"message_id":0,"date":1,"chat":{"id":-100,"type":"supergroup"},"from":{"id":7},"receiver_user":{"id":99},"ephemeral_message_id":8}`

	pressed      = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":1,"chat":{"id":7,"type":"private"}}}`
	pressedBiz   = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":1,"chat":{"id":7,"type":"private"},"business_connection_id":"bc"}}`
	pressedDM    = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_direct_messages":true},"direct_messages_topic":{"topic_id":42}}}`
	pressedTopic = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":1,"chat":{"id":-100,"type":"supergroup","is_forum":true},"message_thread_id":5,"is_topic_message":true}}`
	pressedOld   = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":0,"chat":{"id":-100,"type":"supergroup","is_forum":true}}}`
	pressedOldP  = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":3,"date":0,"chat":{"id":7,"type":"private"}}}`
	pressedInl   = `"callback_query":{"id":"q","from":{"id":7},"inline_message_id":"in"}`
	pressedEph   = `"callback_query":{"id":"q","from":{"id":7},"message":{"message_id":0,"date":1,"chat":{"id":-100,"type":"supergroup"},"receiver_user":{"id":7},"ephemeral_message_id":8}}`

	reacted      = `"message_reaction":{"chat":{"id":-100,"type":"supergroup"},"message_id":3,"user":{"id":7}}`
	reactedForum = `"message_reaction":{"chat":{"id":-100,"type":"supergroup","is_forum":true},"message_id":3,"user":{"id":7}}`
	joined       = `"chat_join_request":{"chat":{"id":-100,"type":"supergroup","is_forum":true},"from":{"id":7},"user_chat_id":7}`
	inDirect2    = `"my_chat_member":{"chat":{"id":-100,"type":"supergroup","is_direct_messages":true},"from":{"id":7},"old_chat_member":{"status":"left","user":{"id":5}},"new_chat_member":{"status":"left","user":{"id":5}}}`
	typed        = `"inline_query":{"id":"q","from":{"id":7}}`
)

// TestEventAddress checks the calls that the methods of Event make for each kind of address, and what they refuse.
func TestEventAddress(t *testing.T) {
	do := map[string]func(context.Context, *telegram.Event) error{
		"reply": func(ctx context.Context, ev *telegram.Event) error { _, err := ev.Reply(ctx, "x", nil); return err },
		"photo": func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.ReplyPhoto(ctx, gotgbot.InputFileByID("f"), nil)
			return err
		},
		"document": func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.ReplyDocument(ctx, gotgbot.InputFileByID("f"), nil)
			return err
		},
		"edit":    func(ctx context.Context, ev *telegram.Event) error { return ev.Edit(ctx, "x", nil) },
		"caption": func(ctx context.Context, ev *telegram.Event) error { return ev.EditCaption(ctx, "x", nil) },
		"markup": func(ctx context.Context, ev *telegram.Event) error {
			return ev.EditMarkup(ctx, gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{}})
		},
		"answer": func(ctx context.Context, ev *telegram.Event) error { return ev.Answer(ctx, "x", nil) },
		"delete": func(ctx context.Context, ev *telegram.Event) error { return ev.Delete(ctx) },
		"react":  func(ctx context.Context, ev *telegram.Event) error { return ev.React(ctx, "👍") },
		"typing": func(ctx context.Context, ev *telegram.Event) error { return ev.Typing(ctx) },
	}
	const none = " reply_markup={}"
	for _, c := range []struct {
		what, raw string
		want      any // the call, or the error
	}{
		{"reply", inPrivate, "sendMessage chat_id=7 text=x"},
		{"reply", inForum, "sendMessage chat_id=-100 message_thread_id=5 text=x"},
		{"reply", inGeneral, "sendMessage chat_id=-100 text=x"},
		{"reply", replyPlain, "sendMessage chat_id=-100 text=x"},
		{"reply", editedTopic, "sendMessage chat_id=-100 message_thread_id=5 text=x"},
		{"reply", inDirect, "sendMessage chat_id=-100 direct_messages_topic_id=42 text=x"},
		{"reply", inBusiness, "sendMessage business_connection_id=bc chat_id=7 text=x"},
		{"reply", deletedB, "sendMessage business_connection_id=bc chat_id=7 text=x"},
		{"reply", connected, "sendMessage chat_id=7 text=x"},
		{"reply", fromGuest, `answerGuestQuery guest_query_id=gq result={"type":"article","id":"reply","title":"reply","input_message_content":{"message_text":"x"}}`},
		{"reply", inChannel, "sendMessage chat_id=-100 text=x"},
		{"reply", migrated, "sendMessage chat_id=-1001 text=x"},
		{"reply", ephemeral, "sendMessage chat_id=-100 receiver_user_id=7 text=x"},
		{"reply", pressed, "sendMessage chat_id=7 text=x"},
		{"reply", pressedBiz, "sendMessage business_connection_id=bc chat_id=7 text=x"},
		{"reply", pressedDM, "sendMessage chat_id=-100 direct_messages_topic_id=42 text=x"},
		{"reply", pressedTopic, "sendMessage chat_id=-100 message_thread_id=5 text=x"},
		{"reply", pressedOld, telegram.ErrNoTopic},
		{"reply", pressedOldP, "sendMessage chat_id=7 text=x"},
		{"reply", pressedInl, telegram.ErrNoChat},
		{"reply", pressedEph, "sendMessage callback_query_id=q chat_id=-100 receiver_user_id=7 text=x"},
		{"reply", reacted, "sendMessage chat_id=-100 text=x"},
		{"reply", reactedForum, telegram.ErrNoTopic},
		{"reply", joined, "sendMessage chat_id=-100 text=x"},
		{"reply", inDirect2, telegram.ErrNoTopic},
		{"reply", typed, telegram.ErrNoChat},

		{"photo", inForum, "sendPhoto chat_id=-100 message_thread_id=5 photo=f"},
		{"photo", pressedBiz, "sendPhoto business_connection_id=bc chat_id=7 photo=f"},
		{"photo", inDirect, "sendPhoto chat_id=-100 direct_messages_topic_id=42 photo=f"},
		{"photo", fromGuest, telegram.ErrNoCall},
		{"document", inForum, "sendDocument chat_id=-100 document=f message_thread_id=5 thumbnail=null"},
		{"document", pressedBiz, "sendDocument business_connection_id=bc chat_id=7 document=f thumbnail=null"},
		{"document", typed, telegram.ErrNoChat},

		{"edit", pressed, "editMessageText chat_id=7 message_id=3" + none + " text=x"},
		{"edit", pressedBiz, "editMessageText business_connection_id=bc chat_id=7 message_id=3" + none + " text=x"},
		{"edit", pressedOld, "editMessageText chat_id=-100 message_id=3" + none + " text=x"},
		{"edit", pressedInl, "editMessageText inline_message_id=in" + none + " text=x"},
		{"edit", pressedEph, "editEphemeralMessageText chat_id=-100 ephemeral_message_id=8 receiver_user_id=7" + none + " text=x"},
		{"edit", inPrivate, telegram.ErrNoMessage},
		{"edit", typed, telegram.ErrNoMessage},
		{"caption", pressedBiz, "editMessageCaption business_connection_id=bc caption=x chat_id=7 message_id=3" + none},
		{"caption", pressedEph, "editEphemeralMessageCaption caption=x chat_id=-100 ephemeral_message_id=8 receiver_user_id=7" + none},
		{"caption", inPrivate, telegram.ErrNoMessage},
		{"markup", pressedBiz, `editMessageReplyMarkup business_connection_id=bc chat_id=7 message_id=3 reply_markup={}`},
		{"markup", pressedInl, `editMessageReplyMarkup inline_message_id=in reply_markup={}`},
		{"markup", pressedEph, `editEphemeralMessageReplyMarkup chat_id=-100 ephemeral_message_id=8 receiver_user_id=7 reply_markup={}`},
		{"markup", reacted, telegram.ErrNoMessage},

		{"answer", pressed, "answerCallbackQuery callback_query_id=q text=x"},
		{"answer", typed, telegram.ErrNoQuery},

		{"delete", inForum, "deleteMessage chat_id=-100 message_id=3"},
		{"delete", pressed, "deleteMessage chat_id=7 message_id=3"},
		{"delete", pressedOld, "deleteMessage chat_id=-100 message_id=3"},
		{"delete", migrated, "deleteMessage chat_id=-1 message_id=3"},
		{"delete", inBusiness, "deleteBusinessMessages business_connection_id=bc message_ids=[3]"},
		{"delete", pressedBiz, "deleteBusinessMessages business_connection_id=bc message_ids=[3]"},
		{"delete", pressedEph, "deleteEphemeralMessage chat_id=-100 ephemeral_message_id=8 receiver_user_id=7"},
		{"delete", reacted, "deleteMessage chat_id=-100 message_id=3"},
		{"delete", deletedB, telegram.ErrNoMessage},
		{"delete", fromGuest, telegram.ErrNoCall},
		{"delete", pressedInl, telegram.ErrNoCall},
		{"delete", typed, telegram.ErrNoMessage},

		{"react", inForum, `setMessageReaction chat_id=-100 message_id=3 reaction=[{"type":"emoji","emoji":"👍"}]`},
		{"react", reacted, `setMessageReaction chat_id=-100 message_id=3 reaction=[{"type":"emoji","emoji":"👍"}]`},
		{"react", inBusiness, telegram.ErrNoCall},
		{"react", pressedBiz, telegram.ErrNoCall},
		{"react", fromGuest, telegram.ErrNoCall},
		{"react", pressedEph, telegram.ErrNoCall},
		{"react", typed, telegram.ErrNoMessage},

		{"typing", inForum, "sendChatAction action=typing chat_id=-100 message_thread_id=5"},
		{"typing", replyPlain, "sendChatAction action=typing chat_id=-100"},
		{"typing", pressedBiz, "sendChatAction action=typing business_connection_id=bc chat_id=7"},
		{"typing", inDirect, telegram.ErrNoCall},
		{"typing", inChannel, telegram.ErrNoCall},
		{"typing", fromGuest, telegram.ErrNoCall},
		{"typing", reactedForum, telegram.ErrNoTopic},
		{"typing", typed, telegram.ErrNoChat},
	} {
		ev, calls := eventOf(t, c.raw)
		err := do[c.what](t.Context(), ev)
		if want, ok := c.want.(error); ok {
			if !errors.Is(err, want) || len(calls.calls) > 0 || !strings.Contains(err.Error(), ev.Header.Kind.String()+" 1: ") {
				t.Errorf("%s on %s: %v, calls %q, want the error %v", c.what, c.raw, err, calls.calls, want)
			}
			continue
		}
		if err != nil || len(calls.calls) != 1 || calls.calls[0] != c.want {
			t.Errorf("%s on %s: %v\ngot  %q\nwant %q", c.what, c.raw, err, calls.calls, c.want)
		}
	}
}

// TestEventAddressOptions checks that options win over the address of the update, and that they are not changed.
func TestEventAddressOptions(t *testing.T) {
	for _, c := range []struct {
		raw, want string
		opts      gotgbot.SendMessageOpts
	}{
		{inForum, "sendMessage chat_id=-100 message_thread_id=9 text=x", gotgbot.SendMessageOpts{MessageThreadId: 9}},
		{inDirect, "sendMessage chat_id=-100 direct_messages_topic_id=9 text=x", gotgbot.SendMessageOpts{DirectMessagesTopicId: 9}},
		{inBusiness, "sendMessage business_connection_id=other chat_id=7 text=x", gotgbot.SendMessageOpts{BusinessConnectionId: "other"}},
		{reactedForum, "sendMessage chat_id=-100 message_thread_id=9 text=x", gotgbot.SendMessageOpts{MessageThreadId: 9}},
		{reactedForum, `sendMessage chat_id=-100 reply_parameters={"message_id":3} text=x`,
			gotgbot.SendMessageOpts{ReplyParameters: &gotgbot.ReplyParameters{MessageId: 3}}},
		{ephemeral, "sendMessage chat_id=-100 receiver_user_id=9 text=x", gotgbot.SendMessageOpts{ReceiverUserId: 9}},
	} {
		ev, calls := eventOf(t, c.raw)
		before := c.opts
		if _, err := ev.Reply(t.Context(), "x", &c.opts); err != nil || len(calls.calls) != 1 || calls.calls[0] != c.want {
			t.Errorf("%s: %v\ngot  %q\nwant %q", c.raw, err, calls.calls, c.want)
		}
		if c.opts.MessageThreadId != before.MessageThreadId || c.opts.BusinessConnectionId != before.BusinessConnectionId {
			t.Errorf("%s: the options were changed", c.raw)
		}
	}
	ev, calls := eventOf(t, fromGuest)
	_, err := ev.Reply(t.Context(), "x", &gotgbot.SendMessageOpts{ReplyMarkup: gotgbot.ForceReply{ForceReply: true}})
	if !errors.Is(err, telegram.ErrNoCall) || len(calls.calls) > 0 {
		t.Errorf("a guest message with a keyboard that is not inline: %v, %q", err, calls.calls)
	}
	ev, calls = eventOf(t, fromGuest)
	if _, err := ev.Reply(t.Context(), "x", &gotgbot.SendMessageOpts{
		ParseMode: "HTML", ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{{Text: "b", CallbackData: "b"}}}},
	}); err != nil || !strings.Contains(calls.calls[0], `"parse_mode":"HTML"`) || !strings.Contains(calls.calls[0], `"callback_data":"b"`) {
		t.Errorf("a guest message with options: %v, %q", err, calls.calls)
	}
}
