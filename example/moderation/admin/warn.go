package admin

import (
	"context"
	"fmt"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
)

func (a *Admin) Warn(ctx context.Context, in *bot.WarnInput) error {
	user, err := chats.Target(in.Message)
	switch {
	case err != nil:
		return chats.Say(ctx, in.Event, "Answer a message of the person with this command.")
	case chats.MayModerate(ctx, in.Event, user.Id):
		return chats.Say(ctx, in.Event, "%s is an admin.", chats.Name(user))
	}
	reason := "no reason given"
	if in.Args.Reason != nil {
		reason = *in.Args.Reason
	}
	known := a.chats.Of(in.Event)
	if known.reasons == nil {
		known.reasons = map[int64][]string{}
	}
	known.reasons[user.Id] = append(known.reasons[user.Id], reason)
	count := len(known.reasons[user.Id])
	if count >= known.max() {
		if _, err := in.Bot.BanChatMemberWithContext(ctx, in.Header.Chat, user.Id, nil); err != nil {
			return err
		}
		delete(known.reasons, user.Id)
		return chats.Say(ctx, in.Event, "%s is banned after %d warnings.", chats.Name(user), count)
	}
	button, err := bot.TakeBackData{User: user.Id, Count: count}.Button("Take back")
	if err != nil {
		return err
	}
	_, err = in.Reply(ctx, fmt.Sprintf("%s has %d of %d warnings: %s", chats.Name(user), count, known.max(), reason),
		&gotgbot.SendMessageOpts{ReplyMarkup: gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{button}}}})
	return err
}

// TakeBack takes back the warning below which the button is. If there were later warnings, it takes back none: the last one
// goes first.
func (a *Admin) TakeBack(ctx context.Context, in *bot.TakeBackInput) error {
	known := a.chats.Of(in.Event)
	reasons := known.reasons[in.Data.User]
	if len(reasons) != in.Data.Count {
		return in.Answer(ctx, "This is not the last warning any more.", nil)
	}
	known.reasons[in.Data.User] = reasons[:len(reasons)-1]
	if err := in.Answer(ctx, "", nil); err != nil {
		return err
	}
	return in.Edit(ctx, "The warning is taken back.", nil)
}

func (a *Admin) Unwarn(ctx context.Context, in *bot.UnwarnInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		return chats.Say(ctx, in.Event, "Answer a message of the person with this command.")
	}
	known := a.chats.Of(in.Event)
	reasons := known.reasons[user.Id]
	if len(reasons) == 0 {
		return chats.Say(ctx, in.Event, "%s has no warnings.", chats.Name(user))
	}
	known.reasons[user.Id] = reasons[:len(reasons)-1]
	return chats.Say(ctx, in.Event, "%s has %d of %d warnings.", chats.Name(user), len(reasons)-1, known.max())
}

func (a *Admin) ResetWarns(ctx context.Context, in *bot.ResetWarnsInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		return chats.Say(ctx, in.Event, "Answer a message of the person with this command.")
	}
	delete(a.chats.Of(in.Event).reasons, user.Id)
	return chats.Say(ctx, in.Event, "%s has no warnings.", chats.Name(user))
}

func (a *Admin) WarnLimit(ctx context.Context, in *bot.WarnLimitInput) error {
	if in.Args.Limit < 1 || in.Args.Limit > 99 {
		return chats.Say(ctx, in.Event, "1 to 99, please.")
	}
	a.chats.Of(in.Event).limit = in.Args.Limit
	return chats.Say(ctx, in.Event, "%d warnings are a ban.", in.Args.Limit)
}

func (a *Admin) Warns(ctx context.Context, in *bot.WarnsInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		user = in.Message.From
	}
	if user == nil {
		return chats.Say(ctx, in.Event, "A channel has no warnings.")
	}
	known := a.chats.Of(in.Event)
	reasons := known.reasons[user.Id]
	if len(reasons) == 0 {
		return chats.Say(ctx, in.Event, "%s has no warnings.", chats.Name(user))
	}
	return chats.Say(ctx, in.Event, "%s has %d of %d warnings:\n%s", chats.Name(user), len(reasons), known.max(), strings.Join(reasons, "\n"))
}
