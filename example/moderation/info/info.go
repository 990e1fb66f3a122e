// Package info tells people about the chat, other people and the bot, and greets who joins.
package info

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
	"github.com/tggen/tggen/runtime/telegram"
)

// Info implements the handlers of info.yaml.
type Info struct {
	// Top are the people who wrote most, at most n lines. It is not nil.
	Top func(ev *telegram.Event, n int) []string

	chats chats.Map[welcome]
}

// A welcome is the text for people who join a chat. Empty: they are not greeted.
type welcome struct{ text string }

func (i *Info) Start(ctx context.Context, in *bot.StartInput) error {
	return chats.Say(ctx, in.Event, "Hello %s! Add me to a group and make me an admin there. /help lists what I can do.", in.Message.From.FirstName)
}

// Help lists the commands with a description: those of the menus of private chats and of groups.
func (i *Info) Help(ctx context.Context, in *bot.HelpInput) error {
	var b strings.Builder
	listed := make(map[string]bool)
	for _, menu := range bot.Menus() {
		for _, c := range menu.Commands {
			if !listed[c.Command] {
				listed[c.Command] = true
				fmt.Fprintf(&b, "/%s – %s\n", c.Command, c.Description)
			}
		}
	}
	return chats.Say(ctx, in.Event, "%s", b.String())
}

func (i *Info) ID(ctx context.Context, in *bot.IDInput) error {
	text := fmt.Sprintf("This chat: %d\nYou: %d", in.Header.Chat, in.Header.User)
	if user, err := chats.Target(in.Message); err == nil {
		text += fmt.Sprintf("\n%s: %d", chats.Name(user), user.Id)
	}
	return chats.Say(ctx, in.Event, "%s", text)
}

func (i *Info) Whois(ctx context.Context, in *bot.WhoisInput) error {
	user, err := chats.Target(in.Message)
	if err != nil {
		user = in.Message.From
	}
	if user == nil {
		return chats.Say(ctx, in.Event, "That is a channel.")
	}
	member, err := in.Bot.GetChatMemberWithContext(ctx, in.Header.Chat, user.Id, nil)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\nStatus: %s", chats.Name(user), member.GetStatus())
	if user.Username != "" {
		text += "\nUsername: @" + user.Username
	}
	if user.LanguageCode != "" {
		text += "\nLanguage: " + user.LanguageCode
	}
	return chats.Say(ctx, in.Event, "%s", text)
}

func (i *Info) Ping(ctx context.Context, in *bot.PingInput) error {
	return chats.Say(ctx, in.Event, "Pong.")
}

func (i *Info) Roll(ctx context.Context, in *bot.RollInput) error {
	if in.Args.Sides < 2 || in.Args.Sides > 1000 {
		return chats.Say(ctx, in.Event, "2 to 1000 sides, please.")
	}
	return chats.Say(ctx, in.Event, "%d of %d", 1+rand.IntN(in.Args.Sides), in.Args.Sides)
}

func (i *Info) Stats(ctx context.Context, in *bot.StatsInput) error {
	return chats.Say(ctx, in.Event, "Messages since I started:\n%s", strings.Join(i.Top(in.Event, 10), "\n"))
}

func (i *Info) Members(ctx context.Context, in *bot.MembersInput) error {
	count, err := in.Bot.GetChatMemberCountWithContext(ctx, in.Header.Chat, nil)
	if err != nil {
		return err
	}
	return chats.Say(ctx, in.Event, "%d members", count)
}

func (i *Info) Admins(ctx context.Context, in *bot.AdminsInput) error {
	admins, err := in.Bot.GetChatAdministratorsWithContext(ctx, in.Header.Chat, nil)
	if err != nil {
		return err
	}
	var names []string
	for _, admin := range admins {
		user := admin.GetUser()
		names = append(names, chats.Name(&user))
	}
	return chats.Say(ctx, in.Event, "Admins: %s", strings.Join(names, ", "))
}

func (i *Info) SetWelcome(ctx context.Context, in *bot.SetWelcomeInput) error {
	i.chats.Of(in.Event).text = in.Args.Text
	return chats.Say(ctx, in.Event, "The welcome is set.")
}

func (i *Info) ClearWelcome(ctx context.Context, in *bot.ClearWelcomeInput) error {
	i.chats.Of(in.Event).text = ""
	return chats.Say(ctx, in.Event, "Nobody is greeted any more.")
}

func (i *Info) Welcome(ctx context.Context, in *bot.WelcomeInput) error {
	text := i.chats.Of(in.Event).text
	if text == "" {
		text = "Nobody is greeted."
	}
	return chats.Say(ctx, in.Event, "%s", text)
}

func (i *Info) Greet(ctx context.Context, in *bot.GreetInput) error {
	text := i.chats.Of(in.Event).text
	if text == "" {
		return nil
	}
	for _, user := range in.NewChatMembers {
		filled := strings.NewReplacer("{name}", chats.Name(&user), "{group}", in.Message.Chat.Title).Replace(text)
		if err := chats.Say(ctx, in.Event, "%s", filled); err != nil {
			return err
		}
	}
	return nil
}
