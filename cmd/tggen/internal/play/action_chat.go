package play

import (
	"net/http"
	"slices"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/cmd/tggen/internal/play/script"
	"github.com/tggen/tggen/runtime/tgtest"
)

// Bounds of the world.
const (
	maxPeople  = 50
	maxChats   = 100
	maxCaption = 1024
)

func (p *Play) group(a Action) (map[string]any, error) {
	if strings.TrimSpace(a.Title) == "" {
		return nil, refusef("the title is empty")
	}
	if len(p.world.chats) >= maxChats {
		return nil, refusef("there are %d chats already", maxChats)
	}
	var members []int64
	for _, id := range a.Members {
		if p.world.users[id] == nil {
			return nil, refusef("there is no person %d", id)
		}
		if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	if len(members) == 0 {
		return nil, refusef("a group has at least one member")
	}
	add := map[string]func(string, ...tgtest.ChatOption) *tgtest.Chat{
		"group": p.api.Group, "supergroup": p.api.Supergroup, "channel": p.api.Channel,
	}[a.Type]
	if add == nil {
		return nil, refusef("there is no chat of the type %q; there are group, supergroup and channel", a.Type)
	}
	return map[string]any{"chat": p.world.addChat(add(a.Title), members).ID}, nil
}

// room returns a chat that people can join and leave, and a person.
func (p *Play) room(a Action) (*chat, *tgtest.User, error) {
	c, user := p.world.chats[text(a.Chat)], p.world.users[a.User]
	switch {
	case c == nil:
		return nil, nil, refusef("there is no chat %d", a.Chat)
	case user == nil:
		return nil, nil, refusef("there is no person %d", a.User)
	case c.Type == "private":
		return nil, nil, refusef("nobody can join or leave a private chat")
	}
	return c, user, nil
}

func (p *Play) join(a Action) (map[string]any, error) {
	c, user, err := p.room(a)
	if err != nil {
		return nil, err
	}
	if slices.Contains(c.members, user.ID) {
		return nil, refusef("%s is in %s already", user.Name(), c.Name())
	}
	c.members = append(slices.Clone(c.members), user.ID)
	p.board.touch(sectionChats, text(c.ID))
	member := user.In(c.Chat)
	if c.Type != "channel" {
		member.SendContent(gotgbot.Message{NewChatMembers: []gotgbot.User{profile(user)}})
	}
	member.SetStatus(tgtest.StatusMember)
	p.record.add(script.Event{Do: script.Join, Chat: c.ID, User: user.ID})
	return nil, nil
}

func (p *Play) leave(a Action) (map[string]any, error) {
	c, user, err := p.room(a)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(c.members, user.ID) {
		return nil, refusef("%s is not in %s", user.Name(), c.Name())
	}
	left := slices.DeleteFunc(slices.Clone(c.members), func(id int64) bool { return id == user.ID })
	c.members = left
	p.board.touch(sectionChats, text(c.ID))
	member := user.In(c.Chat)
	if c.Type != "channel" {
		who := profile(user)
		member.SendContent(gotgbot.Message{LeftChatMember: &who})
	}
	member.SetStatus(tgtest.StatusLeft)
	p.record.add(script.Event{Do: script.Leave, Chat: c.ID, User: user.ID})
	return nil, nil
}

// profile returns a person as the Bot API does.
func profile(u *tgtest.User) gotgbot.User {
	return gotgbot.User{Id: u.ID, FirstName: u.FirstName, LastName: u.LastName, Username: u.Username, LanguageCode: "en"}
}

func (p *Play) block(a Action) (map[string]any, error)   { return p.setBlocked(a.User, true) }
func (p *Play) unblock(a Action) (map[string]any, error) { return p.setBlocked(a.User, false) }

func (p *Play) setBlocked(id int64, blocked bool) (map[string]any, error) {
	user, person := p.world.users[id], p.world.people[text(id)]
	switch {
	case user == nil:
		return nil, refusef("there is no person %d", id)
	case person.Blocked == blocked && blocked:
		return nil, refusef("%s has blocked the bot already", user.Name())
	case person.Blocked == blocked:
		return nil, refusef("%s has not blocked the bot", user.Name())
	}
	person.Blocked = blocked
	p.board.touch(sectionPeople, text(id))
	did := script.Unblock
	if blocked {
		did = script.Block
		user.Block()
	} else {
		user.Unblock()
	}
	p.record.add(script.Event{Do: did, Chat: id, User: id})
	return nil, nil
}

// upload sends a file of a person.
func (p *Play) upload(chat, user int64, kind string, f tgtest.File, caption string) (map[string]any, error) {
	if kind != "photo" && kind != "document" {
		return nil, refusef("there is no file of the kind %q; there are photo and document", kind)
	}
	if kind == "photo" {
		if f.Name = ""; !rasters[http.DetectContentType(f.Data)] {
			return nil, refusef("this is not a picture; send it as a document")
		}
	}
	if len([]rune(caption)) > maxCaption {
		return nil, refusef("the caption has more than %d characters", maxCaption)
	}
	act := locked(func(p *Play, _ Action) (map[string]any, error) {
		member, c, err := p.world.member(chat, user)
		if err != nil {
			return nil, err
		}
		if c.Type == "channel" {
			return nil, refusef("play cannot send a file to a channel")
		}
		return p.made(member.SendFile(kind, f, caption), script.Event{
			Do: script.SendFile, User: user, Text: caption, Media: kind, File: script.File(f),
		})
	})
	result, err := act(p, nil, Action{})
	p.signal()
	return result, err
}
