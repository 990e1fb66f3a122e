package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// block writes what a person or the author did, and the waits for what the bot did.
func (w *writer) block(b block) error {
	effects := b.effects
	if b.action != nil {
		var err error
		if effects, err = w.action(*b.action, effects); err != nil {
			return err
		}
		w.keepUpdate(*b.action, false)
	}
	for _, e := range effects {
		if err := w.effect(*e); err != nil {
			return err
		}
	}
	if b.action != nil {
		w.keepUpdate(*b.action, true)
	}
	return nil
}

// action writes what a person or the author did. It returns the effects that are left to wait for: an answer to a query that comes
// at once is waited for in the same line.
func (w *writer) action(e Event, effects []*Event) (left []*Event, err error) {
	switch e.Do {
	case Fail:
		fault, err := faultOf(e)
		if err != nil {
			return nil, err
		}
		w.line("server.Fail(%q, %s)", e.Method, fault)
		w.failing = true
		return effects, nil
	case Heal:
		w.line("server.Heal(%q)", e.Method)
		w.failing = false
		return effects, nil
	case Redeliver:
		name := w.updates[e.Update]
		if name == "" {
			return nil, errors.New("an update is delivered again that came before the recording began")
		}
		w.line("if err := server.Redeliver(%s); err != nil {\nt.Fatal(err)\n}", name)
		return effects, nil
	case Kill, Stop, Start:
		w.handle = true
		w.awaitFaults(e)
		w.line("bot.%s()", strings.ToUpper(string(e.Do[:1]))+string(e.Do[1:]))
		return effects, nil
	case Restart:
		w.handle = true
		w.awaitFaults(e)
		w.line("bot.Stop()\nbot.Start()")
		return effects, nil
	}
	user := w.people[e.User]
	if user == nil {
		return nil, fmt.Errorf("the recording does not know the person %d", e.User)
	}
	switch e.Do {
	case Block:
		w.line("%s.Block()", w.person(user))
		return effects, nil
	case Unblock:
		w.line("%s.Unblock()", w.person(user))
		return effects, nil
	case Ask:
		return w.ask(e, fmt.Sprintf("%s.Ask(%q)", w.person(user), e.Text), "query", effects), nil
	}
	member := w.person(user)
	if e.Chat != e.User {
		group := w.chats[e.Chat]
		if group == nil {
			return nil, fmt.Errorf("the recording does not know the chat %d", e.Chat)
		}
		member = fmt.Sprintf("%s.In(%s)", w.person(user), w.chat(group))
	}
	return w.member(e, member, user, effects)
}

// member writes what a person did in a chat.
func (w *writer) member(e Event, member string, user *person, effects []*Event) ([]*Event, error) {
	var of string // the message that the person did it to
	id := e.Message
	if e.ReplyTo != 0 {
		id = e.ReplyTo
	}
	switch e.Do {
	case Edit, Press, React, Pay, Send:
		if e.Do == Send && e.ReplyTo == 0 {
			break
		}
		m := w.messages[key{e.Chat, id}]
		if m == nil || !m.written {
			return nil, fmt.Errorf("message %d is from before the recording began", id)
		}
		of = m.name
	}
	switch e.Do {
	case Send:
		if e.ReplyTo != 0 {
			w.sent(e, fmt.Sprintf("%s.Reply(%s, %q)", member, of, e.Text))
		} else {
			w.sent(e, fmt.Sprintf("%s.Send(%q)", member, e.Text))
		}
	case Edit:
		w.line("%s.Edit(%s, %q)", member, of, e.Text)
	case React:
		if e.Text == "" {
			w.line("%s.React(%s)", member, of)
		} else {
			w.line("%s.React(%s, %q)", member, of, e.Text)
		}
	case Press:
		return w.ask(e, w.press(e, member, of), "press", effects), nil
	case Pay:
		return w.ask(e, fmt.Sprintf("%s.Pay(%s)", member, of), "payment", effects), nil
	case Choose:
		q := w.queries[e.Query]
		if q == nil || !q.made {
			return nil, errors.New("a result of an inline query is chosen that was asked before the recording began")
		}
		w.sent(e, fmt.Sprintf("%s.Choose(%s, %q)", member, q.name, e.Text))
	case SendFile:
		w.sent(e, fmt.Sprintf("%s.SendFile(%q, %s, %q)", member, e.Media, w.file(e.File), e.Text))
	case SendContact:
		w.content = true
		w.sent(e, fmt.Sprintf("%s.SendContent(gotgbot.Message{Contact: &gotgbot.Contact{PhoneNumber: %q, FirstName: %q, UserId: %s.ID}})",
			member, e.Phone, user.FirstName, w.person(user)))
	case SendLocation:
		w.content = true
		w.sent(e, fmt.Sprintf("%s.SendContent(gotgbot.Message{Location: &gotgbot.Location{Latitude: %v, Longitude: %v}})", member, e.Latitude, e.Longitude))
	case Join:
		w.line("%s.SetStatus(tgtest.StatusMember)", member)
	case Leave:
		w.line("%s.SetStatus(tgtest.StatusLeft)", member)
	default:
		return nil, fmt.Errorf("the recording holds an unknown action %q", e.Do)
	}
	return effects, nil
}

// sent writes a message of a person, and keeps it if a later event needs it.
func (w *writer) sent(e Event, call string) {
	w.keep(w.messages[key{e.Chat, e.Message}], call)
}

// keep writes a call that returns a message.
func (w *writer) keep(m *message, call string) {
	if m == nil || m.name == "" || m.written {
		w.line("%s", call)
	} else {
		w.line("%s := %s", m.name, call)
	}
	if m != nil {
		m.written = true
	}
}

// press returns the call that presses a button. It names the button by its text if tgtest finds the right one by it, or else by its
// data.
func (w *writer) press(e Event, member, of string) string {
	for _, row := range w.messages[key{e.Chat, e.Message}].buttons {
		for _, b := range row {
			if b.Text != e.Text {
				continue
			}
			if b.Data != e.Data {
				return fmt.Sprintf("%s.PressData(%s, %q)", member, of, e.Data)
			}
			return fmt.Sprintf("%s.Press(%s, %q)", member, of, e.Text)
		}
	}
	return fmt.Sprintf("%s.PressData(%s, %q)", member, of, e.Data)
}

// ask writes a call that returns a query, and the wait for its answer if that is among the effects. It returns the effects that are
// left.
func (w *writer) ask(e Event, call, name string, effects []*Event) []*Event {
	q := w.queries[e.Query]
	if q == nil { // without an id, nothing refers to it
		w.line("%s", call)
		return effects
	}
	q.made, q.inline = true, e.Do == Ask
	at := slices.IndexFunc(effects, func(effect *Event) bool { return effect.Do == Answered && effect.Query == e.Query })
	switch {
	case at >= 0 && !q.inline:
		q.answered = true
		w.line("%s.Expect(%q)", call, effects[at].Text)
		return slices.Delete(slices.Clone(effects), at, at+1)
	case !q.needed:
		w.line("%s", call)
	default:
		q.name = w.names.pick("", 0, name)
		w.line("%s := %s", q.name, call)
	}
	return effects
}

// effect writes the wait for what the bot did.
func (w *writer) effect(e Event) error {
	switch e.Do {
	case Answered:
		q := w.queries[e.Query]
		if q == nil || !q.made || q.answered { // made before the recording began, or answered twice
			return nil
		}
		q.answered = true
		if q.inline {
			w.line("if _, err := %s.Answer(t.Context()); err != nil {\nt.Fatal(err)\n}", q.name)
		} else {
			w.line("%s.Expect(%q)", q.name, e.Text)
		}
		return nil
	case Called:
		w.calls = true
		w.called[e.Method]++
		w.line("expectCalls(%q, %d)", e.Method, w.called[e.Method])
		return nil
	}
	var call string
	group, person := w.chats[e.Chat], w.people[e.Chat]
	switch {
	case group == nil && person == nil:
		return fmt.Errorf("the recording does not know the chat %d", e.Chat)
	case e.Media != "" && group != nil:
		call = fmt.Sprintf("expectMedia(%s, %q, %q)", w.chat(group), e.Media, e.Text)
	case e.Media != "":
		call = fmt.Sprintf("expectMedia(%s.Chat, %q, %q)", w.person(person), e.Media, e.Text)
	case group != nil:
		call = fmt.Sprintf("%s.Expect(%q)", w.chat(group), e.Text)
	default:
		call = fmt.Sprintf("%s.Expect(%q)", w.person(person), e.Text)
	}
	w.media = w.media || e.Media != ""
	m := w.messages[key{e.Chat, e.Message}]
	w.keep(m, call)
	if m != nil {
		m.buttons = e.Buttons
	}
	return nil
}

// keepUpdate keeps the id of the update that an action made, if it is delivered again later. Two actions make two updates. One
// chooses the result of an inline query: first comes the message, and then a chosen_inline_result. The other pays: first comes a
// pre_checkout_query and, after the bot has answered, the message.
func (w *writer) keepUpdate(e Event, after bool) {
	kind, again := w.again[e.Update]
	if !again || e.Update == 0 || e.Do == Redeliver || after != (e.Do == Pay && kind == "message") {
		return
	}
	back := 1
	if e.Do == Choose && kind == "message" {
		back = 2
	}
	text := camel(e.Text, 1)
	if text == "" {
		text = string(e.Do)
	}
	name := w.names.pick(text+" update", 2, "update")
	w.updates[e.Update] = name
	w.line("%s := server.State().NextUpdateID - %d", name, back)
}

// awaitFaults waits for the calls that failed before the bot ended. Otherwise it could end before it makes them.
func (w *writer) awaitFaults(e Event) {
	if e.Met && w.failing {
		w.failing = false
		w.line("if err := server.WaitFaults(t.Context()); err != nil {\nt.Fatal(err)\n}")
	}
}

// longest is the size of the longest file whose content the test holds, in bytes.
const longest = 1024

// file returns a file as Go source.
func (w *writer) file(f File) string {
	data := fmt.Sprintf("[]byte(%q)", f.Data)
	if len(f.Data) > longest {
		w.files = true
		data = fmt.Sprintf("make([]byte, %d)", len(f.Data))
		if picture := blank(f.Data); picture != nil {
			data = fmt.Sprintf("[]byte(%q)", picture)
		}
	}
	return fmt.Sprintf("tgtest.File{Name: %q, Data: %s}", f.Name, data)
}

// faultOf returns a fault as Go source.
func faultOf(e Event) (string, error) {
	fields := map[string]string{"429": "Code: 429", "500": "Code: 500", "reset": "ResetMidBody: true", "timeout": "Hang: true"}[e.Fault]
	if fields == "" {
		return "", fmt.Errorf("the recording holds an unknown fault %q", e.Fault)
	}
	if e.Fault == "429" && e.RetryAfter != 0 {
		fields += fmt.Sprintf(", RetryAfter: %d", e.RetryAfter)
	}
	if e.Times != 0 && e.Times != 1 {
		fields += fmt.Sprintf(", Times: %d", e.Times)
	}
	return "tgtest.Fault{" + fields + "}", nil
}
