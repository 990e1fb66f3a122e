package tgtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// An entry is a line of the transcript: something that a person sees in a chat.
type entry struct {
	time    time.Time
	chat    *Chat  // nil for an inline query
	by      *User  // nil for a bot and for a channel
	bot     *Bot   // nil for others
	speaker string // the user name of the bot, if there are several
	verb    string
	text    string
	buttons [][]gotgbot.InlineKeyboardButton
}

// The verbs of entries. A new message has none.
const (
	verbEdits   = "edits"
	verbDeletes = "deletes"
	verbPresses = "presses"
	verbAnswers = "answers"
	verbAsks    = "asks"
	verbReacts  = "reacts"
	verbPays    = "pays"
)

// note adds a line to the transcript. The lock must be held.
func (s *Server) note(e entry) {
	e.time = time.Now()
	if len(s.bots) > 1 && e.bot != nil {
		e.speaker = e.bot.Profile.Username
	}
	s.timeline.add(e)
	s.changes.notify()
}

func (s *Server) noteMessage(m *Message, verb string) {
	text := m.Text
	if m.Media != "" {
		text = strings.TrimSpace("(" + m.Media + ") " + text)
	}
	by, bot := m.From, m.Bot
	if m.byBot() {
		by = nil
	} else {
		bot = nil
	}
	s.note(entry{chat: m.Chat, by: by, bot: bot, verb: verb, text: text, buttons: m.Buttons})
}

// WriteTranscript writes the conversation so far as text: a line for everything that was sent, edited, deleted, pressed
// and answered, in order. Each line begins with the name of the chat; < marks the bot and > a user. If chats are given, it
// leaves out all other chats.
//
//	Alice      > /start
//	Alice      < What shall it be?  [Tea] [Coffee]
//	Alice      > presses [Tea]
//	Team       > Bob: /order 3
//	Alice      < edits: One tea.
func (s *Server) WriteTranscript(w io.Writer, chats ...*Chat) error {
	s.mu.Lock()
	width := s.world.widestName()
	s.mu.Unlock()
	return s.writeTranscript(w, chats, func(e entry) string { return fmt.Sprintf("%-*s %v", width, e.place(), e) })
}

// WriteTranscript writes the conversation in the chat, like [Server.WriteTranscript] but without the name of the chat.
func (c *Chat) WriteTranscript(w io.Writer) error {
	return c.server.writeTranscript(w, []*Chat{c}, func(e entry) string { return e.lines("\n  ") })
}

// writeTranscript writes the entries of the chats, or all entries if chats is empty.
func (s *Server) writeTranscript(w io.Writer, chats []*Chat, format func(entry) string) error {
	s.mu.Lock()
	entries := append([]entry(nil), s.timeline.from(0)...)
	s.mu.Unlock()
	buffered := bufio.NewWriter(w)
	for _, e := range entries {
		if len(chats) == 0 || slices.Contains(chats, e.chat) {
			fmt.Fprintln(buffered, format(e))
		}
	}
	return buffered.Flush()
}

// Follow writes the conversation: what has happened so far, and then each line when it happens. It returns ctx's error when
// ctx ends, and another error when the server closes or w fails.
func (s *Server) Follow(ctx context.Context, w io.Writer) error {
	for next := 0; ; {
		var entries []entry
		var width int
		err := s.await(ctx, func() bool {
			entries = append(entries, s.timeline.from(next)...)
			next, width = s.timeline.end(), s.world.widestName()
			return len(entries) > 0
		})
		if err != nil {
			return err
		}
		for _, e := range entries {
			if _, err := fmt.Fprintf(w, "%-*s %v\n", width, e.place(), e); err != nil {
				return fmt.Errorf("writing the transcript: %w", err)
			}
		}
	}
}

// place returns the name of the chat, or of the user for an inline query.
func (e entry) place() string {
	if e.chat == nil {
		return e.by.Name()
	}
	if e.chat.bot != nil && e.chat.bot != e.chat.server.Bot {
		return e.chat.Name() + "/" + e.chat.bot.Profile.Username
	}
	return e.chat.Name()
}

// String returns the line without the name of the chat. Further lines of its text stand under the first one if the name
// has the usual width.
func (e entry) String() string { return e.lines("\n             ") }

// lines returns the line without the name of the chat, with newline in place of each line break in its text.
func (e entry) lines(newline string) string {
	var b strings.Builder
	switch {
	case e.speaker != "":
		b.WriteString("< " + e.speaker)
		if e.verb == "" {
			b.WriteString(":")
		}
	case e.by == nil:
		b.WriteString("<")
	case e.chat == nil || e.chat.Type == "private":
		b.WriteString(">")
	default:
		b.WriteString("> " + e.by.FirstName)
		if e.verb == "" {
			b.WriteString(":")
		}
	}
	switch e.verb {
	case "":
		b.WriteString(" ")
	case verbPresses, verbAsks, verbReacts, verbPays:
		b.WriteString(" " + e.verb + " ")
	default:
		b.WriteString(" " + e.verb + ": ")
	}
	b.WriteString(strings.ReplaceAll(e.text, "\n", newline))
	for i, row := range e.buttons {
		b.WriteString([]string{"  ", " / "}[min(i, 1)])
		for j, button := range row {
			if j > 0 {
				b.WriteString(" ")
			}
			b.WriteString("[" + button.Text + "]")
		}
	}
	return b.String()
}

// widestName returns the width of the column with the names of chats.
func (w *world) widestName() int {
	width := 10
	for _, chat := range w.order {
		width = max(width, min(len([]rune(chat.Name())), 24))
	}
	return width
}
