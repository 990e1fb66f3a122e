package admin

import (
	"context"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
)

func (a *Admin) Pin(ctx context.Context, in *bot.PinInput) error {
	if in.Message.ReplyToMessage == nil {
		return chats.Say(ctx, in.Event, "Answer the message that you want to pin.")
	}
	_, err := in.Bot.PinChatMessageWithContext(ctx, in.Header.Chat, in.Message.ReplyToMessage.MessageId,
		&gotgbot.PinChatMessageOpts{DisableNotification: !in.Args.Loud})
	return err
}

func (a *Admin) Unpin(ctx context.Context, in *bot.UnpinInput) error {
	opts := &gotgbot.UnpinChatMessageOpts{}
	if to := in.Message.ReplyToMessage; to != nil {
		opts.MessageId = &to.MessageId
	}
	_, err := in.Bot.UnpinChatMessageWithContext(ctx, in.Header.Chat, opts)
	return err
}

func (a *Admin) Delete(ctx context.Context, in *bot.DeleteInput) error {
	if in.Message.ReplyToMessage == nil {
		return chats.Say(ctx, in.Event, "Answer the message that you want to delete.")
	}
	for _, id := range []int64{in.Message.ReplyToMessage.MessageId, in.Message.MessageId} {
		if _, err := in.Bot.DeleteMessageWithContext(ctx, in.Header.Chat, id, nil); err != nil {
			return err
		}
	}
	return nil
}

// maxPurge bounds what one /purge deletes.
const maxPurge = 500

// Purge deletes the messages from the answered one up to the command. Not every id in between is a message, so it ignores
// errors, but not the end of ctx.
func (a *Admin) Purge(ctx context.Context, in *bot.PurgeInput) error {
	if in.Message.ReplyToMessage == nil {
		return chats.Say(ctx, in.Event, "Answer the first message that you want to delete.")
	}
	first, last := in.Message.ReplyToMessage.MessageId, in.Message.MessageId
	if last-first >= maxPurge {
		return chats.Say(ctx, in.Event, "At most %d messages, please.", maxPurge)
	}
	deleted := 0
	for id := first; id <= last && ctx.Err() == nil; id++ {
		if _, err := in.Bot.DeleteMessageWithContext(ctx, in.Header.Chat, id, nil); err == nil {
			deleted++
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return chats.Say(ctx, in.Event, "%d messages are deleted.", deleted)
}
