// Package admin has the commands with which admins keep order: bans, warnings, pins and deletions.
package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
	"github.com/tggen/tggen/runtime/telegram"
)

// Admin implements the handlers of admin.yaml. The zero Admin is ready for use.
type Admin struct {
	chats chats.Map[warnings]
}

// defaultLimit is how many warnings are a ban, unless /warnlimit says otherwise.
const defaultLimit = 3

// warnings are the warnings of one chat.
type warnings struct {
	limit   int // 0: defaultLimit
	reasons map[int64][]string
}

func (w *warnings) max() int {
	if w.limit == 0 {
		return defaultLimit
	}
	return w.limit
}

// punish does something to the person that a command is about, and says so. It spares admins.
func punish(ctx context.Context, ev *telegram.Event, m *gotgbot.Message, done string, do func(user int64) error) error {
	user, err := chats.Target(m)
	if err != nil {
		return chats.Say(ctx, ev, "Answer a message of the person with this command.")
	}
	if chats.MayModerate(ctx, ev, user.Id) {
		return chats.Say(ctx, ev, "%s is an admin.", chats.Name(user))
	}
	if err := do(user.Id); err != nil {
		return err
	}
	return chats.Say(ctx, ev, "%s %s", chats.Name(user), done)
}

// because is a reason as the end of a sentence.
func because(reason *string) string {
	if reason == nil {
		return "."
	}
	return ": " + *reason
}

func (a *Admin) Ban(ctx context.Context, in *bot.BanInput) error {
	return punish(ctx, in.Event, in.Message, "is banned"+because(in.Args.Reason), func(user int64) error {
		_, err := in.Bot.BanChatMemberWithContext(ctx, in.Header.Chat, user, nil)
		return err
	})
}

func (a *Admin) Unban(ctx context.Context, in *bot.UnbanInput) error {
	return punish(ctx, in.Event, in.Message, "may come back.", func(user int64) error {
		return unban(ctx, in.Event, user)
	})
}

func unban(ctx context.Context, ev *telegram.Event, user int64) error {
	_, err := ev.Bot.UnbanChatMemberWithContext(ctx, ev.Header.Chat, user, &gotgbot.UnbanChatMemberOpts{OnlyIfBanned: true})
	return err
}

func (a *Admin) Kick(ctx context.Context, in *bot.KickInput) error {
	return punish(ctx, in.Event, in.Message, "had to leave.", func(user int64) error {
		if _, err := in.Bot.BanChatMemberWithContext(ctx, in.Header.Chat, user, nil); err != nil {
			return err
		}
		return unban(ctx, in.Event, user)
	})
}

// speech is the permissions of a member who may or may not speak.
func speech(may bool) gotgbot.ChatPermissions {
	return gotgbot.ChatPermissions{
		CanSendMessages: may, CanSendAudios: may, CanSendDocuments: may, CanSendPhotos: may, CanSendVideos: may, CanSendVideoNotes: may,
		CanSendVoiceNotes: may, CanSendPolls: may, CanSendOtherMessages: may, CanAddWebPagePreviews: may, CanInviteUsers: may,
	}
}

func (a *Admin) Mute(ctx context.Context, in *bot.MuteInput) error {
	if in.Args.For < time.Minute || in.Args.For > 365*24*time.Hour {
		return chats.Say(ctx, in.Event, "Between a minute and a year, please.") // Telegram takes any other time as for ever
	}
	return punish(ctx, in.Event, in.Message, fmt.Sprintf("is silent for %v.", in.Args.For), func(user int64) error {
		_, err := in.Bot.RestrictChatMemberWithContext(ctx, in.Header.Chat, user, speech(false),
			&gotgbot.RestrictChatMemberOpts{UntilDate: time.Now().Add(in.Args.For).Unix()})
		return err
	})
}

func (a *Admin) Unmute(ctx context.Context, in *bot.UnmuteInput) error {
	return punish(ctx, in.Event, in.Message, "may speak again.", func(user int64) error {
		_, err := in.Bot.RestrictChatMemberWithContext(ctx, in.Header.Chat, user, speech(true), nil)
		return err
	})
}

func (a *Admin) Promote(ctx context.Context, in *bot.PromoteInput) error {
	return punish(ctx, in.Event, in.Message, "is an admin now.", func(user int64) error {
		_, err := in.Bot.PromoteChatMemberWithContext(ctx, in.Header.Chat, user, &gotgbot.PromoteChatMemberOpts{
			CanDeleteMessages: true, CanRestrictMembers: new(true), CanPinMessages: true,
		})
		return err
	})
}

func (a *Admin) Demote(ctx context.Context, in *bot.DemoteInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		return chats.Say(ctx, in.Event, "Answer a message of the person with this command.")
	}
	if _, err := in.Bot.PromoteChatMemberWithContext(ctx, in.Header.Chat, user.Id, nil); err != nil {
		return err
	}
	return chats.Say(ctx, in.Event, "%s is a member now.", chats.Name(user))
}

func (a *Admin) SetTitle(ctx context.Context, in *bot.SetTitleInput) error {
	_, err := in.Bot.SetChatTitleWithContext(ctx, in.Header.Chat, in.Args.Title, nil)
	return err
}

func (a *Admin) Close(ctx context.Context, in *bot.CloseInput) error {
	if _, err := in.Bot.SetChatPermissionsWithContext(ctx, in.Header.Chat, speech(false), nil); err != nil {
		return err
	}
	return chats.Say(ctx, in.Event, "Only admins may write now.")
}

func (a *Admin) Open(ctx context.Context, in *bot.OpenInput) error {
	if _, err := in.Bot.SetChatPermissionsWithContext(ctx, in.Header.Chat, speech(true), nil); err != nil {
		return err
	}
	return chats.Say(ctx, in.Event, "Everybody may write again.")
}

func (a *Admin) Report(ctx context.Context, in *bot.ReportInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		return chats.Say(ctx, in.Event, "Answer the message that you report.")
	}
	admins, err := in.Bot.GetChatAdministratorsWithContext(ctx, in.Header.Chat, nil)
	if err != nil {
		return err
	}
	names := ""
	for _, admin := range admins {
		if u := admin.GetUser(); u.Username != "" {
			names += " @" + u.Username
		}
	}
	return chats.Say(ctx, in.Event, "%s is reported%s%s", chats.Name(user), because(in.Args.Reason), names)
}
