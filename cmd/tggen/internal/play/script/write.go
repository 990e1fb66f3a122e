package script

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Write returns the test file. It fails if an event names a person, a chat, a message or a query that is not in the recording, such as
// a message that was sent before the recording began.
func Write(r Recording) ([]byte, error) {
	w := &writer{
		recording: r, names: newNames(),
		people: make(map[int64]*person), chats: make(map[int64]*chat), messages: make(map[key]*message), queries: make(map[string]*query),
		again: make(map[int64]string), updates: make(map[int64]string), called: make(map[string]int),
	}
	return w.write()
}

// key names a message.
type key struct{ chat, id int64 }

type person struct {
	Person
	name string // of the variable; empty if it does not occur
	used bool   // whether the test has it
}

type chat struct {
	Chat
	name string
	used bool
}

// A message is what is known of a message at some point of the recording.
type message struct {
	name    string // of the variable; empty if no later event needs it
	written bool   // whether the test has it by now
	buttons [][]Button
}

// A query is what is known of a query.
type query struct {
	needed   bool   // whether a later event refers to it
	name     string // of the variable; empty if it needs no variable
	inline   bool
	made     bool // whether the test has made it by now
	answered bool
}

type writer struct {
	recording Recording
	names     names
	people    map[int64]*person
	chats     map[int64]*chat
	messages  map[key]*message
	queries   map[string]*query
	again     map[int64]string // the kinds of the updates that are delivered again
	updates   map[int64]string // the variables with their ids
	called    map[string]int   // how often the bot has called a method

	body    bytes.Buffer
	handle  bool // whether the test kills, stops or starts the bot
	media   bool // whether it needs expectMedia
	calls   bool // whether it needs expectCalls
	content bool // whether it needs gotgbot
	failing bool // whether the test has set faults that it has not waited for
	files   bool // whether the content of a file was left out
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.body, format+"\n", args...) }

func (w *writer) write() ([]byte, error) {
	r := w.recording
	for _, p := range r.People {
		w.people[p.ID] = &person{Person: p}
	}
	for _, c := range r.Chats {
		w.chats[c.ID] = &chat{Chat: c}
	}
	w.nameAll()
	all := blocks(r.Events)
	for i, b := range all {
		if err := w.block(b); err != nil {
			return nil, err
		}
		if i < len(all)-1 && len(b.effects) > 0 {
			w.line("")
		}
	}
	var file bytes.Buffer
	w.head(&file)
	w.cast(&file)
	file.Write(w.body.Bytes())
	fmt.Fprintln(&file, "}")
	source, err := format.Source(file.Bytes())
	if err != nil {
		return nil, fmt.Errorf("formatting the test: %w", err)
	}
	return source, nil
}

// nameAll names what occurs in the recording: people and chats first, in their order, and then the messages that a later event
// needs.
func (w *writer) nameAll() {
	used, needed := make(map[int64]bool), make(map[key]bool)
	for _, e := range w.recording.Events {
		used[e.User], used[e.Chat] = true, true
		if e.ReplyTo != 0 {
			needed[key{e.Chat, e.ReplyTo}] = true
		}
		switch e.Do {
		case Edit, Press, React, Pay:
			needed[key{e.Chat, e.Message}] = true
		}
		if e.Do == Redeliver {
			w.again[e.Update] = e.UpdateKind
		}
		if e.Query != "" {
			q := w.queries[e.Query]
			if q == nil {
				q = new(query)
				w.queries[e.Query] = q
			}
			q.needed = q.needed || e.Do == Choose || e.Do == Answered
		}
	}
	for _, p := range w.recording.People {
		if used[p.ID] {
			w.people[p.ID].name = w.names.pick(p.FirstName, 2, "user")
		}
	}
	for _, c := range w.recording.Chats {
		if used[c.ID] {
			w.chats[c.ID].name = w.names.pick(c.Title, 2, "chat")
		}
	}
	for _, e := range w.recording.Events {
		k := key{e.Chat, e.Message}
		switch e.Do {
		case Send, SendFile, SendContact, SendLocation, Choose, Said:
			m := new(message)
			if w.messages[k] == nil {
				w.messages[k] = m
				if needed[k] {
					m.name = w.names.pick(nameText(e), 1, "message")
				}
			}
		}
	}
}

// nameText returns what a message gets its name from.
func nameText(e Event) string {
	if e.Text == "" || e.Do == Choose { // there the text is an id
		return e.Media
	}
	return e.Text
}

// person returns the variable of a person, which the test has from there on.
func (w *writer) person(p *person) string {
	p.used = true
	return p.name
}

// chat returns the variable of a chat, which the test has from there on.
func (w *writer) chat(c *chat) string {
	c.used = true
	return c.name
}

// head writes everything up to the first line of the test.
func (w *writer) head(file *bytes.Buffer) {
	r := w.recording
	file.WriteString("// This test was played with tggen play and copied. Rename it, and change it as you like.\n")
	if w.changeable() {
		file.WriteString("//\n// The texts are those that the bot wrote then. Where one holds a date, a time, a price or a random number that is another one the\n" +
			"// next time, compare a part of it: ExpectNext returns the next message, whatever it says.\n")
	}
	if w.files {
		file.WriteString("//\n// Blank pictures stand for the content of long photos, and zeros for that of other long files.\n")
	}
	fmt.Fprintf(file, "\npackage %s\n\nimport (\n\"testing\"\n", cmp.Or(r.Package, "main"))
	patience := w.patience()
	if patience > 0 {
		file.WriteString("\"time\"\n")
	}
	file.WriteString("\n")
	if w.content {
		file.WriteString("\"github.com/PaulSonOfLars/gotgbot/v2\"\n")
	}
	file.WriteString("\"github.com/tggen/tggen/runtime/tgtest\"\n\"github.com/tggen/tggen/runtime/tgtest/process\"\n)\n\n")
	fmt.Fprintf(file, "func %s(t *testing.T) {\n", cmp.Or(r.Test, "TestPlayed"))
	server := []string{"t"}
	if name, username := cmp.Or(r.BotName, defaultBotName), cmp.Or(r.BotUsername, defaultBotUsername); (name != defaultBotName || username != defaultBotUsername) &&
		(w.contains(name) || w.contains(username)) {
		server = append(server, fmt.Sprintf("tgtest.WithBot(%q, %q)", name, username))
	}
	if patience > 0 {
		server = append(server, fmt.Sprintf("tgtest.WithPatience(%d*time.Second)", patience/time.Second))
	}
	fmt.Fprintf(file, "server := tgtest.NewServer(%s)\n", strings.Join(server, ", "))
}

// The names of the bot of a server of tgtest.
const (
	defaultBotName     = "Test Bot"
	defaultBotUsername = "test_bot"
)

// cast writes the people, the chats and the bot, and the functions that the test needs.
func (w *writer) cast(file *bytes.Buffer) {
	usernames := make(map[string]bool)
	for _, p := range w.recording.People {
		p := w.people[p.ID]
		if !p.used {
			continue
		}
		args := []string{strconv.Quote(p.FirstName)}
		if p.LastName != "" {
			args = append(args, fmt.Sprintf("tgtest.LastName(%q)", p.LastName))
		}
		if usual := defaultUsername(p.FirstName); p.Username != "" && (p.Username != usual || usernames[usual]) {
			args = append(args, fmt.Sprintf("tgtest.Username(%q)", p.Username))
		}
		usernames[p.Username] = true
		if p.Language != "" && p.Language != "en" {
			args = append(args, fmt.Sprintf("tgtest.Language(%q)", p.Language))
		}
		if w.mentioned(p.ID) {
			args = append(args, fmt.Sprintf("tgtest.ID(%d)", p.ID))
		}
		fmt.Fprintf(file, "%s := server.User(%s)\n", p.name, strings.Join(args, ", "))
	}
	for _, c := range w.recording.Chats {
		c := w.chats[c.ID]
		if !c.used {
			continue
		}
		args := []string{strconv.Quote(c.Title)}
		if c.Username != "" {
			args = append(args, fmt.Sprintf("tgtest.Username(%q)", c.Username))
		}
		if c.Forum {
			args = append(args, "tgtest.Forum()")
		}
		if w.mentioned(c.ID) {
			args = append(args, fmt.Sprintf("tgtest.ID(%d)", c.ID))
		}
		constructor := map[string]string{"group": "Group", "channel": "Channel"}[c.Type]
		fmt.Fprintf(file, "%s := server.%s(%s)\n", c.name, cmp.Or(constructor, "Supergroup"), strings.Join(args, ", "))
	}
	file.WriteString("// The bot runs in a new folder, where it has stored nothing yet.\n// If it reads files of this one, use process.Run(t, server.Bot, \".\").\n")
	if w.handle {
		file.WriteString("bot := ")
	}
	file.WriteString("process.RunIn(t, server.Bot, \".\", t.TempDir())\n")
	if w.media {
		file.WriteString(mediaFunction)
	}
	if w.calls {
		file.WriteString(callsFunction)
	}
	file.WriteString("\n")
}

const mediaFunction = `
	// expectMedia waits for a message of the bot with a photo or the like.
	expectMedia := func(chat *tgtest.Chat, media, caption string) *tgtest.Message {
		t.Helper()
		m, err := chat.Wait(t.Context(), func(m *tgtest.Message) bool { return m.Media == media && m.Text == caption })
		if err != nil {
			t.Fatalf("no %s with the caption %q: %v", media, caption, err)
		}
		return m
	}
`

const callsFunction = `
	// expectCalls waits until the bot has called a method n times.
	expectCalls := func(method string, n int) {
		t.Helper()
		if err := server.WaitCount(t.Context(), method, n); err != nil {
			t.Fatal(err)
		}
	}
`

// defaultUsername is the user name that tgtest gives a person: the ASCII letters and digits of the first name, in lower case.
func defaultUsername(firstName string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, firstName)
}

// mentioned reports whether a text of the recording holds an id, so that the test must use the same one.
func (w *writer) mentioned(id int64) bool { return w.contains(strconv.FormatInt(id, 10)) }

// contains reports whether a text of the recording holds another one.
func (w *writer) contains(part string) bool {
	for _, e := range w.recording.Events {
		if strings.Contains(e.Text, part) || strings.Contains(e.Data, part) {
			return true
		}
		for _, row := range e.Buttons {
			for _, b := range row {
				if strings.Contains(b.Text, part) || strings.Contains(b.Data, part) {
					return true
				}
			}
		}
	}
	return false
}

// changeable reports whether a text of the bot holds a digit, so that it may be another one the next time.
func (w *writer) changeable() bool {
	for _, e := range w.recording.Events {
		if e.Do.byBot() && strings.ContainsFunc(e.Text, unicode.IsDigit) {
			return true
		}
	}
	return false
}

// Bounds of the patience. That of tgtest is 10 s by default.
const (
	slow = 3 * time.Second // an answer that takes longer than this makes the test more patient
	much = 10              // times as patient as the bot was slow
)

// patience is how long the test waits for an answer, in whole seconds, or 0 for the default.
func (w *writer) patience() time.Duration {
	var longest time.Duration
	var last time.Time
	for _, e := range w.recording.Events {
		if !e.Do.byBot() {
			last = e.At
		} else if !last.IsZero() && !e.At.IsZero() {
			longest = max(longest, e.At.Sub(last))
		}
	}
	if longest <= slow {
		return 0
	}
	return (longest * much).Round(time.Second)
}
