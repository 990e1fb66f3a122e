package wire

import (
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A messageUpdate holds the structs of an update with a message, so that one allocation makes all three.
type messageUpdate struct {
	update  gotgbot.Update
	message gotgbot.Message
	from    gotgbot.User
}

// newUpdate allocates an update. If the update seems to hold a message, the message and its sender are allocated with it.
func (d *decoder) newUpdate(i int) *gotgbot.Update {
	if !holdsMessage(d.s[i:]) {
		return new(gotgbot.Update)
	}
	m := new(messageUpdate)
	d.message, d.user = &m.message, &m.from
	return &m.update
}

// holdsMessage guesses from the name of the second member whether an update holds a message.
func holdsMessage(s string) bool {
	s = s[:min(len(s), 64)]
	s = s[strings.IndexByte(s, ',')+1:]
	s = s[strings.IndexByte(s, '"')+1:]
	name, _, _ := strings.Cut(s, `"`)
	return kindPlaces[KindOf(name)] == &placesInMessage
}

// newMessage returns the message that was allocated with the update, or a new one if that is in use.
func (d *decoder) newMessage() *gotgbot.Message {
	if m := d.message; m != nil {
		d.message = nil
		return m
	}
	return new(gotgbot.Message)
}

// newUser returns the user that was allocated with the update, or a new one if that is in use.
func (d *decoder) newUser() *gotgbot.User {
	if u := d.user; u != nil {
		d.user = nil
		return u
	}
	return new(gotgbot.User)
}
