package dispatch

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// The keys of sessions are the texts of the constraints with the same names: see [telegram.Keys]. An update of which a part of
// the key is not known has no key.

// ChatKey is the key of a session for each chat.
func ChatKey(ev *telegram.Event) (key string, ok bool, err error) {
	if ev.Header.Chat == 0 {
		return "", false, nil
	}
	return FormatChat(ev.Header.Chat), true, nil
}

// UserKey is the key of a session for each user. That is a chat if the user acts on behalf of one.
func UserKey(ev *telegram.Event) (key string, ok bool, err error) {
	if ev.Header.User == 0 {
		return "", false, nil
	}
	return FormatUser(ev.Header.User), true, nil
}

// ChatUserKey is the key of a session for each user in each chat.
func ChatUserKey(ev *telegram.Event) (key string, ok bool, err error) {
	if ev.Header.Chat == 0 || ev.Header.User == 0 {
		return "", false, nil
	}
	return FormatChatUser(ev.Header.Chat, ev.Header.User), true, nil
}

// TopicKey is the key of a session for each topic of each chat. What is in no topic of a chat has the topic 0.
func TopicKey(ev *telegram.Event) (key string, ok bool, err error) {
	if ev.Header.Chat == 0 {
		return "", false, nil
	}
	return FormatTopic(ev.Header.Chat, cmp.Or(ev.Header.Thread, ev.Header.DirectMessagesTopic)), true, nil
}

// FunctionKey makes a key of a constraint function. An update for which the function returns no text has no key. It is an error
// if the function returns more than one.
func FunctionKey(constraint func(*gotgbot.Update) []string) func(ev *telegram.Event) (key string, ok bool, err error) {
	return func(ev *telegram.Event) (string, bool, error) {
		switch texts := constraint(ev.Update); len(texts) {
		case 0:
			return "", false, nil
		case 1:
			return texts[0], true, nil
		default:
			return "", false, fmt.Errorf("the key of a session is one constraint, and the function returned %d", len(texts))
		}
	}
}

// FormatChat returns the key of [ChatKey].
func FormatChat(chat int64) string { return strconv.FormatInt(chat, 10) }

// FormatUser returns the key of [UserKey].
func FormatUser(user int64) string { return strconv.FormatInt(user, 10) }

// FormatChatUser returns the key of [ChatUserKey].
func FormatChatUser(chat, user int64) string { return pair(chat, ':', user) }

// FormatTopic returns the key of [TopicKey].
func FormatTopic(chat, topic int64) string { return pair(chat, '/', topic) }

func pair(a int64, separator byte, b int64) string {
	var space [2*20 + 1]byte
	text := append(strconv.AppendInt(space[:0], a, 10), separator)
	return string(strconv.AppendInt(text, b, 10))
}

// addressOf returns the JSON of a message from the address that a key stands for, as the event of a state that code outside of
// handlers has entered. Its ids of the update and of the message are 1 and 0, which stand for nothing.
func addressOf(key string, now time.Time) string {
	first, second, separator := key, "", byte(0)
	if i := strings.IndexAny(key, ":/"); i >= 0 {
		first, second, separator = key[:i], key[i+1:], key[i]
	}
	chat, _ := strconv.ParseInt(first, 10, 64)
	other, _ := strconv.ParseInt(second, 10, 64)
	kind := "supergroup"
	if chat > 0 {
		kind = "private"
	}
	text := fmt.Sprintf(`{"update_id":1,"message":{"message_id":0,"date":%d,"chat":{"id":%d,"type":%q}`, now.Unix(), chat, kind)
	user := other
	if separator == 0 {
		user = chat
	}
	switch {
	case separator == '/' && other != 0:
		text += fmt.Sprintf(`,"message_thread_id":%d,"is_topic_message":true`, other)
	case separator != '/' && user > 0:
		text += fmt.Sprintf(`,"from":{"id":%d,"is_bot":false,"first_name":""}`, user)
	case separator == ':' && user < 0:
		text += fmt.Sprintf(`,"sender_chat":{"id":%d,"type":"channel"}`, user)
	}
	return text + "}}"
}
