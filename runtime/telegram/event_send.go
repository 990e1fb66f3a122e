package telegram

import (
	"context"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// Reply sends a text to where the update belongs: to its chat, in its forum topic, in its topic of a channel's direct
// messages, over its business connection. The answer to an ephemeral message is ephemeral. opts may name another topic or
// connection; it may be nil, and is not changed.
//
// A guest message is answered with answerGuestQuery, which only passes on the text, its entities, the link preview and an
// inline keyboard. The returned message then has no id.
func (ev *Event) Reply(ctx context.Context, text string, opts *gotgbot.SendMessageOpts) (*gotgbot.Message, error) {
	var send gotgbot.SendMessageOpts
	if opts != nil {
		send = *opts
	}
	m := ev.Message()
	if m != nil && m.GuestQueryId != "" {
		return ev.replyToGuest(ctx, m, text, &send)
	}
	chat, err := ev.place(m, placement{
		&send.BusinessConnectionId, &send.MessageThreadId, &send.DirectMessagesTopicId, &send.ReceiverUserId, &send.CallbackQueryId,
		send.ReplyParameters != nil,
	})
	if err != nil {
		return nil, ev.refuse("replying to", err)
	}
	return sendMessage(ctx, ev.Bot, chat, text, &send)
}

// ReplyPhoto sends a photo to where the update belongs: see [Event.Reply]. It refuses a guest message. opts may be nil, and
// is not changed.
func (ev *Event) ReplyPhoto(ctx context.Context, photo gotgbot.InputFileOrString, opts *gotgbot.SendPhotoOpts) (*gotgbot.Message, error) {
	var send gotgbot.SendPhotoOpts
	if opts != nil {
		send = *opts
	}
	chat, err := ev.place(ev.Message(), placement{
		&send.BusinessConnectionId, &send.MessageThreadId, &send.DirectMessagesTopicId, &send.ReceiverUserId, &send.CallbackQueryId,
		send.ReplyParameters != nil,
	})
	if err != nil {
		return nil, ev.refuse("replying to", err)
	}
	return ev.Bot.SendPhotoWithContext(ctx, chat, photo, &send)
}

// ReplyDocument sends a file to where the update belongs: see [Event.Reply]. It refuses a guest message. opts may be nil,
// and is not changed.
func (ev *Event) ReplyDocument(ctx context.Context, file gotgbot.InputFileOrString, opts *gotgbot.SendDocumentOpts) (*gotgbot.Message, error) {
	var send gotgbot.SendDocumentOpts
	if opts != nil {
		send = *opts
	}
	chat, err := ev.place(ev.Message(), placement{
		&send.BusinessConnectionId, &send.MessageThreadId, &send.DirectMessagesTopicId, &send.ReceiverUserId, &send.CallbackQueryId,
		send.ReplyParameters != nil,
	})
	if err != nil {
		return nil, ev.refuse("replying to", err)
	}
	return ev.Bot.SendDocumentWithContext(ctx, chat, file, &send)
}

// Typing shows in the chat of the update that the bot is typing, for about five seconds. Telegram has no such thing in
// channels and for guest messages.
func (ev *Event) Typing(ctx context.Context) error {
	const what = "typing for"
	m := ev.Message()
	a := ev.address(m)
	chat := ev.Chat()
	switch {
	case a.Chat == 0:
		return ev.refuse(what, ErrNoChat)
	case a.GuestQuery != "", ev.inDirectMessages(), chat != nil && chat.Type == "channel":
		return ev.refuse(what, ErrNoCall)
	case ev.topicUnknown(m, a):
		return ev.refuse(what, ErrNoTopic)
	}
	return sendChatAction(ctx, ev.Bot, a.Chat, gotgbot.ChatActionTyping, &gotgbot.SendChatActionOpts{
		BusinessConnectionId: a.BusinessConnection, MessageThreadId: a.Thread,
	})
}

// replyToGuest answers the guest query of a message.
func (ev *Event) replyToGuest(ctx context.Context, m *gotgbot.Message, text string, send *gotgbot.SendMessageOpts) (*gotgbot.Message, error) {
	article := gotgbot.InlineQueryResultArticle{
		Id: "reply", Title: "reply", // nobody sees them
		InputMessageContent: gotgbot.InputTextMessageContent{
			MessageText: text, ParseMode: send.ParseMode, Entities: send.Entities, LinkPreviewOptions: send.LinkPreviewOptions,
		},
	}
	switch markup := send.ReplyMarkup.(type) {
	case nil:
	case gotgbot.InlineKeyboardMarkup:
		article.ReplyMarkup = &markup
	case *gotgbot.InlineKeyboardMarkup:
		article.ReplyMarkup = markup
	default:
		return nil, ev.refuse("replying with a keyboard that is not inline to", ErrNoCall)
	}
	if _, err := ev.Bot.AnswerGuestQueryWithContext(ctx, m.GuestQueryId, article, &gotgbot.AnswerGuestQueryOpts{RequestOpts: send.RequestOpts}); err != nil {
		return nil, err
	}
	return &gotgbot.Message{GuestQueryId: m.GuestQueryId, Chat: m.Chat, Text: text}, nil
}
