// Package chats is what the feature packages of the moderation bot have in common.
package chats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// A Map holds what a feature knows about each chat, in memory. It is safe for concurrent use. What Of returns needs no lock,
// because the constraint of the spec handles the updates of one chat one after another.
type Map[T any] struct {
	mu  sync.Mutex
	all map[int64]*T
}

// Of is what is known about the chat of the event. It is made at the first call.
func (m *Map[T]) Of(ev *telegram.Event) *T {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.all[ev.Header.Chat]
	if known == nil {
		if m.all == nil {
			m.all = map[int64]*T{}
		}
		known = new(T)
		m.all[ev.Header.Chat] = known
	}
	return known
}

// Access has the predicate that all features share.
type Access struct{}

// IsAdmin reports whether the sender is an admin of the chat. An admin who writes anonymously sends as the chat itself.
func (Access) IsAdmin(ctx context.Context, ev *telegram.Event) bool {
	if m := ev.Update.Message; m != nil && m.SenderChat != nil && m.SenderChat.Id == m.Chat.Id {
		return true
	}
	return MayModerate(ctx, ev, ev.Header.User)
}

// MayModerate reports whether a user is an admin of the chat of the event. If Telegram does not tell, nobody is.
func MayModerate(ctx context.Context, ev *telegram.Event, user int64) bool {
	member, err := ev.Bot.GetChatMemberWithContext(ctx, ev.Header.Chat, user, nil)
	if err != nil {
		return false
	}
	status := member.GetStatus()
	return status == "creator" || status == "administrator"
}

// ErrNoTarget is returned by Target if the message does not say whom it is about.
var ErrNoTarget = errors.New("the message answers no message of a person")

// Target is the person that a command is about: the author of the message that it answers.
func Target(m *gotgbot.Message) (*gotgbot.User, error) {
	if m.ReplyToMessage == nil || m.ReplyToMessage.From == nil {
		return nil, ErrNoTarget
	}
	return m.ReplyToMessage.From, nil
}

// Say sends a text to the chat of the event.
func Say(ctx context.Context, ev *telegram.Event, text string, args ...any) error {
	_, err := ev.Reply(ctx, fmt.Sprintf(text, args...), nil)
	return err
}

// Name is the name of a person, as others know it.
func Name(u *gotgbot.User) string {
	return strings.TrimSpace(u.FirstName + " " + u.LastName)
}
