package telegram

import (
	"cmp"
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

// Answer answers the callback query of the update, which removes the progress bar from the button. An empty text shows
// nothing. opts may be nil, and is not changed.
func (ev *Event) Answer(ctx context.Context, text string, opts *gotgbot.AnswerCallbackQueryOpts) error {
	query := ev.Update.CallbackQuery
	if query == nil {
		return ev.refuse("answering", ErrNoQuery)
	}
	var answer gotgbot.AnswerCallbackQueryOpts
	if opts != nil {
		answer = *opts
	}
	answer.Text = text
	return answerCallbackQuery(ctx, ev.Bot, query.Id, &answer)
}

// Edit replaces the text of the message whose button was pressed, and its keyboard by the one in opts, or by none. It
// works for messages of inline mode, ephemeral messages and those of a business connection, too. opts may be nil, and is
// not changed.
func (ev *Event) Edit(ctx context.Context, text string, opts *gotgbot.EditMessageTextOpts) error {
	var edit gotgbot.EditMessageTextOpts
	if opts != nil {
		edit = *opts
	}
	edit.Text = text
	a, err := ev.editable()
	if err != nil {
		return err
	}
	if a.Ephemeral != 0 {
		_, err = ev.Bot.EditEphemeralMessageTextWithContext(ctx, a.Chat, a.Receiver, a.Ephemeral, text, &gotgbot.EditEphemeralMessageTextOpts{
			ParseMode: edit.ParseMode, Entities: edit.Entities, LinkPreviewOptions: edit.LinkPreviewOptions,
			ReplyMarkup: edit.ReplyMarkup, RequestOpts: edit.RequestOpts,
		})
		return err
	}
	edit.ChatId, edit.MessageId, edit.InlineMessageId = a.Chat, a.Message, a.InlineMessage
	edit.BusinessConnectionId = cmp.Or(edit.BusinessConnectionId, a.BusinessConnection)
	return editMessageText(ctx, ev.Bot, &edit)
}

// EditCaption replaces the caption of the message whose button was pressed, and its keyboard: see [Event.Edit]. opts may be
// nil, and is not changed.
func (ev *Event) EditCaption(ctx context.Context, caption string, opts *gotgbot.EditMessageCaptionOpts) error {
	var edit gotgbot.EditMessageCaptionOpts
	if opts != nil {
		edit = *opts
	}
	edit.Caption = caption
	a, err := ev.editable()
	if err != nil {
		return err
	}
	if a.Ephemeral != 0 {
		_, err = ev.Bot.EditEphemeralMessageCaptionWithContext(ctx, a.Chat, a.Receiver, a.Ephemeral, &gotgbot.EditEphemeralMessageCaptionOpts{
			Caption: caption, ParseMode: edit.ParseMode, CaptionEntities: edit.CaptionEntities,
			ReplyMarkup: edit.ReplyMarkup, RequestOpts: edit.RequestOpts,
		})
		return err
	}
	edit.ChatId, edit.MessageId, edit.InlineMessageId = a.Chat, a.Message, a.InlineMessage
	edit.BusinessConnectionId = cmp.Or(edit.BusinessConnectionId, a.BusinessConnection)
	return editMessageCaption(ctx, ev.Bot, &edit)
}

// EditMarkup replaces only the keyboard of the message whose button was pressed: see [Event.Edit]. A keyboard without
// buttons removes it.
func (ev *Event) EditMarkup(ctx context.Context, keyboard gotgbot.InlineKeyboardMarkup) error {
	a, err := ev.editable()
	if err != nil {
		return err
	}
	if a.Ephemeral != 0 {
		_, err = ev.Bot.EditEphemeralMessageReplyMarkupWithContext(ctx, a.Chat, a.Receiver, a.Ephemeral,
			&gotgbot.EditEphemeralMessageReplyMarkupOpts{ReplyMarkup: keyboard})
		return err
	}
	return editMessageReplyMarkup(ctx, ev.Bot, &gotgbot.EditMessageReplyMarkupOpts{
		ChatId: a.Chat, MessageId: a.Message, InlineMessageId: a.InlineMessage,
		BusinessConnectionId: a.BusinessConnection, ReplyMarkup: keyboard,
	})
}

// editable returns the address of the message whose button was pressed.
func (ev *Event) editable() (Address, error) {
	a := ev.Address()
	if ev.Update.CallbackQuery == nil || a.Message == 0 && a.InlineMessage == "" && a.Ephemeral == 0 {
		return a, ev.refuse("editing for", ErrNoMessage)
	}
	if a.InlineMessage != "" {
		a = Address{InlineMessage: a.InlineMessage}
	}
	return a, nil
}

// Delete deletes the message that the update is, or whose button was pressed, or that was reacted to. The Bot API cannot
// delete a message of inline mode or a guest message.
func (ev *Event) Delete(ctx context.Context) error {
	a := ev.Address()
	switch {
	case a.GuestQuery != "", a.InlineMessage != "":
		return ev.refuse("deleting", ErrNoCall)
	case a.Ephemeral != 0:
		_, err := ev.Bot.DeleteEphemeralMessageWithContext(ctx, a.Chat, a.Receiver, a.Ephemeral, nil)
		return err
	case a.Message == 0:
		return ev.refuse("deleting", ErrNoMessage)
	case a.BusinessConnection != "":
		_, err := ev.Bot.DeleteBusinessMessagesWithContext(ctx, a.BusinessConnection, []int64{a.Message}, nil)
		return err
	}
	return deleteMessage(ctx, ev.Bot, a.Chat, a.Message)
}

// React sets the bot's reaction to the message that the update is, or whose button was pressed, or that was reacted to. An
// empty emoji removes it. The Bot API has no reactions to messages of inline mode, to guest messages, to ephemeral ones, and
// to those of a business connection.
func (ev *Event) React(ctx context.Context, emoji string) error {
	a := ev.Address()
	switch {
	case a.GuestQuery != "", a.InlineMessage != "", a.Ephemeral != 0, a.BusinessConnection != "":
		return ev.refuse("reacting to", ErrNoCall)
	case a.Message == 0:
		return ev.refuse("reacting to", ErrNoMessage)
	}
	reaction := []gotgbot.ReactionType{}
	if emoji != "" {
		reaction = append(reaction, gotgbot.ReactionTypeEmoji{Emoji: emoji})
	}
	return setMessageReaction(ctx, ev.Bot, a.Chat, a.Message, &gotgbot.SetMessageReactionOpts{Reaction: reaction})
}
