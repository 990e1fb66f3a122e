package wire

import (
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A messageUpdate is the structs that nearly every update consists of, in one piece of memory.
type messageUpdate struct {
	update  gotgbot.Update
	message gotgbot.Message
	from    gotgbot.User
}

// newUpdate makes an update, together with its message and the message's sender if it looks as if it has one.
func (d *decoder) newUpdate(i int) *gotgbot.Update {
	if !holdsMessage(d.s[i:]) {
		return new(gotgbot.Update)
	}
	m := new(messageUpdate)
	d.message, d.user = &m.message, &m.from
	return &m.update
}

// holdsMessage guesses, from the name of the second member, whether an update holds a message.
func holdsMessage(s string) bool {
	s = s[:min(len(s), 64)]
	s = s[strings.IndexByte(s, ',')+1:]
	s = s[strings.IndexByte(s, '"')+1:]
	name, _, _ := strings.Cut(s, `"`)
	return kindPlaces[KindOf(name)] == &placesInMessage
}

// newMessage makes a message.
func (d *decoder) newMessage() *gotgbot.Message {
	if m := d.message; m != nil {
		d.message = nil
		return m
	}
	return new(gotgbot.Message)
}

// newUser makes a user.
func (d *decoder) newUser() *gotgbot.User {
	if u := d.user; u != nil {
		d.user = nil
		return u
	}
	return new(gotgbot.User)
}
