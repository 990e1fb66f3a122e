package antiflood

import (
	"context"
	"strings"
	"time"

	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
)

func (a *Antiflood) SetFlood(ctx context.Context, in *bot.SetFloodInput) error {
	if in.Args.Messages < 2 || in.Args.Messages > 100 || in.Args.Within < time.Second || in.Args.Within > time.Hour {
		return chats.Say(ctx, in.Event, "2 to 100 messages within a second to an hour, please.")
	}
	w := a.chats.Of(in.Event)
	w.messages, w.within = in.Args.Messages, in.Args.Within
	return chats.Say(ctx, in.Event, "%d messages within %v are a flood.", w.messages, w.within)
}

func (a *Antiflood) FloodMode(ctx context.Context, in *bot.FloodModeInput) error {
	a.chats.Of(in.Event).mode = in.Args.Mode
	return chats.Say(ctx, in.Event, "On a flood: %s.", in.Args.Mode)
}

func (a *Antiflood) FloodOff(ctx context.Context, in *bot.FloodOffInput) error {
	w := a.chats.Of(in.Event)
	w.messages = 0
	clear(w.recent)
	return chats.Say(ctx, in.Event, "Flood control is off.")
}

func (a *Antiflood) ShowFlood(ctx context.Context, in *bot.ShowFloodInput) error {
	w := a.chats.Of(in.Event)
	if w.messages == 0 {
		return chats.Say(ctx, in.Event, "Flood control is off.")
	}
	mode := w.mode
	if mode == "" {
		mode = bot.FloodModeModeDelete
	}
	return chats.Say(ctx, in.Event, "%d messages within %v are a flood. On a flood: %s.", w.messages, w.within, mode)
}

func (a *Antiflood) Block(ctx context.Context, in *bot.BlockInput) error {
	w := a.chats.Of(in.Event)
	if w.blocked == nil {
		w.blocked = map[string]bool{}
	}
	w.blocked[strings.ToLower(in.Args.Word)] = true
	return chats.Say(ctx, in.Event, "Blocked: %s", sorted(w.blocked, ""))
}

func (a *Antiflood) Unblock(ctx context.Context, in *bot.UnblockInput) error {
	w := a.chats.Of(in.Event)
	delete(w.blocked, strings.ToLower(in.Args.Word))
	return chats.Say(ctx, in.Event, "Blocked: %s", sorted(w.blocked, "nothing"))
}

func (a *Antiflood) ListBlocked(ctx context.Context, in *bot.ListBlockedInput) error {
	return chats.Say(ctx, in.Event, "Blocked: %s", sorted(a.chats.Of(in.Event).blocked, "nothing"))
}

func (a *Antiflood) Lock(ctx context.Context, in *bot.LockInput) error {
	w := a.chats.Of(in.Event)
	if w.locked == nil {
		w.locked = map[string]bool{}
	}
	w.locked[string(in.Args.What)] = true
	return chats.Say(ctx, in.Event, "Locked: %s", sorted(w.locked, ""))
}

func (a *Antiflood) Unlock(ctx context.Context, in *bot.UnlockInput) error {
	w := a.chats.Of(in.Event)
	delete(w.locked, string(in.Args.What))
	return chats.Say(ctx, in.Event, "Locked: %s", sorted(w.locked, "nothing"))
}

func (a *Antiflood) ListLocks(ctx context.Context, in *bot.ListLocksInput) error {
	return chats.Say(ctx, in.Event, "Locked: %s", sorted(a.chats.Of(in.Event).locked, "nothing"))
}

func (a *Antiflood) AddFilter(ctx context.Context, in *bot.AddFilterInput) error {
	w := a.chats.Of(in.Event)
	if w.answers == nil {
		w.answers = map[string]string{}
	}
	w.answers[strings.ToLower(in.Args.Word)] = in.Args.Answer
	return chats.Say(ctx, in.Event, "I answer: %s", sorted(w.answers, ""))
}

func (a *Antiflood) StopFilter(ctx context.Context, in *bot.StopFilterInput) error {
	w := a.chats.Of(in.Event)
	delete(w.answers, strings.ToLower(in.Args.Word))
	return chats.Say(ctx, in.Event, "I answer: %s", sorted(w.answers, "nothing"))
}

func (a *Antiflood) ListFilters(ctx context.Context, in *bot.ListFiltersInput) error {
	return chats.Say(ctx, in.Event, "I answer: %s", sorted(a.chats.Of(in.Event).answers, "nothing"))
}
