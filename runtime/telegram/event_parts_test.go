package telegram_test

import (
	"fmt"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// eventOf returns the event of an update, with a bot that records its calls.
func eventOf(t *testing.T, raw string) (*telegram.Event, *callRecorder) {
	t.Helper()
	u, err := telegram.NewEnvelope([]byte(`{"update_id":1,` + raw + `}`))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	update, err := u.Decode()
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	calls := &callRecorder{}
	return &telegram.Event{Bot: &gotgbot.Bot{BotClient: calls}, Update: update, Header: u.Header}, calls
}

// TestEventParts compares User, SenderChat, Chat and Message with a table that is written by hand after the Bot API's
// documentation. It has every kind of update, so that a new kind fails until it is in the table.
func TestEventParts(t *testing.T) {
	const message = `:{"message_id":3,"date":1,"chat":{"id":10,"type":"private"},"from":{"id":20},"sender_chat":{"id":30}}`
	const fromMessage = "chat 10 private, user 20, sender 30, message 3"
	none := "chat -, user -, sender -, message -"
	rows := []struct{ kind, payload, want string }{
		{"message", message, fromMessage},
		{"message", `:{"message_id":3,"date":1,"chat":{"id":10,"type":"group"}}`, "chat 10 group, user -, sender -, message 3"},
		{"edited_message", message, fromMessage},
		{"channel_post", `:{"message_id":3,"date":1,"chat":{"id":10,"type":"channel"},"sender_chat":{"id":30}}`, "chat 10 channel, user -, sender 30, message 3"},
		{"edited_channel_post", message, fromMessage},
		{"business_connection", `:{"id":"b","user":{"id":20},"user_chat_id":10}`, "chat 10 private, user 20, sender -, message -"},
		{"business_message", message, fromMessage},
		{"edited_business_message", message, fromMessage},
		{"deleted_business_messages", `:{"business_connection_id":"b","chat":{"id":10,"type":"private"},"message_ids":[3]}`, "chat 10 private, user -, sender -, message -"},
		{"guest_message", message, fromMessage},
		{"message_reaction", `:{"chat":{"id":10,"type":"group"},"message_id":3,"user":{"id":20}}`, "chat 10 group, user 20, sender -, message -"},
		{"message_reaction", `:{"chat":{"id":10,"type":"group"},"message_id":3,"actor_chat":{"id":30}}`, "chat 10 group, user -, sender 30, message -"},
		{"message_reaction_count", `:{"chat":{"id":10,"type":"channel"},"message_id":3}`, "chat 10 channel, user -, sender -, message -"},
		{"inline_query", `:{"id":"q","from":{"id":20}}`, "chat -, user 20, sender -, message -"},
		{"chosen_inline_result", `:{"from":{"id":20},"inline_message_id":"i"}`, "chat -, user 20, sender -, message -"},
		{"callback_query", `:{"id":"q","from":{"id":20},"message":{"message_id":3,"date":1,"chat":{"id":10,"type":"group"},"from":{"id":99}}}`, "chat 10 group, user 20, sender -, message 3"},
		{"callback_query", `:{"id":"q","from":{"id":20},"message":{"message_id":3,"date":0,"chat":{"id":10,"type":"group"}}}`, "chat 10 group, user 20, sender -, message -"},
		{"callback_query", `:{"id":"q","from":{"id":20},"inline_message_id":"i"}`, "chat -, user 20, sender -, message -"},
		{"shipping_query", `:{"id":"q","from":{"id":20}}`, "chat -, user 20, sender -, message -"},
		{"pre_checkout_query", `:{"id":"q","from":{"id":20}}`, "chat -, user 20, sender -, message -"},
		{"purchased_paid_media", `:{"from":{"id":20},"paid_media_payload":"p"}`, "chat -, user 20, sender -, message -"},
		{"poll", `:{"id":"p"}`, none},
		{"poll_answer", `:{"poll_id":"p","user":{"id":20}}`, "chat -, user 20, sender -, message -"},
		{"poll_answer", `:{"poll_id":"p","user":{"id":136817688},"voter_chat":{"id":30}}`, "chat -, user 136817688, sender 30, message -"},
		{"my_chat_member", `:{"chat":{"id":10,"type":"group"},"from":{"id":20},"old_chat_member":{"status":"left","user":{"id":5}},"new_chat_member":{"status":"left","user":{"id":5}}}`, "chat 10 group, user 20, sender -, message -"},
		{"chat_member", `:{"chat":{"id":10,"type":"group"},"from":{"id":20},"old_chat_member":{"status":"left","user":{"id":5}},"new_chat_member":{"status":"left","user":{"id":5}}}`, "chat 10 group, user 20, sender -, message -"},
		{"chat_join_request", `:{"chat":{"id":10,"type":"group"},"from":{"id":20},"user_chat_id":40}`, "chat 10 group, user 20, sender -, message -"},
		{"chat_boost", `:{"chat":{"id":10,"type":"channel"},"boost":{"source":{"source":"premium","user":{"id":20}}}}`, "chat 10 channel, user 20, sender -, message -"},
		{"chat_boost", `:{"chat":{"id":10,"type":"channel"},"boost":{"source":{"source":"giveaway"}}}`, "chat 10 channel, user -, sender -, message -"},
		{"removed_chat_boost", `:{"chat":{"id":10,"type":"channel"},"source":{"source":"gift_code","user":{"id":20}}}`, "chat 10 channel, user 20, sender -, message -"},
		{"managed_bot", `:{"user":{"id":20},"bot":{"id":5}}`, "chat -, user 20, sender -, message -"},
		{"subscription", `:{"user":{"id":20}}`, "chat -, user 20, sender -, message -"},
	}
	seen := map[wire.Kind]bool{}
	for _, row := range rows {
		ev, _ := eventOf(t, `"`+row.kind+`"`+row.payload)
		seen[ev.Header.Kind] = true
		chat, user, sender, message := "-", "-", "-", "-"
		if c := ev.Chat(); c != nil {
			chat = fmt.Sprint(c.Id, " ", c.Type)
			if c.Id != ev.Header.Chat {
				t.Errorf("%s%s: the header has the chat %d", row.kind, row.payload, ev.Header.Chat)
			}
		}
		if u := ev.User(); u != nil {
			user = fmt.Sprint(u.Id)
		}
		if c := ev.SenderChat(); c != nil {
			sender = fmt.Sprint(c.Id)
		}
		if m := ev.Message(); m != nil {
			message = fmt.Sprint(m.MessageId)
		}
		if got := fmt.Sprintf("chat %s, user %s, sender %s, message %s", chat, user, sender, message); got != row.want {
			t.Errorf("%s%s: %s, want %s", row.kind, row.payload, got, row.want)
		}
	}
	for k := wire.KindUnknown + 1; k < wire.KindCount; k++ {
		if !seen[k] {
			t.Errorf("the table lacks %s", k)
		}
	}
	empty := &telegram.Event{Update: &gotgbot.Update{}}
	if empty.User() != nil || empty.SenderChat() != nil || empty.Chat() != nil || empty.Message() != nil {
		t.Error("an empty update has parts")
	}
}
