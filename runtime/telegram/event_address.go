package telegram

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// The errors of an [Event]'s methods that made no call.
var (
	// ErrNoChat reports an update that belongs to no chat, such as an inline query.
	ErrNoChat = errors.New("the update belongs to no chat")

	// ErrNoTopic reports an update that may belong to any topic of its chat, such as a reaction in a forum. The options can
	// name a topic, or a message to reply to.
	ErrNoTopic = errors.New("the update does not say which topic of the chat it belongs to")

	// ErrNoMessage reports an update without a message that the call could change.
	ErrNoMessage = errors.New("the update has no message that the bot can change")

	// ErrNoQuery reports an update that is not a callback query.
	ErrNoQuery = errors.New("the update is not a callback query")

	// ErrNoCall reports an update for whose address the Bot API has no such call, such as a reaction to a business message.
	ErrNoCall = errors.New("the Bot API has no such call for this kind of chat or message")
)

// An Address says where an update belongs. A field is 0 or empty if the update has no such thing.
type Address struct {
	// Chat is the id of the chat.
	Chat int64

	// Thread is the message_thread_id of the topic of a forum.
	Thread int64

	// DirectMessagesTopic is the topic in the direct messages chat of a channel.
	DirectMessagesTopic int64

	// BusinessConnection is the id of the business connection that leads to the chat.
	BusinessConnection string

	// GuestQuery is the id of the query to answer. Then the bot may not be a member of the chat.
	GuestQuery string

	// Message is the id of the message that the update is or is about.
	Message int64

	// InlineMessage is the id of the message whose button was pressed if it was sent in inline mode.
	InlineMessage string

	// Ephemeral is the id of an ephemeral message. Receiver is the user who alone sees it.
	Ephemeral, Receiver int64
}

// Address returns where the update belongs, for calls that no method of Event makes.
func (ev *Event) Address() Address { return ev.address(ev.Message()) }

// address is Address, for who has the message already. The message of a pressed button is a copy each time.
func (ev *Event) address(m *gotgbot.Message) Address {
	a := Address{
		Chat:                ev.Header.Chat,
		Thread:              ev.Header.Thread,
		DirectMessagesTopic: ev.Header.DirectMessagesTopic,
		BusinessConnection:  wire.BusinessConnectionOf(ev.Update),
		Message:             wire.MessageIDOf(ev.Update),
	}
	if query := ev.Update.CallbackQuery; query != nil {
		a.InlineMessage = query.InlineMessageId
	}
	if m != nil {
		a.GuestQuery = m.GuestQueryId
		a.Ephemeral = m.EphemeralMessageId
		if m.EphemeralMessageId != 0 {
			if m.ReceiverUser != nil {
				a.Receiver = m.ReceiverUser.Id
			}
			if user := ev.User(); user != nil && (a.Receiver == 0 || ev.Header.Kind != wire.KindCallbackQuery) {
				a.Receiver = user.Id // of a message to the bot, the bot is the receiver
			}
		}
	}
	return a
}

// refuse wraps an error of a method that made no call: "replying to inline_query 5: ...".
func (ev *Event) refuse(what string, err error) error {
	return fmt.Errorf("%s %s %d: %w", what, ev.Header.Kind, ev.Header.ID, err)
}

// inDirectMessages reports whether the chat is the direct messages chat of a channel.
func (ev *Event) inDirectMessages() bool {
	chat := ev.Chat()
	return ev.Header.DirectMessagesTopic != 0 || chat != nil && chat.IsDirectMessages
}

// topicUnknown reports whether the update is about a message in a chat with topics, and does not say in which.
// m is the update's message.
func (ev *Event) topicUnknown(m *gotgbot.Message, a Address) bool {
	if a.Thread != 0 || a.DirectMessagesTopic != 0 {
		return false
	}
	if m != nil {
		return m.Chat.IsDirectMessages
	}
	chat := ev.Chat()
	return chat != nil && (chat.IsDirectMessages || chat.IsForum && a.Message != 0)
}

// A placement is the part of a send method's options that says where the message goes.
type placement struct {
	business       *string
	thread, direct *int64
	receiver       *int64
	query          *string
	replies        bool // the options name a message to reply to, which says in which topic
}

// place completes the placement with the address of the update, and returns the chat. It keeps what is set already. m is the
// update's message.
func (ev *Event) place(m *gotgbot.Message, p placement) (chat int64, err error) {
	a := ev.address(m)
	switch {
	case a.Chat == 0:
		return 0, ErrNoChat
	case a.GuestQuery != "":
		return 0, ErrNoCall
	case *p.thread == 0 && *p.direct == 0 && !p.replies && ev.topicUnknown(m, a):
		return 0, ErrNoTopic
	}
	if *p.direct == 0 && *p.thread == 0 {
		*p.thread, *p.direct = a.Thread, a.DirectMessagesTopic
	}
	*p.business = cmp.Or(*p.business, a.BusinessConnection)
	if a.Ephemeral != 0 && *p.receiver == 0 {
		*p.receiver = a.Receiver
		if query := ev.Update.CallbackQuery; query != nil {
			*p.query = cmp.Or(*p.query, query.Id)
		}
	}
	if m != nil && m.MigrateToChatId != 0 {
		return m.MigrateToChatId, nil // the group itself takes no messages any more
	}
	return a.Chat, nil
}
