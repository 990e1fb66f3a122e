package telegram

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// The functions of this file make the calls of Event's methods. If no link of the author's needs the map of parameters, they
// encode the parameters and decode the result with generated code. Otherwise they call gotgbot.

// bodySize is the room for the parameters of a call, in bytes. Most need less.
const bodySize = 256

// act makes a call: directly with what encode appends, or as gotgbot makes it. result is nil if gotgbot made it.
func act(ctx context.Context, b *gotgbot.Bot, call direct.Call, encode func([]byte) ([]byte, error)) (result json.RawMessage, err error) {
	c, ok := b.BotClient.(*chain)
	if !ok || c.direct == nil || call.Opts != nil && len(call.Opts.OverrideParams) > 0 {
		return nil, call.Repeat(ctx, b)
	}
	if call.Body, err = encode(make([]byte, 0, bodySize)); err != nil {
		return nil, fmt.Errorf("%s: parameters: %w", call.Method, err)
	}
	return c.direct.RequestDirect(ctx, b.Token, &call)
}

func sendMessage(ctx context.Context, b *gotgbot.Bot, chat int64, text string, opts *gotgbot.SendMessageOpts) (m *gotgbot.Message, err error) {
	result, err := act(ctx, b, direct.Call{
		Method: "sendMessage", Chat: chat, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			sent, err := b.SendMessageWithContext(ctx, chat, text, opts)
			m = sent
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendSendMessage(buf, chat, text, opts) })
	switch {
	case err != nil:
		return nil, err
	case result == nil:
		return m, nil
	}
	if m, err = wire.DecodeMessage(result); err != nil {
		return nil, fmt.Errorf("sendMessage: the result is not a message: %w", err)
	}
	return m, nil
}

func editMessageText(ctx context.Context, b *gotgbot.Bot, opts *gotgbot.EditMessageTextOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "editMessageText", Chat: opts.ChatId, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, _, err := b.EditMessageTextWithContext(ctx, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendEditMessageText(buf, opts) })
	return err
}

func editMessageCaption(ctx context.Context, b *gotgbot.Bot, opts *gotgbot.EditMessageCaptionOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "editMessageCaption", Chat: opts.ChatId, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, _, err := b.EditMessageCaptionWithContext(ctx, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendEditMessageCaption(buf, opts) })
	return err
}

func editMessageReplyMarkup(ctx context.Context, b *gotgbot.Bot, opts *gotgbot.EditMessageReplyMarkupOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "editMessageReplyMarkup", Chat: opts.ChatId, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, _, err := b.EditMessageReplyMarkupWithContext(ctx, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendEditMessageReplyMarkup(buf, opts) })
	return err
}

func answerCallbackQuery(ctx context.Context, b *gotgbot.Bot, query string, opts *gotgbot.AnswerCallbackQueryOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "answerCallbackQuery", Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, err := b.AnswerCallbackQueryWithContext(ctx, query, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendAnswerCallbackQuery(buf, query, opts) })
	return err
}

func deleteMessage(ctx context.Context, b *gotgbot.Bot, chat, message int64) error {
	_, err := act(ctx, b, direct.Call{
		Method: "deleteMessage", Chat: chat,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, err := b.DeleteMessageWithContext(ctx, chat, message, nil)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendDeleteMessage(buf, chat, message) })
	return err
}

func sendChatAction(ctx context.Context, b *gotgbot.Bot, chat int64, action string, opts *gotgbot.SendChatActionOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "sendChatAction", Chat: chat, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, err := b.SendChatActionWithContext(ctx, chat, action, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendSendChatAction(buf, chat, action, opts) })
	return err
}

func setMessageReaction(ctx context.Context, b *gotgbot.Bot, chat, message int64, opts *gotgbot.SetMessageReactionOpts) error {
	_, err := act(ctx, b, direct.Call{
		Method: "setMessageReaction", Chat: chat, Opts: opts.RequestOpts,
		Repeat: func(ctx context.Context, b *gotgbot.Bot) error {
			_, err := b.SetMessageReactionWithContext(ctx, chat, message, opts)
			return err
		},
	}, func(buf []byte) ([]byte, error) { return wire.AppendSetMessageReaction(buf, chat, message, opts) })
	return err
}
