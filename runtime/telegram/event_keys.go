package telegram

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	records "github.com/tggen/tggen/runtime/telegram/trace"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Keys collects the constraints of one update. Each constraint is a text, and updates with the same text are handled in
// order. The built-in constraints are texts, too: "chat" is the chat's id in decimal, and "user" the user's. A private
// chat has the id of its user, so the two constraints agree there. A constraint function that returns such an id shares
// the order with them. An update without a chat gets no constraint from "chat", and one without a user none from "user".
type Keys struct {
	keys  []runtime.Key
	me    *gotgbot.User
	texts *[]records.Key // the keys as texts; nil unless the bot is traced
}

// NewKeys returns an empty Keys for the bot with the given user.
func NewKeys(me *gotgbot.User) *Keys { return &Keys{me: me} }

// Me returns the bot's own user, for constraints that depend on the bot's name or id.
func (k *Keys) Me() *gotgbot.User { return k.me }

// List returns the keys that were added so far. The first one decides the shard.
func (k *Keys) List() []runtime.Key { return k.keys }

// add adds a key, and reports whether somebody wants to know its text.
func (k *Keys) add(key runtime.Key) (wanted bool) {
	const few = 32 // beyond that, it is quicker to leave repetitions to the sink
	if len(k.keys) > few || !slices.Contains(k.keys, key) {
		k.keys = append(k.keys, key)
		return k.texts != nil
	}
	return false
}

// addID adds an id as the key of a built-in constraint.
func (k *Keys) addID(constraint string, id int64) {
	if k.add(runtime.KeyOfInt(id)) {
		k.note(constraint, strconv.FormatInt(id, 10))
	}
}

func (k *Keys) note(constraint, text string) {
	*k.texts = append(*k.texts, records.Key{Constraint: constraint, Text: text})
}

// Chat adds the chat's id: "-1001234". The two messages that say that a group becomes a supergroup add the ids of both, so
// that what comes in the supergroup is handled after what came in the group.
func (k *Keys) Chat(h wire.Header) {
	if h.Chat != 0 {
		k.addID("chat", h.Chat)
	}
	if h.Migrated != 0 {
		k.addID("chat", h.Migrated)
	}
}

// User adds the user's id: "1234". It is the id of a chat if the user acts on behalf of one: see [wire.Header].
func (k *Keys) User(h wire.Header) {
	if h.User != 0 {
		k.addID("user", h.User)
	}
}

// ChatUser adds the user within the chat: "-1001234:1234". It adds only the chat if there is no user, and only the user
// if there is no chat. The messages that say that a group becomes a supergroup add the user within both.
func (k *Keys) ChatUser(h wire.Header) {
	switch {
	case h.User == 0:
		k.Chat(h)
	case h.Chat == 0:
		k.User(h)
	default:
		k.pair("chat_user", h.Chat, ':', h.User)
		if h.Migrated != 0 {
			k.pair("chat_user", h.Migrated, ':', h.User)
		}
	}
}

// Topic adds the topic within the chat: "-1001234/56". A topic is one of a forum, or one in the direct messages chat of a
// channel. Topic adds only the chat, as [Keys.Chat] does, if the update is in no topic: in the General topic of a forum, and
// in a chat without topics.
func (k *Keys) Topic(h wire.Header) {
	topic := cmp.Or(h.Thread, h.DirectMessagesTopic)
	if h.Chat == 0 || topic == 0 {
		k.Chat(h)
		return
	}
	k.pair("topic", h.Chat, '/', topic)
}

func (k *Keys) pair(constraint string, a int64, separator byte, b int64) {
	var space [2*20 + 1]byte
	text := strconv.AppendInt(space[:0], a, 10)
	text = append(text, separator)
	text = strconv.AppendInt(text, b, 10)
	if k.add(runtime.KeyOfBytes(text)) {
		k.note(constraint, string(text))
	}
}

// Add adds the texts that a constraint function returned. An empty text is a constraint like any other.
func (k *Keys) Add(constraints ...string) {
	for _, c := range constraints {
		if k.add(runtime.KeyOf(c)) {
			k.note("", c)
		}
	}
}
