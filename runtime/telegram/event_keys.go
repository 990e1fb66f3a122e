package telegram

import (
	"slices"
	"strconv"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Keys collects the constraints of one update. Each constraint is a text, and updates with the same text are handled in
// order. The built-in constraints are texts, too: "chat" is the chat's id in decimal, and "user" the user's. A private
// chat has the id of its user, so the two constraints agree there. A constraint function that returns such an id shares
// the order with them. An update without a chat gets no constraint from "chat", and one without a user none from "user".
type Keys struct {
	keys []runtime.Key
	me   *gotgbot.User
}

// NewKeys returns an empty Keys for the bot with the given user.
func NewKeys(me *gotgbot.User) *Keys { return &Keys{me: me} }

// Me returns the bot's own user, for constraints that depend on the bot's name or id.
func (k *Keys) Me() *gotgbot.User { return k.me }

// List returns the keys that were added so far. The first one decides the shard.
func (k *Keys) List() []runtime.Key { return k.keys }

func (k *Keys) add(key runtime.Key) {
	const few = 32 // beyond that, it is quicker to leave repetitions to the sink
	if len(k.keys) > few || !slices.Contains(k.keys, key) {
		k.keys = append(k.keys, key)
	}
}

// Chat adds the chat's id: "-1001234".
func (k *Keys) Chat(h wire.Header) {
	if h.Chat != 0 {
		k.add(runtime.KeyOfInt(h.Chat))
	}
}

// User adds the user's id: "1234".
func (k *Keys) User(h wire.Header) {
	if h.User != 0 {
		k.add(runtime.KeyOfInt(h.User))
	}
}

// ChatUser adds the user within the chat: "-1001234:1234". It adds only the chat if there is no user, and only the user
// if there is no chat.
func (k *Keys) ChatUser(h wire.Header) {
	switch {
	case h.User == 0:
		k.Chat(h)
	case h.Chat == 0:
		k.User(h)
	default:
		k.pair(h.Chat, ':', h.User)
	}
}

// Topic adds the thread within the chat: "-1001234/56". It adds only the chat if there is no thread.
func (k *Keys) Topic(h wire.Header) {
	if h.Chat == 0 || h.Thread == 0 {
		k.Chat(h)
		return
	}
	k.pair(h.Chat, '/', h.Thread)
}

func (k *Keys) pair(a int64, separator byte, b int64) {
	var space [2*20 + 1]byte
	text := strconv.AppendInt(space[:0], a, 10)
	text = append(text, separator)
	k.add(runtime.KeyOfBytes(strconv.AppendInt(text, b, 10)))
}

// Add adds the texts that a constraint function returned. An empty text is a constraint like any other.
func (k *Keys) Add(constraints ...string) {
	for _, c := range constraints {
		k.add(runtime.KeyOf(c))
	}
}
