package telegram

import (
	"context"
	"errors"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// An Event is an update as predicates, middleware, hooks and handlers see it. Generated inputs embed it. It belongs to the
// goroutine of the handler.
type Event struct {
	// Bot makes calls to the Bot API.
	Bot *gotgbot.Bot

	// Update is never nil. If the update could not be decoded, only the error hook sees the event, and Update holds only
	// the id.
	Update *gotgbot.Update

	// Header holds the update's id and kind, and the ids of its chat, user and thread; 0 stands for none.
	Header wire.Header

	// Handler is the name in spec.yaml of the handler that matched. It is empty until one has matched.
	Handler string

	// Attempt counts the attempts to handle the update, from 1. It is greater than 1 only if the spec has "retry".
	Attempt int

	progress *progress // nil if the event is not that of an update in a bot
}

// ErrNoChat is returned by Reply for an update that belongs to no chat, such as an inline query.
var ErrNoChat = errors.New("the update belongs to no chat")

// ErrNoQuery is returned by Answer for an update that is not a callback query.
var ErrNoQuery = errors.New("the update is not a callback query")

// ErrNoMessage is returned by Edit for an update that is not a callback query from a message.
var ErrNoMessage = errors.New("the update has no message that the bot can edit")

// Reply sends a text to the chat of the update, in its forum topic and over its business connection if it has them. opts
// may name another topic or connection; it may be nil, and is not changed.
func (ev *Event) Reply(ctx context.Context, text string, opts *gotgbot.SendMessageOpts) (*gotgbot.Message, error) {
	if ev.Header.Chat == 0 {
		return nil, fmt.Errorf("replying to %s %d: %w", ev.Header.Kind, ev.Header.ID, ErrNoChat)
	}
	var send gotgbot.SendMessageOpts
	if opts != nil {
		send = *opts
	}
	message := ev.message()
	if send.MessageThreadId == 0 && (message == nil || message.IsTopicMessage) {
		// In a supergroup that is not a forum, a reply has a thread id, too. It is not a topic that one can send to.
		send.MessageThreadId = ev.Header.Thread
	}
	if send.BusinessConnectionId == "" && message != nil {
		send.BusinessConnectionId = message.BusinessConnectionId
	}
	return ev.Bot.SendMessageWithContext(ctx, ev.Header.Chat, text, &send)
}

// Answer answers the callback query of the update, which removes the progress bar from the button. An empty text shows
// nothing. opts may be nil, and is not changed.
func (ev *Event) Answer(ctx context.Context, text string, opts *gotgbot.AnswerCallbackQueryOpts) error {
	query := ev.Update.CallbackQuery
	if query == nil {
		return fmt.Errorf("answering %s %d: %w", ev.Header.Kind, ev.Header.ID, ErrNoQuery)
	}
	var answer gotgbot.AnswerCallbackQueryOpts
	if opts != nil {
		answer = *opts
	}
	answer.Text = text
	_, err := ev.Bot.AnswerCallbackQueryWithContext(ctx, query.Id, &answer)
	return err
}

// Edit replaces the text of the message whose button was pressed, and its keyboard by the one in opts, or by none. It
// works for inline messages, too. opts may be nil, and is not changed.
func (ev *Event) Edit(ctx context.Context, text string, opts *gotgbot.EditMessageTextOpts) error {
	query := ev.Update.CallbackQuery
	if query == nil || query.Message == nil && query.InlineMessageId == "" {
		return fmt.Errorf("editing for %s %d: %w", ev.Header.Kind, ev.Header.ID, ErrNoMessage)
	}
	var edit gotgbot.EditMessageTextOpts
	if opts != nil {
		edit = *opts
	}
	edit.Text = text
	if query.Message != nil {
		chat := query.Message.GetChat()
		edit.ChatId, edit.MessageId = chat.Id, query.Message.GetMessageId()
	} else {
		edit.InlineMessageId = query.InlineMessageId
	}
	_, _, err := ev.Bot.EditMessageTextWithContext(ctx, &edit)
	return err
}

// message returns the message of the update, or the message whose button was pressed if the bot can read it, or nil.
func (ev *Event) message() *gotgbot.Message {
	u := ev.Update
	for _, m := range [...]*gotgbot.Message{
		u.Message, u.EditedMessage, u.ChannelPost, u.EditedChannelPost,
		u.BusinessMessage, u.EditedBusinessMessage, u.GuestMessage,
	} {
		if m != nil {
			return m
		}
	}
	if u.CallbackQuery != nil {
		if m, ok := u.CallbackQuery.Message.(gotgbot.Message); ok {
			return &m
		}
		if m, ok := u.CallbackQuery.Message.(*gotgbot.Message); ok {
			return m
		}
	}
	return nil
}
