package telegram

import (
	"slices"
	"strconv"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// Keys collects the constraints of one update. A constraint is a text, and the built-in ones are texts too: chat is
// the chat's id in decimal and user the user's, so that the private chat with a user, whose id is the user's, is put in
// order with what the user does elsewhere, and a constraint function of the author's that returns such an id joins in.
// An update that has no chat, or no user, gets no constraint from it.
type Keys struct {
	keys []runtime.Key
	me   *gotgbot.User
}

// NewKeys are no keys yet, for a bot that is the given user.
func NewKeys(me *gotgbot.User) *Keys { return &Keys{me: me} }

// Me is the bot's own user, for a decision that depends on the bot's name or id.
func (k *Keys) Me() *gotgbot.User { return k.me }

// List is the keys so far. The first decides the shard.
func (k *Keys) List() []runtime.Key { return k.keys }

func (k *Keys) add(key runtime.Key) {
	if !slices.Contains(k.keys, key) {
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

// ChatUser adds the user within the chat: "-1001234:1234". Without a user it is the chat alone, without a chat the
// user alone.
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

// Topic adds the thread within the chat: "-1001234/56". Without a thread it is the chat alone.
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

// Add adds the texts that a constraint function returned. The empty text is a constraint like any other.
func (k *Keys) Add(constraints ...string) {
	for _, c := range constraints {
		k.add(runtime.KeyOf(c))
	}
}
