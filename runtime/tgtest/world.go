package tgtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// The first ids of users and chats. As on Telegram, ids of users, supergroups and channels do not fit in 32 bits.
const (
	firstUser       = 7_100_000_001
	firstGroup      = -4_100_000_001
	firstSupergroup = -1_002_100_000_001
)

// world holds the users, chats, files and queries. The server's lock guards it.
type world struct {
	server      *Server
	chats       map[int64]*Chat
	names       map[string]*Chat   // by user name in lower case
	seen        map[int64]struct{} // ids in pushed updates; a chat is made when the bot writes to one
	order       []*Chat            // in the order of their creation
	users       int64              // number of users so far; also groups and supergroups below
	groups      int64
	supergroups int64
	lastMessage int64 // id; private chats and groups share one sequence
	lastQuery   int64
	lastAlbum   int64
	lastFile    int64
	lastPayment int64
	lastInline  int64
	payments    map[string]payment    // by the id of the pre_checkout_query
	inline      map[string]*Message   // first versions by inline_message_id
	files       map[string]storedFile // by file_id
	fileIDs     history[string]       // the newest keys of files
	queries     map[string]*asked     // that the bots may answer, by id
	asked       history[string]       // the newest keys of queries
}

func newWorld(s *Server) world {
	w := world{
		server:  s,
		chats:   make(map[int64]*Chat),
		names:   make(map[string]*Chat),
		seen:    make(map[int64]struct{}),
		queries: make(map[string]*asked),
		asked:   history[string]{limit: s.cfg.history},
		files:   make(map[string]storedFile),

		payments: make(map[string]payment),
		inline:   make(map[string]*Message),

		fileIDs: history[string]{limit: s.cfg.history},
	}
	return w
}

// A ChatOption sets a detail of a new user or chat.
type ChatOption func(*chatConfig)

type chatConfig struct {
	user  gotgbot.User
	title string
	forum bool
}

// ID sets the id. Ids of groups are negative; ids of supergroups and channels are below -1,000,000,000,000. By
// default the server chooses the next free id.
func ID(id int64) ChatOption { return func(c *chatConfig) { c.user.Id = id } }

// Username sets the user name, without the @. A user's default is the first name in lower case, if no other user or
// chat has it. A chat has none by default.
func Username(name string) ChatOption { return func(c *chatConfig) { c.user.Username = name } }

// LastName sets a user's last name.
func LastName(name string) ChatOption { return func(c *chatConfig) { c.user.LastName = name } }

// Language sets a user's language as an IETF tag such as de. The default is en.
func Language(tag string) ChatOption { return func(c *chatConfig) { c.user.LanguageCode = tag } }

// Premium marks a user as a subscriber of Telegram Premium.
func Premium() ChatOption { return func(c *chatConfig) { c.user.IsPremium = true } }

// Forum makes a supergroup a forum, which has topics.
func Forum() ChatOption { return func(c *chatConfig) { c.forum = true } }

// User adds a user who has a private chat with the bot. It fails the test if the id or the user name is taken.
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

// Group adds a basic group. It fails the test if the id or the user name is taken.
func (s *Server) Group(title string, opts ...ChatOption) *Chat {
	s.tbHelper()
	return s.newChat("group", title, opts)
}

// Supergroup adds a supergroup; with the option [Forum] it is a forum. It fails the test if the id or the user name
// is taken.
func (s *Server) Supergroup(title string, opts ...ChatOption) *Chat {
	s.tbHelper()
	return s.newChat("supergroup", title, opts)
}

// Channel adds a channel. It fails the test if the id or the user name is taken.
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

// Chats returns all chats in the order of their creation.
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
	chat := &Chat{ID: u.ID, Type: "private", Username: u.Username, user: u, bot: w.server.Bot}
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

// userName makes a user name from a first name: its ASCII letters and digits, in lower case.
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
	w.server.changes.notify()
	return nil
}

// introduce fills in the users in entities. The bot sends only their ids.
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

// find returns a bot's chat for a chat_id parameter, an id or an @username, or nil.
func (w *world) find(b *Bot, chatID string) *Chat {
	chat := w.findAny(chatID)
	if chat != nil && chat.user != nil {
		return b.chatWith(chat.user)
	}
	return chat
}

func (w *world) findAny(chatID string) *Chat {
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

// adopt makes a chat for an id that the server knows only from a pushed update.
func (w *world) adopt(id int64) *Chat {
	delete(w.seen, id)
	name := "Chat " + strconv.FormatInt(id, 10)
	var chat *Chat
	if id > 0 {
		user, _ := w.addUser(gotgbot.User{Id: id, FirstName: name}) // the id and the default user name are free
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

// messageID returns the next message id of a chat.
func (w *world) messageID(chat *Chat) int64 {
	last := &w.lastMessage
	if chat.Type == "supergroup" || chat.Type == "channel" {
		last = &chat.lastMessage
	}
	*last++
	return *last
}

// asked is a query that a bot may answer.
type asked struct {
	chat   *Chat // nil if unknown
	bot    *Bot
	answer *Call // nil until it was answered
}

// newQuery returns the id of a new query and allows the bot to answer it.
func (w *world) newQuery(chat *Chat, b *Bot) string {
	w.lastQuery++
	id := strconv.FormatInt(4_000_000_000_000_000_000+w.lastQuery, 10)
	w.ask(id, chat, b)
	return id
}

// ask allows a bot to answer a query. It forgets the oldest queries.
func (w *world) ask(query string, chat *Chat, b *Bot) {
	w.queries[query] = &asked{chat: chat, bot: b}
	for _, id := range w.asked.add(query) {
		delete(w.queries, id)
	}
}

// post adds a new message or a new version of one to its chat.
func (w *world) post(m *Message) {
	c := m.Chat
	c.current[m.ID] = m
	for _, old := range c.log.add(m) {
		if c.current[old.ID] == old {
			delete(c.current, old.ID)
		}
	}
}

// now returns the time in whole seconds, as messages carry it.
func now() time.Time { return time.Now().Truncate(time.Second) }
