package play

import (
	"maps"
	"slices"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// mirror holds what has happened in the Bot API server, as the page shows it. Play's lock guards it.
type mirror struct {
	play     *Play
	messages map[string]*message // by key
	order    map[int64][]int64   // the ids of a chat's messages, oldest first
	seen     map[int64]*tgtest.Message
	calls    int // the number of calls so far
	queries  map[string]*Query
	asked    []string // ids of queries, oldest first
	status   string   // of a bot that the author starts
	since    time.Time
}

// message is the latest version of a message, with what has happened to it.
type message struct {
	version *tgtest.Message
	bot     int64 // the id of the bot
	deleted bool
	update  int64
	invoice *Invoice
	note    string
	file    *File
}

func newMirror(p *Play) mirror {
	return mirror{
		play: p, messages: make(map[string]*message), order: make(map[int64][]int64), seen: make(map[int64]*tgtest.Message),
		queries: make(map[string]*Query), status: statusWaiting, since: time.Now(),
	}
}

// messageKey is the key of a message in the State.
func messageKey(chat, id int64) string { return text(chat) + ":" + text(id) }

// find returns a message, or a refusal.
func (m *mirror) find(chat, id int64) (*message, error) {
	m.syncChat(chat) // the bot may have edited it since the last patch
	found := m.messages[messageKey(chat, id)]
	if found == nil {
		return nil, refusef("there is no message %d", id)
	}
	if found.deleted {
		return nil, refusef("the message was deleted")
	}
	return found, nil
}

// sync takes over what has happened since the last call. It returns when it must be called again, or the zero time.
func (p *Play) sync() (again time.Time) {
	// The calls are read first and taken over last: so all that they answer and send is known by then.
	calls := p.api.Sent()
	for _, c := range p.world.order {
		p.mirror.syncChat(c.ID)
	}
	again = p.trail.sync()
	p.mirror.syncCalls(calls)
	p.mirror.syncBot()
	p.board.touch(sectionFaults, "")
	return earlier(again, p.mirror.syncActions())
}

// syncChat takes over the new versions of messages of a chat.
func (m *mirror) syncChat(id int64) {
	c := m.play.world.chats[text(id)]
	if c == nil {
		return
	}
	versions := c.History()
	from := len(versions)
	for from > 0 && versions[from-1] != m.seen[id] {
		from--
	}
	for _, version := range versions[from:] {
		m.take(c, version)
	}
	if len(versions) > 0 {
		m.seen[id] = versions[len(versions)-1]
	}
}

// take takes over a version of a message.
func (m *mirror) take(c *chat, version *tgtest.Message) {
	key := messageKey(c.ID, version.ID)
	m.play.board.touch(sectionMessages, key)
	if known := m.messages[key]; known != nil {
		known.version, known.file = version, m.file(version)
		return
	}
	m.messages[key] = &message{version: version, bot: m.play.api.Profile.Id, file: m.file(version), note: service(version)}
	m.order[c.ID] = append(m.order[c.ID], version.ID)
	if ids := m.order[c.ID]; len(ids) > maxMessages {
		oldest := messageKey(c.ID, ids[0])
		delete(m.messages, oldest)
		m.play.board.touch(sectionMessages, oldest)
		m.order[c.ID] = slices.Clone(ids[1:])
	}
	if version.FromBot {
		m.takeKeyboard(c, version)
	}
}

// from returns the id of the author, as [Message.From] does.
func (m *message) from() int64 {
	switch {
	case m.version.From != nil:
		return m.version.From.ID
	case m.version.FromBot:
		return 0
	}
	return m.version.Chat.ID
}

// shown returns the message for the page. It is nil for no message.
func (m *message) shown() *Message {
	if m == nil {
		return nil
	}
	v := m.version
	shown := &Message{
		Chat: v.Chat.ID, ID: v.ID, From: m.from(), ViaBot: v.ViaBot, At: v.Date, Text: v.Text, Kind: kindOf(v.Media), File: m.file,
		Edited: !v.Edited.IsZero(), Deleted: m.deleted, Buttons: buttons(v.Buttons), Reactions: reactions(v, m.bot), Invoice: m.invoice,
		Note: m.note, Update: m.update,
	}
	if v.ReplyTo != nil {
		shown.ReplyTo = v.ReplyTo.ID
	}
	for _, e := range v.Entities {
		shown.Entities = append(shown.Entities, Entity{e.Type, e.Offset, e.Length, e.Url, e.Language})
	}
	return shown
}

// reactions returns the reactions to a message, in the order of the emoji.
func reactions(m *tgtest.Message, bot int64) []Reaction {
	by := make(map[string][]int64)
	for id, all := range m.Chat.Reactions(m) {
		if id == bot {
			id = 0
		}
		for _, emoji := range all {
			by[emoji] = append(by[emoji], id)
		}
	}
	var all []Reaction
	for _, emoji := range slices.Sorted(maps.Keys(by)) {
		slices.Sort(by[emoji])
		all = append(all, Reaction{emoji, by[emoji]})
	}
	return all
}

// touchMessage notes that a message may have changed.
func (m *mirror) touchMessage(chat, id int64) {
	m.play.board.touch(sectionMessages, messageKey(chat, id))
}

// syncActions takes over the chat actions of the bot. It returns when one of them ends, or the zero time.
func (m *mirror) syncActions() (again time.Time) {
	for key, c := range m.play.world.chats {
		action, ends := c.Action()
		if action != "" {
			again = earlier(again, ends)
		}
		if action != c.typing {
			c.typing = action
			m.play.board.touch(sectionChats, key)
		}
	}
	return again
}

// syncBot takes over the state of the bot.
func (m *mirror) syncBot() {
	state := m.play.api.State()
	alive := state.Polling > 0 || state.Webhook != ""
	if m.play.Bot.poll(state) {
		m.play.board.touch(sectionBot, "")
	}
	status := statusWaiting
	if alive {
		status = statusRunning
	}
	if status != m.status {
		m.status, m.since = status, time.Now()
		m.play.board.touch(sectionBot, "")
	}
}

// bot returns the bot for the page.
func (m *mirror) bot() Bot {
	b := m.play.Bot.shown()
	if !b.Run {
		b.Status, b.Since = m.status, m.since
	}
	b.Name, b.Username = m.play.api.Profile.FirstName, m.play.api.Profile.Username
	b.Commands = []Command{}
	for _, c := range m.play.api.Commands() {
		b.Commands = append(b.Commands, Command{c.Command, c.Description})
	}
	if len(b.Commands) == 0 {
		b.Commands = m.play.trail.commands()
	}
	return b
}

// faults returns what will happen to the next calls.
func (m *mirror) faults() []Fault {
	all := []Fault{}
	for _, f := range m.play.api.Faults() {
		shown := Fault{Method: f.Method, Times: f.Fault.Times, RetryAfter: f.Fault.RetryAfter}
		switch {
		case f.Fault.Hang:
			shown.Kind = "timeout"
		case f.Fault.ResetMidBody:
			shown.Kind = "reset"
		default:
			shown.Kind = text(int64(f.Fault.Code))
		}
		all = append(all, shown)
	}
	return all
}
