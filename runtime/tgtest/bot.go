package tgtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A Bot is a bot that the server knows: its token, the updates that wait for it, and its calls. Every server has one, and
// the methods of a [Server] that are a Bot's mean this one. [Server.AddBot] adds others.
type Bot struct {
	// Token is the bot's token.
	Token string
	// Profile is what getMe says of the bot: its id, names and user name.
	Profile gotgbot.User

	server  *Server
	encoded []byte          // the profile in the server's form
	private map[int64]*Chat // private chats by user id; those of the first bot are in world.chats

	// Guarded by the server's lock.
	queue          queue
	allowed        uint64 // mask of the kinds of updates that are queued
	poll           pollState
	updates        history[*loggedUpdate]
	polls          history[Poll]
	calls          history[*Call]
	faults         []*fault
	webhook        webhookState
	deliveries     history[Delivery]
	deliveryFaults []*deliveryFault
	inProcess      bool              // whether webhooks go to receiver, whatever their URL
	receiver       *receiver         // nil: refuse connections
	commands       map[string][]byte // as setMyCommands set them, by scope and language
	queued         int64             // updates queued so far
	dropped        int64             // updates dropped so far
	calling        int               // calls other than getUpdates that are not answered yet
	active         time.Time         // of the last update, call or answer
	lately         map[*Chat]recent  // messages of the bot by chat, and in all under nil, if there are limits
}

func newBot(s *Server, token string, profile gotgbot.User, firstID int64) *Bot {
	b := &Bot{
		Token:      token,
		Profile:    profile,
		server:     s,
		private:    make(map[int64]*Chat),
		queue:      queue{next: firstID, random: s.cfg.random},
		allowed:    defaultAllowed(),
		updates:    history[*loggedUpdate]{limit: keptUpdates},
		calls:      history[*Call]{limit: s.cfg.history},
		polls:      history[Poll]{limit: s.cfg.history},
		deliveries: history[Delivery]{limit: s.cfg.history},
		commands:   make(map[string][]byte),
		lately:     make(map[*Chat]recent),
	}
	id, _, _ := strings.Cut(token, ":")
	b.Profile.Id, b.Profile.IsBot = toInteger[int64](id), true
	var o object
	encodeUser(&o, b.Profile)
	b.encoded = o
	return b
}

// AddBot adds another bot, with a token of its own if token is empty. The bots share the users and the chats: every bot is a
// member of every group and channel until [Member.SetBotStatus] changes it, and receives what users write there. As on
// Telegram, it does not receive what other bots write. A user has a private chat with each bot: see [User.With]. AddBot
// fails the test if another bot has the token's id or the user name, or if the token is malformed.
func (s *Server) AddBot(token, firstName, username string) *Bot {
	s.tbHelper()
	b, err := s.addBot(token, gotgbot.User{FirstName: firstName, Username: username})
	if err != nil {
		s.failf("bot %s: %v", username, err)
	}
	return b
}

func (s *Server) addBot(token string, profile gotgbot.User) (*Bot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token == "" {
		token = fmt.Sprintf("%d:AAtgtest-only-0123456789abcdefghijk", 7_000_000_001+int64(len(s.bots)))
	}
	if !wellFormedToken.MatchString(token) {
		return nil, errMalformedToken
	}
	b := newBot(s, token, profile, s.cfg.firstID)
	for _, other := range s.bots {
		if other.Profile.Id == b.Profile.Id {
			return nil, fmt.Errorf("the bot %s has the same id", other.Profile.Username)
		}
		if strings.EqualFold(other.Profile.Username, profile.Username) {
			return nil, errors.New("another bot has the same user name")
		}
	}
	s.bots = append(s.bots, b)
	return b, nil
}

// With returns the user in the private chat with another bot. Its methods from [Member], [Chat] and User act there.
func (u *User) With(b *Bot) *User {
	s := b.server
	s.mu.Lock()
	defer s.mu.Unlock()
	other := *u
	other.Member = &Member{Chat: b.chatWith(u), user: u.Member.user}
	return &other
}

// chatWith returns the bot's private chat with a user.
func (b *Bot) chatWith(u *User) *Chat {
	chat := b.server.world.chats[u.ID]
	if chat.bot == b {
		return chat
	}
	if b.private[u.ID] == nil {
		b.private[u.ID] = &Chat{
			ID: chat.ID, Type: chat.Type, Username: chat.Username, user: chat.user, encoded: chat.encoded, adopted: chat.adopted, bot: b,
			server: b.server, log: history[*Message]{limit: b.server.cfg.history}, current: make(map[int64]*Message),
		}
	}
	return b.private[u.ID]
}

// receivers returns the bots that receive what users do in the chat.
func (c *Chat) receivers() []*Bot {
	if c.bot != nil {
		return []*Bot{c.bot}
	}
	return slices.DeleteFunc(slices.Clone(c.server.bots), func(b *Bot) bool {
		status := c.statusOf(b.Profile.Id)
		return status == StatusLeft || status == StatusKicked
	})
}

// deliver queues an update for the bots that receive what users do in the chat.
func (c *Chat) deliver(body Body) {
	now := time.Now()
	for _, b := range c.receivers() {
		b.enqueue(body, now)
	}
}

// Environ returns the environment variables with which a process runs as this bot against the server, each as NAME=value:
// BOT_API_URL and BOT_TOKEN.
func (b *Bot) Environ() []string {
	return []string{"BOT_API_URL=" + b.server.URL, "BOT_TOKEN=" + b.Token}
}
