package telegram_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
)

// keysOf returns the keys that a built-in constraint adds for an update.
func keysOf(t *testing.T, raw string, add func(*telegram.Keys, telegram.Header)) []runtime.Key {
	t.Helper()
	u, err := telegram.NewEnvelope([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	keys := telegram.NewKeys(nil)
	add(keys, u.Header)
	return keys.List()
}

// TestG2_BuiltInKeys checks the keys of updates whose ids do not mean what they seem to mean.
func TestG2_BuiltInKeys(t *testing.T) {
	chat, user := (*telegram.Keys).Chat, (*telegram.Keys).User
	chatUser, topic := (*telegram.Keys).ChatUser, (*telegram.Keys).Topic
	for _, c := range []struct {
		name string
		add  func(*telegram.Keys, telegram.Header)
		raw  string
		want string // the texts of the keys
	}{
		{"topic of a forum", topic, `"message":{"chat":{"id":-100,"is_forum":true},"message_thread_id":7,"is_topic_message":true}`, "-100/7"},
		{"topic of a private chat", topic, `"message":{"chat":{"id":5},"message_thread_id":7,"is_topic_message":true}`, "5/7"},
		{"reply in a group without topics", topic, `"message":{"chat":{"id":-100},"message_thread_id":7}`, "-100"},
		{"edited reply in a group without topics", topic, `"edited_message":{"chat":{"id":-100},"message_thread_id":7}`, "-100"},
		{"General topic", topic, `"message":{"chat":{"id":-100,"is_forum":true}}`, "-100"},
		{"reply in the General topic", topic, `"message":{"chat":{"id":-100,"is_forum":true},"message_thread_id":7}`, "-100"},
		{"General topic by its id", topic, `"message":{"chat":{"id":-100},"message_thread_id":1,"is_topic_message":true}`, "-100"},
		{"direct messages of a channel", topic, `"message":{"chat":{"id":-100,"is_direct_messages":true},"direct_messages_topic":{"topic_id":42}}`, "-100/42"},
		{"reply in the direct messages of a channel", topic, `"message":{"chat":{"id":-100},"direct_messages_topic":{"topic_id":42},"message_thread_id":9}`, "-100/42"},
		{"button in a topic", topic, `"callback_query":{"from":{"id":5},"message":{"date":1,"chat":{"id":-100},"message_thread_id":7,"is_topic_message":true}}`, "-100/7"},
		{"button below a reply", topic, `"callback_query":{"from":{"id":5},"message":{"date":1,"chat":{"id":-100},"message_thread_id":7}}`, "-100"},
		{"button in direct messages", topic, `"callback_query":{"from":{"id":5},"message":{"date":1,"chat":{"id":-100},"direct_messages_topic":{"topic_id":42}}}`, "-100/42"},
		{"button of an inaccessible message", topic, `"callback_query":{"from":{"id":5},"message":{"date":0,"chat":{"id":-100},"message_thread_id":7,"is_topic_message":true}}`, "-100"},
		{"ambiguous topic", topic, `"message":{"CHAT":{"id":-100},"message_thread_id":7,"is_topic_message":true}`, "-100/7"},
		{"ambiguous reply", topic, `"message":{"CHAT":{"id":-100},"message_thread_id":7}`, "-100"},

		{"anonymous administrator", user, `"message":{"chat":{"id":-100},"from":{"id":1087968824},"sender_chat":{"id":-100}}`, "-100"},
		{"channel in a group", user, `"message":{"chat":{"id":-100},"from":{"id":136817688},"sender_chat":{"id":-200}}`, "-200"},
		{"post of the linked channel", user, `"message":{"chat":{"id":-100},"from":{"id":777000},"sender_chat":{"id":-300}}`, "-300"},
		{"user with a sender chat", user, `"message":{"chat":{"id":-100},"from":{"id":5},"sender_chat":{"id":-300}}`, "5"},
		{"channel in a group, by chat and user", chatUser, `"message":{"chat":{"id":-100},"from":{"id":136817688},"sender_chat":{"id":-200}}`, "-100:-200"},
		{"anonymous administrator who changes a member", user, `"chat_member":{"chat":{"id":-100},"from":{"id":1087968824}}`, "-100"},
		{"channel that votes", user, `"poll_answer":{"user":{"id":136817688},"voter_chat":{"id":-200}}`, "-200"},
		{"channel that reacts", user, `"message_reaction":{"chat":{"id":-100},"actor_chat":{"id":-200}}`, "-200"},
		{"ambiguous anonymous administrator", user, `"message":{"chat":{"id":-100},"From":{"id":1087968824},"sender_chat":{"id":-200}}`, "-200"},

		{"last message of a group", chat, `"message":{"chat":{"id":-1},"from":{"id":5},"migrate_to_chat_id":-1001}`, "-1 -1001"},
		{"first message of a supergroup", chat, `"message":{"chat":{"id":-1001},"from":{"id":5},"migrate_from_chat_id":-1}`, "-1001 -1"},
		{"last message of a group, by topic", topic, `"message":{"chat":{"id":-1},"migrate_to_chat_id":-1001}`, "-1 -1001"},
		{"last message of a group, by chat and user", chatUser, `"message":{"chat":{"id":-1},"from":{"id":5},"migrate_to_chat_id":-1001}`, "-1:5 -1001:5"},
		{"ambiguous last message of a group", chat, `"message":{"Chat":{"id":-1},"migrate_to_chat_id":-1001}`, "-1 -1001"},
	} {
		var want []runtime.Key
		for text := range strings.FieldsSeq(c.want) {
			want = append(want, runtime.KeyOf(text))
		}
		if got := keysOf(t, `{"update_id":1,`+c.raw+`}`, c.add); !slices.Equal(got, want) {
			t.Errorf("%s: the keys are %x, want %x, those of %s", c.name, got, want, c.want)
		}
	}
}
