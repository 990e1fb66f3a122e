package dispatch

import (
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

func TestSessionKeys(t *testing.T) {
	for _, test := range []struct {
		header                        wire.Header
		chat, user, chatUser, inTopic string
	}{
		{wire.Header{}, "", "", "", ""},
		{wire.Header{Chat: -100, User: 5, Thread: 3}, "-100", "5", "-100:5", "-100/3"},
		{wire.Header{Chat: -100, DirectMessagesTopic: 4}, "-100", "", "", "-100/4"},
		{wire.Header{User: 5}, "", "5", "", ""},
		{wire.Header{Chat: 5, User: 5}, "5", "5", "5:5", "5/0"},
	} {
		ev := &telegram.Event{Header: test.header}
		for name, key := range map[string]struct {
			of   func(*telegram.Event) (string, bool, error)
			want string
		}{"chat": {ChatKey, test.chat}, "user": {UserKey, test.user}, "chat_user": {ChatUserKey, test.chatUser}, "topic": {TopicKey, test.inTopic}} {
			if got, ok, err := key.of(ev); got != key.want || ok != (key.want != "") || err != nil {
				t.Errorf("%+v: %s is %q, %v, %v, want %q", test.header, name, got, ok, err, key.want)
			}
		}
	}
}

func TestFunctionKey(t *testing.T) {
	for _, test := range []struct {
		texts []string
		key   string
		ok    bool
		fails bool
	}{{nil, "", false, false}, {[]string{"red"}, "red", true, false}, {[]string{"red", "blue"}, "", false, true}} {
		of := FunctionKey(func(*gotgbot.Update) []string { return test.texts })
		if key, ok, err := of(&telegram.Event{}); key != test.key || ok != test.ok || (err != nil) != test.fails {
			t.Errorf("%q: %q, %v, %v", test.texts, key, ok, err)
		}
	}
}

// TestAddressOf checks that the update that is made from a key has that key.
func TestAddressOf(t *testing.T) {
	for _, test := range []struct {
		of  func(*telegram.Event) (string, bool, error)
		key string
	}{
		{ChatKey, FormatChat(-1001234)}, {ChatKey, FormatChat(77)}, {UserKey, FormatUser(77)},
		{ChatUserKey, FormatChatUser(-1001234, 77)}, {ChatUserKey, FormatChatUser(77, 77)}, {ChatUserKey, FormatChatUser(-100, -200)},
		{TopicKey, FormatTopic(-1001234, 5)}, {TopicKey, FormatTopic(-1001234, 0)},
	} {
		u, err := telegram.NewEnvelope([]byte(addressOf(test.key, time.Unix(1700000000, 0))))
		if err != nil {
			t.Fatal(err)
		}
		update, err := u.Decode()
		if err != nil {
			t.Fatal(err)
		}
		ev := &telegram.Event{Update: update, Header: u.Header}
		if key, ok, err := test.of(ev); key != test.key || !ok || err != nil {
			t.Errorf("the update of %s has the key %q, %v, %v", test.key, key, ok, err)
		}
		if address := ev.Address(); address.Chat == 0 {
			t.Errorf("the update of %s has no chat to answer to", test.key)
		}
	}
}
