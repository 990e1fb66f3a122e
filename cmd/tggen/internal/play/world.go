package play

import (
	"slices"
	"strconv"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/tgtest"
)

// world holds the people and the chats. Play's lock guards it.
type world struct {
	play   *Play
	people map[string]*Person // by id
	users  map[int64]*tgtest.User
	chats  map[string]*chat // by id
	order  []*chat          // in the order of their creation
	asked  map[string]*tgtest.Query
}

// chat is a chat with what the page shows of it.
type chat struct {
	*tgtest.Chat
	members  []int64
	typing   string
	keyboard *Keyboard
}

func newWorld(p *Play) world {
	return world{
		play: p, people: make(map[string]*Person), users: make(map[int64]*tgtest.User), chats: make(map[string]*chat),
		asked: make(map[string]*tgtest.Query),
	}
}

// begin adds the people and chats that are there at the start.
func (w *world) begin() {
	ann, bob := w.addPerson("Ann", "ann"), w.addPerson("Bob", "bob")
	w.addChat(w.play.api.Supergroup("Friends"), []int64{ann.ID, bob.ID})
}

// addPerson adds a person and the private chat with the bot.
func (w *world) addPerson(name, username string) *tgtest.User {
	var opts []tgtest.ChatOption
	if username != "" {
		opts = append(opts, tgtest.Username(username))
	}
	user := w.play.api.User(name, opts...)
	w.users[user.ID] = user
	w.people[text(user.ID)] = &Person{ID: user.ID, Name: user.FirstName, Username: user.Username}
	w.play.board.touch(sectionPeople, text(user.ID))
	w.addChat(user.Chat, []int64{user.ID})
	return user
}

func (w *world) addChat(c *tgtest.Chat, members []int64) *chat {
	added := &chat{Chat: c, members: members}
	w.chats[text(c.ID)] = added
	w.order = append(w.order, added)
	w.play.board.touch(sectionChats, text(c.ID))
	return added
}

// shown returns the chat for the page. It is nil for no chat.
func (c *chat) shown() *Chat {
	if c == nil {
		return nil
	}
	return &Chat{ID: c.ID, Type: c.Type, Title: c.Name(), Members: c.members, Typing: c.typing, Keyboard: c.keyboard}
}

// member returns a person in a chat, or a refusal.
func (w *world) member(chatID, userID int64) (*tgtest.Member, *chat, error) {
	c, user := w.chats[text(chatID)], w.users[userID]
	switch {
	case c == nil:
		return nil, nil, refusef("there is no chat %d", chatID)
	case user == nil:
		return nil, nil, refusef("there is no person %d", userID)
	case !slices.Contains(c.members, userID):
		return nil, nil, refusef("%s is not in %s", user.Name(), c.Name())
	case c.Type == "private" && w.people[text(userID)].Blocked:
		return nil, nil, refusef("%s has blocked the bot", user.Name())
	}
	return user.In(c.Chat), c, nil
}

// text returns an id as the key of a map.
func text(id int64) string { return strconv.FormatInt(id, 10) }

// userName makes a bot's user name from its name.
func userName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == '-' || r == ' ':
			return '_'
		}
		return -1
	}, name)
	return strings.Trim(name, "_") + "_bot"
}

// contact is the contact that a person shares with the key of a reply keyboard.
func contact(user *tgtest.User) gotgbot.Message {
	return gotgbot.Message{Contact: &gotgbot.Contact{
		PhoneNumber: "+1555" + text(user.ID%10_000_000), FirstName: user.FirstName, LastName: user.LastName, UserId: user.ID,
	}}
}

// location is the place that a person shares with the key of a reply keyboard.
var location = gotgbot.Message{Location: &gotgbot.Location{Latitude: 52.5163, Longitude: 13.3777}}
