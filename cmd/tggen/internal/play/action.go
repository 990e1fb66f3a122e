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

// actions are the actions by name. Those of the world run with Play's lock held.
var actions = map[string]func(*Play, context.Context, Action) (map[string]any, error){
	"send": locked((*Play).send), "edit": locked((*Play).edit), "press": locked((*Play).press), "react": locked((*Play).react),
	"pay": locked((*Play).pay), "ask": locked((*Play).ask), "choose": locked((*Play).choose), "key": locked((*Play).key),
	"person": locked((*Play).person), "group": locked((*Play).group), "join": locked((*Play).join), "leave": locked((*Play).leave),
	"block": locked((*Play).block), "unblock": locked((*Play).unblock),
	"fault": locked((*Play).fault), "heal": locked((*Play).heal), "redeliver": locked((*Play).redeliver), "forget": locked((*Play).forget),
	"kill":    func(p *Play, ctx context.Context, _ Action) (map[string]any, error) { return nil, p.Bot.Kill() },
	"stop":    func(p *Play, ctx context.Context, _ Action) (map[string]any, error) { return nil, p.Bot.Stop(ctx) },
	"start":   func(p *Play, ctx context.Context, _ Action) (map[string]any, error) { return nil, p.Bot.Start(ctx) },
	"restart": func(p *Play, ctx context.Context, _ Action) (map[string]any, error) { return nil, p.Bot.Restart(ctx) },
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
		return act(p, a)
	}
}

// do does an action.
func (p *Play) do(ctx context.Context, a Action) (map[string]any, error) {
	result, err := actions[a.Do](p, ctx, a)
	p.signal()
	return result, err
}

// made is the result of an action that made a message.
func made(m *tgtest.Message) (map[string]any, error) {
	return map[string]any{"chat": m.Chat.ID, "message": m.ID}, nil
}

func (p *Play) send(a Action) (map[string]any, error) {
	member, c, err := p.world.member(a.Chat, a.User)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(a.Text) == "" {
		return nil, refusef("the text is empty")
	}
	if c.Type == "channel" {
		return made(c.Post(a.Text))
	}
	if a.ReplyTo == 0 {
		return made(member.Send(a.Text))
	}
	to, err := p.mirror.find(a.Chat, a.ReplyTo)
	if err != nil {
		return nil, err
	}
	return made(member.Reply(to.version, a.Text))
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
	if c.Type == "channel" {
		return made(c.EditPost(m.version, a.Text))
	}
	return made(member.Edit(m.version, a.Text))
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
	return map[string]any{"query": member.PressData(m.version, button.CallbackData).ID}, nil
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
	return map[string]any{"query": member.Pay(m.version).ID}, nil
}

func (p *Play) ask(a Action) (map[string]any, error) {
	user := p.world.users[a.User]
	if user == nil {
		return nil, refusef("there is no person %d", a.User)
	}
	q := user.Ask(a.Query)
	p.world.asked[q.ID] = q
	return map[string]any{"query": q.ID}, nil
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
	return made(member.Choose(q, a.Result))
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
		return made(member.Send(key.Text))
	case "contact":
		return made(member.SendContent(contact(p.world.users[a.User])))
	case "location":
		return made(member.SendContent(location))
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
	f := tgtest.Fault{Times: max(a.Times, 1)}
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
	return nil, nil
}

func (p *Play) heal(Action) (map[string]any, error) {
	p.api.Heal("")
	return nil, nil
}

func (p *Play) redeliver(a Action) (map[string]any, error) {
	if err := p.api.Redeliver(a.Update); err != nil {
		return nil, refusal{err.Error()}
	}
	return nil, nil
}

func (p *Play) forget(Action) (map[string]any, error) { return nil, nil }
