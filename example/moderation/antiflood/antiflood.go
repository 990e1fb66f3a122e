// Package antiflood removes what a chat does not want: floods, blocked words and locked kinds of messages. It also answers
// words.
package antiflood

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
	"github.com/tggen/tggen/runtime/telegram"
)

// Antiflood implements the handlers of antiflood.yaml. The zero Antiflood is ready for use.
type Antiflood struct {
	chats chats.Map[watch]
}

// A watch is what is forbidden in one chat, and what happened there.
type watch struct {
	messages int // how many are a flood; 0: none are
	within   time.Duration
	mode     bot.FloodModeMode

	blocked map[string]bool
	locked  map[string]bool
	answers map[string]string

	recent  map[int64][]int64 // the times of a person's latest messages, in seconds
	written map[int64]int     // how many messages a person wrote
	names   map[int64]string
}

// Count keeps the statistics. It runs first, for every message of a group, so the predicates after it see its result.
func (a *Antiflood) Count(_ context.Context, in *bot.CountInput) error {
	from := in.Message.From
	if from == nil {
		return nil
	}
	w := a.chats.Of(in.Event)
	if w.written == nil {
		w.written, w.names, w.recent = map[int64]int{}, map[int64]string{}, map[int64][]int64{}
	}
	w.written[from.Id]++
	w.names[from.Id] = chats.Name(from)
	if w.messages > 0 {
		times := append(w.recent[from.Id], in.Message.Date)
		w.recent[from.Id] = times[max(0, len(times)-w.messages):]
	}
	return nil
}

// IsFlood reports whether the sender has written as many messages as are a flood.
func (a *Antiflood) IsFlood(_ context.Context, ev *telegram.Event) bool {
	w := a.chats.Of(ev)
	times := w.recent[ev.Header.User]
	return w.messages > 0 && len(times) >= w.messages && times[len(times)-1]-times[0] <= int64(w.within/time.Second)
}

func (a *Antiflood) StopFlood(ctx context.Context, in *bot.StopFloodInput) error {
	w := a.chats.Of(in.Event)
	if err := remove(ctx, in.Event, in.Message); err != nil || in.Message.From == nil {
		return err
	}
	var err error
	done := "is silent for ten minutes"
	switch user := in.Message.From.Id; w.mode {
	case bot.FloodModeModeBan:
		done = "is banned"
		_, err = in.Bot.BanChatMemberWithContext(ctx, in.Header.Chat, user, nil)
	case bot.FloodModeModeMute:
		_, err = in.Bot.RestrictChatMemberWithContext(ctx, in.Header.Chat, user, gotgbot.ChatPermissions{},
			&gotgbot.RestrictChatMemberOpts{UntilDate: in.Message.Date + 600})
	default:
		return nil
	}
	if err != nil {
		return err
	}
	delete(w.recent, in.Message.From.Id)
	return chats.Say(ctx, in.Event, "%s writes too much and %s.", chats.Name(in.Message.From), done)
}

func remove(ctx context.Context, ev *telegram.Event, m *gotgbot.Message) error {
	_, err := ev.Bot.DeleteMessageWithContext(ctx, m.Chat.Id, m.MessageId, nil)
	return err
}

// words are the words of a message, in lower case.
func words(m *gotgbot.Message) []string {
	return strings.FieldsFunc(strings.ToLower(m.Text+" "+m.Caption), func(letter rune) bool {
		return !unicode.IsLetter(letter) && !unicode.IsDigit(letter)
	})
}

func (a *Antiflood) HasBlockedWord(_ context.Context, ev *telegram.Event) bool {
	w := a.chats.Of(ev)
	return len(w.blocked) > 0 && slices.ContainsFunc(words(ev.Update.Message), func(word string) bool { return w.blocked[word] })
}

func (a *Antiflood) RemoveBlocked(ctx context.Context, in *bot.RemoveBlockedInput) error {
	return remove(ctx, in.Event, in.Message)
}

func (a *Antiflood) IsLocked(_ context.Context, ev *telegram.Event) bool {
	w, m := a.chats.Of(ev), ev.Update.Message
	if len(w.locked) == 0 {
		return false
	}
	link := func(e gotgbot.MessageEntity) bool { return e.Type == "url" || e.Type == "text_link" }
	return w.locked["links"] && (slices.ContainsFunc(m.Entities, link) || slices.ContainsFunc(m.CaptionEntities, link)) ||
		w.locked["media"] && (len(m.Photo) > 0 || m.Video != nil || m.Audio != nil || m.Document != nil || m.Voice != nil) ||
		w.locked["stickers"] && m.Sticker != nil ||
		w.locked["forwards"] && m.ForwardOrigin != nil
}

func (a *Antiflood) RemoveLocked(ctx context.Context, in *bot.RemoveLockedInput) error {
	return remove(ctx, in.Event, in.Message)
}

// HasFilter reports whether the message has a word that the bot answers. Commands have none: /stop names such a word.
func (a *Antiflood) HasFilter(_ context.Context, ev *telegram.Event) bool {
	return a.answer(ev) != ""
}

func (a *Antiflood) answer(ev *telegram.Event) string {
	w, m := a.chats.Of(ev), ev.Update.Message
	if len(w.answers) == 0 || strings.HasPrefix(m.Text, "/") {
		return ""
	}
	for _, word := range words(m) {
		if text := w.answers[word]; text != "" {
			return text
		}
	}
	return ""
}

func (a *Antiflood) AnswerFilter(ctx context.Context, in *bot.AnswerFilterInput) error {
	return chats.Say(ctx, in.Event, "%s", a.answer(in.Event))
}

// sorted are the keys of a map as a text, or otherwise.
func sorted[V any](all map[string]V, otherwise string) string {
	if len(all) == 0 {
		return otherwise
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), ", ")
}

// Top are the people who wrote most, at most n lines, such as "12 Ann".
func (a *Antiflood) Top(ev *telegram.Event, n int) []string {
	w := a.chats.Of(ev)
	people := slices.SortedFunc(maps.Keys(w.written), func(x, y int64) int {
		if w.written[x] != w.written[y] {
			return w.written[y] - w.written[x]
		}
		return strings.Compare(w.names[x], w.names[y])
	})
	var lines []string
	for _, person := range people[:min(n, len(people))] {
		lines = append(lines, fmt.Sprintf("%d %s", w.written[person], w.names[person]))
	}
	return lines
}
