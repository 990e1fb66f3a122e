package tgtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// Ids of the users and chats that a test makes count from here. Users and channels are past 32 bits, as they are on
// Telegram.
const (
	firstUser       = 7_100_000_001
	firstGroup      = -4_100_000_001
	firstSupergroup = -1_002_100_000_001
)

// world is who and what there is: guarded by the server's lock.
type world struct {
	server      *Server
	bot         []byte // the bot as a user, in the server's form
	chats       map[int64]*Chat
	names       map[string]*Chat   // by user name in lower case
	seen        map[int64]struct{} // ids in pushed updates: their chats are made when the bot writes to them
	order       []*Chat            // chats in the order in which they were made
	users       int64              // number of users made
	groups      int64
	supergroups int64
	lastMessage int64 // of private chats and groups, which share their message ids
	lastQuery   int64
	lastAlbum   int64
	lastFile    int64
	files       map[string]storedFile // by file_id
	fileIDs     history[string]       // their ids
	queries     map[string]*Chat      // callback and inline queries that the bot may answer, and where: nil if that is unknown
	asked       history[string]       // their ids
}

func newWorld(s *Server) world {
	w := world{
		server:  s,
		chats:   make(map[int64]*Chat),
		names:   make(map[string]*Chat),
		seen:    make(map[int64]struct{}),
		queries: make(map[string]*Chat),
		asked:   history[string]{limit: s.cfg.history},
		files:   make(map[string]storedFile),
		fileIDs: history[string]{limit: s.cfg.history},
	}
	var o object
	encodeUser(&o, s.cfg.bot)
	w.bot = o
	return w
}

// A ChatOption is a detail of a user or chat that a test makes.
type ChatOption func(*chatConfig)

type chatConfig struct {
	user  gotgbot.User
	title string
	forum bool
}

// ID sets the id: that of a group is negative, that of a supergroup or a channel is below -1,000,000,000,000. By
// default the server counts.
func ID(id int64) ChatOption { return func(c *chatConfig) { c.user.Id = id } }

// Username sets the user name, without the @. A user's default is the name in lower case, if it is free; a chat has
// none by default.
func Username(name string) ChatOption { return func(c *chatConfig) { c.user.Username = name } }

// LastName sets a user's last name.
func LastName(name string) ChatOption { return func(c *chatConfig) { c.user.LastName = name } }

// Language sets a user's language, an IETF tag such as de. The default is en.
func Language(tag string) ChatOption { return func(c *chatConfig) { c.user.LanguageCode = tag } }

// Premium makes a user a subscriber of Telegram Premium.
func Premium() ChatOption { return func(c *chatConfig) { c.user.IsPremium = true } }

// Forum gives a supergroup topics.
func Forum() ChatOption { return func(c *chatConfig) { c.forum = true } }

// User makes a user who has a private chat with the bot. It fails the test if the id or the user name is taken.
func (s *Server) User(firstName string, opts ...ChatOption) *User {
	s.tbHelper()
	c := chatConfig{user: gotgbot.User{FirstName: firstName, LanguageCode: "en"}}
	for _, opt := range opts {
		opt(&c)
	}
	s.mu.Lock()
	u, err := s.world.addUser(c.user)
	s.mu.Unlock()
	if err != nil {
		s.failf("user %s: %v", firstName, err)
	}
	return u
}

// Group makes a basic group.
func (s *Server) Group(title string, opts ...ChatOption) *Chat {
	s.tbHelper()
	return s.newChat("group", title, opts)
}

// Supergroup makes a supergroup, a forum with the option [Forum].
func (s *Server) Supergroup(title string, opts ...ChatOption) *Chat {
	s.tbHelper()
	return s.newChat("supergroup", title, opts)
}

// Channel makes a channel.
func (s *Server) Channel(title string, opts ...ChatOption) *Chat {
	s.tbHelper()
	return s.newChat("channel", title, opts)
}

func (s *Server) newChat(kind, title string, opts []ChatOption) *Chat {
	s.tbHelper()
	c := chatConfig{title: title}
	for _, opt := range opts {
		opt(&c)
	}
	s.mu.Lock()
	chat, err := s.world.addChat(kind, c)
	s.mu.Unlock()
	if err != nil {
		s.failf("%s %s: %v", kind, title, err)
	}
	return chat
}

func (s *Server) tbHelper() {
	if s.tb != nil {
		s.tb.Helper()
	}
}

// Chats are all chats there are, in the order in which they were made.
func (s *Server) Chats() []*Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Chat(nil), s.world.order...)
}

func (w *world) addUser(profile gotgbot.User) (*User, error) {
	if profile.Id == 0 {
		for profile.Id = firstUser + w.users; w.chats[profile.Id] != nil; profile.Id++ {
		}
		w.users = profile.Id - firstUser + 1
	}
	if profile.Username == "" {
		if name := userName(profile.FirstName); w.names[name] == nil {
			profile.Username = name
		}
	}
	u := &User{ID: profile.Id, FirstName: profile.FirstName, LastName: profile.LastName, Username: profile.Username}
	u.profile = profile
	var o object
	encodeUser(&o, profile)
	u.encoded = o
	chat := &Chat{ID: u.ID, Type: "private", Username: u.Username, user: u}
	var c object
	c.open()
	c.int("id", u.ID)
	c.str("first_name", u.FirstName)
	c.text("last_name", u.LastName)
	c.text("username", u.Username)
	c.str("type", "private")
	c.close()
	chat.encoded = c
	u.Member = &Member{Chat: chat, user: u}
	return u, w.add(chat)
}

// userName is a user name made of a first name: its ASCII letters and digits, in lower case.
func userName(firstName string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		}
		return -1
	}, firstName)
}

func (w *world) addChat(kind string, c chatConfig) (*Chat, error) {
	chat := &Chat{ID: c.user.Id, Type: kind, Title: c.title, Username: c.user.Username}
	count, first := &w.supergroups, int64(firstSupergroup)
	if kind == "group" {
		count, first = &w.groups, firstGroup
	}
	if chat.ID == 0 {
		for chat.ID = first - *count; w.chats[chat.ID] != nil; chat.ID-- {
		}
		*count = first - chat.ID + 1
	}
	var o object
	o.open()
	o.int("id", chat.ID)
	o.str("title", chat.Title)
	o.text("username", chat.Username)
	if c.forum {
		o.bool("is_forum", true)
	}
	o.str("type", kind)
	if kind == "group" {
		o.bool("all_members_are_administrators", false)
	}
	o.close()
	chat.encoded = o
	return chat, w.add(chat)
}

func (w *world) add(chat *Chat) error {
	if w.chats[chat.ID] != nil {
		return fmt.Errorf("the id %d is taken", chat.ID)
	}
	name := strings.ToLower(chat.Username)
	if name != "" && w.names[name] != nil {
		return fmt.Errorf("the user name %s is taken", name)
	}
	chat.server = w.server
	chat.log.limit = w.server.cfg.history
	chat.current = make(map[int64]*Message)
	w.chats[chat.ID] = chat
	if name != "" {
		w.names[name] = chat
	}
	w.order = append(w.order, chat)
	return nil
}

// introduce completes the users whom entities mention: the server knows more of them than the bot has said.
func (w *world) introduce(entities []gotgbot.MessageEntity) {
	for i, e := range entities {
		if e.User == nil {
			continue
		}
		if chat := w.chats[e.User.Id]; chat != nil && chat.user != nil {
			entities[i].User = &chat.user.profile
		}
	}
}

// find is the chat that a chat_id parameter means, or nil.
func (w *world) find(chatID string) *Chat {
	if name, ok := strings.CutPrefix(chatID, "@"); ok {
		return w.names[strings.ToLower(name)]
	}
	id, err := strconv.ParseInt(chatID, 10, 64)
	if err != nil {
		return nil
	}
	if chat := w.chats[id]; chat != nil {
		return chat
	}
	if _, ok := w.seen[id]; !ok {
		return nil
	}
	return w.adopt(id)
}

// adopt makes a chat of an id of which nothing is known but that it was in an update.
func (w *world) adopt(id int64) *Chat {
	delete(w.seen, id)
	name := "Chat " + strconv.FormatInt(id, 10)
	var chat *Chat
	if id > 0 {
		user, _ := w.addUser(gotgbot.User{Id: id, FirstName: name}) // the id is free, and so is the default user name
		chat = user.Chat
	} else {
		kind := "group"
		if id < -1_000_000_000_000 {
			kind = "supergroup"
		}
		chat, _ = w.addChat(kind, chatConfig{user: gotgbot.User{Id: id}, title: name})
	}
	chat.adopted = true
	return chat
}

func (w *world) messageID(chat *Chat) int64 {
	last := &w.lastMessage
	if chat.Type == "supergroup" || chat.Type == "channel" {
		last = &chat.lastMessage
	}
	*last++
	return *last
}

// newQuery makes the id of a callback or inline query, which the bot may then answer.
func (w *world) newQuery(chat *Chat) string {
	w.lastQuery++
	id := strconv.FormatInt(4_000_000_000_000_000_000+w.lastQuery, 10)
	w.ask(id, chat)
	return id
}

func (w *world) ask(query string, chat *Chat) {
	w.queries[query] = chat
	for _, id := range w.asked.add(query) {
		delete(w.queries, id)
	}
}

// post adds a version of a message to its chat.
func (w *world) post(m *Message) {
	c := m.Chat
	c.current[m.ID] = m
	for _, old := range c.log.add(m) {
		if c.current[old.ID] == old {
			delete(c.current, old.ID)
		}
	}
}

// now is the time as messages have it: in whole seconds.
func now() time.Time { return time.Now().Truncate(time.Second) }
