package play

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tggen/tggen/cmd/tggen/internal/play/script"
	"github.com/tggen/tggen/runtime/tgtest"
)

// An Action is something that was clicked or typed on the page. Do names it, and says which other fields are used.
type Action struct {
	Do string `json:"do"`

	Chat       int64   `json:"chat"`
	User       int64   `json:"user"`
	Message    int64   `json:"message"`
	ReplyTo    int64   `json:"reply_to"`
	Text       string  `json:"text"`
	Emoji      string  `json:"emoji"`
	Row        int     `json:"row"`
	Column     int     `json:"column"`
	Query      string  `json:"query"`  // the text of an inline query for ask, and its id for choose
	Result     string  `json:"result"` // the id of an inline result
	Name       string  `json:"name"`
	Username   string  `json:"username"`
	Title      string  `json:"title"`
	Type       string  `json:"type"`
	Members    []int64 `json:"members"`
	Method     string  `json:"method"`
	Kind       string  `json:"kind"`
	Times      int     `json:"times"`
	RetryAfter int64   `json:"retry_after"`
	Update     int64   `json:"update"`
}

// Bounds of texts, in characters, and of numbers.
const (
	maxText  = 16 << 10
	maxName  = 64
	maxTitle = 128
	maxTimes = 1000
	maxRetry = 3600 // seconds
)

// decodeAction decodes an action. It refuses unknown actions and fields, and values out of bounds.
func decodeAction(body []byte) (Action, error) {
	var a Action
	if !utf8.Valid(body) {
		return a, refusef("the action is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return a, refusef("the action cannot be read: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return a, refusef("something follows the action")
	}
	if actions[a.Do] == nil {
		return a, refusef("there is no action %q", a.Do)
	}
	for _, bound := range []struct {
		name, value string
		most        int
	}{
		{"text", a.Text, maxText}, {"query", a.Query, 256}, {"result", a.Result, 64}, {"emoji", a.Emoji, 16}, {"name", a.Name, maxName},
		{"title", a.Title, maxTitle}, {"method", a.Method, 64},
	} {
		if utf8.RuneCountInString(bound.value) > bound.most {
			return a, refusef("the %s has more than %d characters", bound.name, bound.most)
		}
	}
	switch {
	case a.Times < 0 || a.Times > maxTimes:
		return a, refusef("times must be at most %d", maxTimes)
	case a.RetryAfter < 0 || a.RetryAfter > maxRetry:
		return a, refusef("retry_after must be at most %d seconds", maxRetry)
	case a.Row < 0 || a.Column < 0:
		return a, refusef("row and column begin at 0")
	}
	return a, nil
}

// actions are the actions by name.
var actions = map[string]func(*Play, context.Context, Action) (map[string]any, error){
	"send": locked((*Play).send), "edit": locked((*Play).edit), "press": locked((*Play).press), "react": locked((*Play).react),
	"pay": locked((*Play).pay), "ask": locked((*Play).ask), "choose": locked((*Play).choose), "key": locked((*Play).key),
	"person": locked((*Play).person), "group": locked((*Play).group), "join": locked((*Play).join), "leave": locked((*Play).leave),
	"block": locked((*Play).block), "unblock": locked((*Play).unblock),
	"fault": locked((*Play).fault), "heal": locked((*Play).heal), "redeliver": locked((*Play).redeliver), "forget": locked((*Play).forget),
	"kill":  ending(script.Kill, func(r *Runner, _ context.Context) error { return r.Kill() }),
	"stop":  ending(script.Stop, (*Runner).Stop),
	"start": starting(script.Start, (*Runner).Start), "restart": starting(script.Restart, (*Runner).Restart),
}

// locked returns an action that runs with the lock held. What the Bot API server refuses becomes an error.
func locked(act func(*Play, Action) (map[string]any, error)) func(*Play, context.Context, Action) (map[string]any, error) {
	return func(p *Play, _ context.Context, a Action) (result map[string]any, err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		defer func() {
			if value := recover(); value != nil {
				refused, ok := value.(refusal)
				if !ok {
					panic(value)
				}
				result, err = nil, refused
			}
		}()
		p.sync() // what the bot has done before comes first in the recording
		before, from := p.api.State(), len(p.record.events)
		if result, err = act(p, a); err == nil {
			p.record.made(from, p.firstUpdate(before))
		}
		return result, err
	}
}

// firstUpdate returns the first update that was queued since the server was in a state, or 0.
func (p *Play) firstUpdate(before tgtest.State) int64 {
	after := p.api.State()
	switch {
	case after.Queued == before.Queued:
		return 0
	case before.NextUpdateID == 0: // the first id of all is random
		return after.NextUpdateID - (after.Queued - before.Queued)
	}
	return before.NextUpdateID
}

// ending returns an action that ends the bot. The lock must not be held, since the end of the bot changes the state.
func ending(do script.Action, act func(*Runner, context.Context) error) func(*Play, context.Context, Action) (map[string]any, error) {
	return func(p *Play, ctx context.Context, _ Action) (map[string]any, error) {
		met := len(p.api.Faults()) == 0
		if err := act(p.Bot, ctx); err != nil {
			return nil, err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sync()
		p.record.add(script.Event{Do: do, Met: met})
		return nil, nil
	}
}

// starting returns an action that starts the bot. What the new process does comes after it in the recording.
func starting(do script.Action, act func(*Runner, context.Context) error) func(*Play, context.Context, Action) (map[string]any, error) {
	return func(p *Play, ctx context.Context, _ Action) (map[string]any, error) {
		p.mu.Lock()
		p.sync()
		at := len(p.record.events)
		p.record.add(script.Event{Do: do, Met: len(p.api.Faults()) == 0})
		p.mu.Unlock()
		err := act(p.Bot, ctx)
		if err != nil {
			p.mu.Lock()
			p.record.remove(at, do)
			p.mu.Unlock()
		}
		return nil, err
	}
}

// do does an action.
func (p *Play) do(ctx context.Context, a Action) (map[string]any, error) {
	result, err := actions[a.Do](p, ctx, a)
	p.signal()
	return result, err
}

// made records an action that made a message, or a new version of one, and returns its result.
func (p *Play) made(m *tgtest.Message, e script.Event) (map[string]any, error) {
	e.Chat, e.Message = m.Chat.ID, m.ID
	p.record.add(e)
	return map[string]any{"chat": m.Chat.ID, "message": m.ID}, nil
}

// queried records an action that made a query, and returns its result.
func (p *Play) queried(q *tgtest.Query, e script.Event) (map[string]any, error) {
	e.Query = q.ID
	p.record.add(e)
	return map[string]any{"query": q.ID}, nil
}

func (p *Play) send(a Action) (map[string]any, error) {
	member, c, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(a.Text) == "" {
		return nil, refusef("the text is empty")
	}
	var sent *tgtest.Message
	switch {
	case c.Type == "channel":
		sent = c.Post(a.Text)
	case a.ReplyTo == 0:
		sent = member.Send(a.Text)
	default:
		to, err := p.mirror.find(a.Chat, a.ReplyTo)
		if err != nil {
			return nil, err
		}
		sent = member.Reply(to.version, a.Text)
	}
	return p.made(sent, script.Event{Do: script.Send, User: a.User, ReplyTo: a.ReplyTo, Text: a.Text})
}

func (p *Play) edit(a Action) (map[string]any, error) {
	member, c, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	m, err := p.mirror.find(a.Chat, a.Message)
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(a.Text) == "":
		return nil, refusef("the text is empty")
	case m.from() != a.User && c.Type != "channel" || m.version.FromBot:
		return nil, refusef("only the author of a message can edit it")
	}
	edited := script.Event{Do: script.Edit, User: a.User, Text: a.Text}
	if c.Type == "channel" {
		return p.made(c.EditPost(m.version, a.Text), edited)
	}
	return p.made(member.Edit(m.version, a.Text), edited)
}

func (p *Play) press(a Action) (map[string]any, error) {
	member, _, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	m, err := p.mirror.find(a.Chat, a.Message)
	if err != nil {
		return nil, err
	}
	buttons := m.version.Buttons
	if a.Row >= len(buttons) || a.Column >= len(buttons[a.Row]) {
		return nil, refusef("the message has no such button any more")
	}
	button := buttons[a.Row][a.Column]
	if button.CallbackData == "" {
		return nil, refusef("the button %q sends nothing to the bot", button.Text)
	}
	return p.queried(member.PressData(m.version, button.CallbackData), script.Event{
		Do: script.Press, Chat: a.Chat, User: a.User, Message: a.Message, Text: button.Text, Data: button.CallbackData,
	})
}

func (p *Play) react(a Action) (map[string]any, error) {
	member, _, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	m, err := p.mirror.find(a.Chat, a.Message)
	if err != nil {
		return nil, err
	}
	var emoji []string
	if a.Emoji != "" {
		emoji = []string{a.Emoji}
	}
	member.React(m.version, emoji...)
	p.mirror.touchMessage(a.Chat, a.Message)
	p.record.add(script.Event{Do: script.React, Chat: a.Chat, User: a.User, Message: a.Message, Text: a.Emoji})
	return nil, nil
}

func (p *Play) pay(a Action) (map[string]any, error) {
	member, _, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	m, err := p.mirror.find(a.Chat, a.Message)
	if err != nil {
		return nil, err
	}
	return p.queried(member.Pay(m.version), script.Event{Do: script.Pay, Chat: a.Chat, User: a.User, Message: a.Message})
}

func (p *Play) ask(a Action) (map[string]any, error) {
	user := p.world.users[a.User]
	if user == nil {
		return nil, refusef("there is no person %d", a.User)
	}
	q := user.Ask(a.Query)
	p.world.asked[q.ID] = q
	return p.queried(q, script.Event{Do: script.Ask, User: a.User, Text: a.Query})
}

func (p *Play) choose(a Action) (map[string]any, error) {
	member, _, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	q := p.world.asked[a.Query]
	if q == nil {
		return nil, refusef("there is no inline query %s", a.Query)
	}
	return p.made(member.Choose(q, a.Result), script.Event{Do: script.Choose, User: a.User, Text: a.Result, Query: a.Query})
}

func (p *Play) key(a Action) (map[string]any, error) {
	member, c, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	k := c.keyboard
	if k == nil || a.Row >= len(k.Rows) || a.Column >= len(k.Rows[a.Row]) {
		return nil, refusef("the keyboard has no such key any more")
	}
	if len(k.To) > 0 && !slices.Contains(k.To, a.User) {
		return nil, refusef("the keyboard is for somebody else")
	}
	key := k.Rows[a.Row][a.Column]
	if k.OneTime {
		c.keyboard = nil
		p.board.touch(sectionChats, text(c.ID))
	}
	switch key.Kind {
	case "text":
		return p.made(member.Send(key.Text), script.Event{Do: script.Send, User: a.User, Text: key.Text})
	case "contact":
		card := contact(p.world.users[a.User])
		return p.made(member.SendContent(card), script.Event{Do: script.SendContact, User: a.User, Phone: card.Contact.PhoneNumber})
	case "location":
		return p.made(member.SendContent(location), script.Event{
			Do: script.SendLocation, User: a.User, Latitude: location.Location.Latitude, Longitude: location.Location.Longitude,
		})
	}
	return nil, refusef("play cannot press a key of the kind %s", key.Kind)
}

var wellFormedName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,31}$`)

func (p *Play) person(a Action) (map[string]any, error) {
	if strings.TrimSpace(a.Name) == "" {
		return nil, refusef("the name is empty")
	}
	if a.Username != "" && !wellFormedName.MatchString(a.Username) {
		return nil, refusef("a user name has letters, digits and underscores, at most 32, and begins with a letter")
	}
	if len(p.world.people) >= maxPeople {
		return nil, refusef("there are %d people already", maxPeople)
	}
	return map[string]any{"user": p.world.addPerson(a.Name, a.Username).ID}, nil
}

func (p *Play) fault(a Action) (map[string]any, error) {
	f := tgtest.Fault{Times: max(a.Times, 1), ExceptPolls: a.Method == ""}
	switch a.Kind {
	case "429":
		f.Code, f.RetryAfter = 429, max(a.RetryAfter, 1)
	case "500":
		f.Code = 500
	case "reset":
		f.ResetMidBody = true
	case "timeout":
		f.Hang = true
	default:
		return nil, refusef("there is no fault %q; there are 429, 500, reset and timeout", a.Kind)
	}
	p.api.Fail(a.Method, f)
	p.record.fault(a.Method, a.Kind, f)
	return nil, nil
}

func (p *Play) heal(Action) (map[string]any, error) {
	p.api.Heal("")
	p.record.heal()
	return nil, nil
}

func (p *Play) redeliver(a Action) (map[string]any, error) {
	if err := p.api.Redeliver(a.Update); err != nil {
		return nil, refusal{err.Error()}
	}
	p.record.add(script.Event{Do: script.Redeliver, Update: a.Update, UpdateKind: p.trail.track(a.Update).Kind})
	return nil, nil
}

func (p *Play) forget(Action) (map[string]any, error) {
	p.record.forget()
	return nil, nil
}
