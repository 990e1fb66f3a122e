// Package notes keeps notes and the rules of a chat.
package notes

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/example/moderation/bot"
	"github.com/tggen/tggen/example/moderation/chats"
	"github.com/tggen/tggen/runtime/telegram"
)

// Notes implements the handlers of notes.yaml. The zero Notes is ready for use.
type Notes struct {
	chats chats.Map[book]
}

// A book is the notes of one chat, by name, and its rules.
type book struct {
	notes map[string]string
	rules string
}

const (
	maxNotes = 200
	pageSize = 5
)

// find is the note with a name, in any case.
func (b *book) find(name string) (string, bool) {
	text, ok := b.notes[strings.ToLower(name)]
	return text, ok
}

func (n *Notes) SaveNote(ctx context.Context, in *bot.SaveNoteInput) error {
	name, text := strings.ToLower(strings.TrimPrefix(in.Args.Name, "#")), ""
	switch to := in.Message.ReplyToMessage; {
	case in.Args.Text != nil:
		text = *in.Args.Text
	case to != nil:
		text = to.Text
	}
	if text == "" {
		return chats.Say(ctx, in.Event, "Write the text after the name, or answer a message with a text.")
	}
	// A button with the name must be possible: the pattern of the callback data says which names it can hold.
	if _, err := (bot.ShowNoteData{Name: name}).Encode(); err != nil || name == "" {
		return chats.Say(ctx, in.Event, "A name has at most 30 bytes, and no colon.")
	}
	known := n.chats.Of(in.Event)
	if known.notes == nil {
		known.notes = map[string]string{}
	}
	if _, replaced := known.notes[name]; !replaced && len(known.notes) == maxNotes {
		return chats.Say(ctx, in.Event, "There are %d notes already.", maxNotes)
	}
	known.notes[name] = text
	return chats.Say(ctx, in.Event, "Saved #%s.", name)
}

func (n *Notes) ClearNote(ctx context.Context, in *bot.ClearNoteInput) error {
	known, name := n.chats.Of(in.Event), strings.ToLower(in.Args.Name)
	if _, ok := known.notes[name]; !ok {
		return chats.Say(ctx, in.Event, "There is no note #%s.", name)
	}
	delete(known.notes, name)
	return chats.Say(ctx, in.Event, "#%s is gone.", name)
}

func (n *Notes) ClearNotes(ctx context.Context, in *bot.ClearNotesInput) error {
	known := n.chats.Of(in.Event)
	count := len(known.notes)
	clear(known.notes)
	return chats.Say(ctx, in.Event, "%d notes are gone.", count)
}

func (n *Notes) GetNote(ctx context.Context, in *bot.GetNoteInput) error {
	text, ok := n.chats.Of(in.Event).find(in.Args.Name)
	if !ok {
		return chats.Say(ctx, in.Event, "There is no note #%s.", in.Args.Name)
	}
	return chats.Say(ctx, in.Event, "%s", text)
}

// Hashtag shows a note. People also use hashtags for other things, so it says nothing about a note that does not exist.
func (n *Notes) Hashtag(ctx context.Context, in *bot.HashtagInput) error {
	text, ok := n.chats.Of(in.Event).find(in.Groups.Name)
	if !ok {
		return nil
	}
	return chats.Say(ctx, in.Event, "%s", text)
}

func (n *Notes) ListNotes(ctx context.Context, in *bot.ListNotesInput) error {
	text, keyboard, err := n.page(in.Event, 0)
	if err != nil {
		return err
	}
	_, err = in.Reply(ctx, text, &gotgbot.SendMessageOpts{ReplyMarkup: keyboard})
	return err
}

func (n *Notes) NotesPage(ctx context.Context, in *bot.NotesPageInput) error {
	text, keyboard, err := n.page(in.Event, in.Data.Page)
	if err != nil {
		return err
	}
	if err := in.Answer(ctx, "", nil); err != nil {
		return err
	}
	return in.Edit(ctx, text, &gotgbot.EditMessageTextOpts{ReplyMarkup: keyboard})
}

func (n *Notes) ShowNote(ctx context.Context, in *bot.ShowNoteInput) error {
	text, ok := n.chats.Of(in.Event).find(in.Data.Name)
	if !ok {
		return in.Answer(ctx, "The note is gone.", nil)
	}
	back, err := bot.NotesPageData{Page: in.Data.Page}.Button("« Back")
	if err != nil {
		return err
	}
	if err := in.Answer(ctx, "", nil); err != nil {
		return err
	}
	return in.Edit(ctx, text, &gotgbot.EditMessageTextOpts{ReplyMarkup: gotgbot.InlineKeyboardMarkup{
		InlineKeyboard: [][]gotgbot.InlineKeyboardButton{{back}},
	}})
}

// page is a page of the list of notes: a button for each note, and buttons for the pages around it.
func (n *Notes) page(ev *telegram.Event, page int) (text string, keyboard gotgbot.InlineKeyboardMarkup, err error) {
	names := slices.Sorted(maps.Keys(n.chats.Of(ev).notes))
	if len(names) == 0 {
		return "There are no notes.", gotgbot.InlineKeyboardMarkup{InlineKeyboard: [][]gotgbot.InlineKeyboardButton{}}, nil
	}
	pages := (len(names) + pageSize - 1) / pageSize
	page = min(page, pages-1) // notes may be gone since the button was made
	var rows [][]gotgbot.InlineKeyboardButton
	for _, name := range names[page*pageSize : min((page+1)*pageSize, len(names))] {
		button, err := bot.ShowNoteData{Name: name, Page: page}.Button("#" + name)
		if err != nil {
			return "", keyboard, err
		}
		rows = append(rows, []gotgbot.InlineKeyboardButton{button})
	}
	var turn []gotgbot.InlineKeyboardButton
	for _, to := range []struct {
		page  int
		label string
	}{{page - 1, "« Back"}, {page + 1, "More »"}} {
		if to.page < 0 || to.page == pages {
			continue
		}
		button, err := bot.NotesPageData{Page: to.page}.Button(to.label)
		if err != nil {
			return "", keyboard, err
		}
		turn = append(turn, button)
	}
	if len(turn) > 0 {
		rows = append(rows, turn)
	}
	return fmt.Sprintf("Notes, page %d of %d", page+1, pages), gotgbot.InlineKeyboardMarkup{InlineKeyboard: rows}, nil
}

func (n *Notes) SetRules(ctx context.Context, in *bot.SetRulesInput) error {
	n.chats.Of(in.Event).rules = in.Args.Text
	return chats.Say(ctx, in.Event, "The rules are set.")
}

func (n *Notes) ClearRules(ctx context.Context, in *bot.ClearRulesInput) error {
	n.chats.Of(in.Event).rules = ""
	return chats.Say(ctx, in.Event, "There are no rules any more.")
}

func (n *Notes) Rules(ctx context.Context, in *bot.RulesInput) error {
	rules := n.chats.Of(in.Event).rules
	if rules == "" {
		rules = "There are no rules."
	}
	return chats.Say(ctx, in.Event, "%s", rules)
}
