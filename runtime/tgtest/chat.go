package tgtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/tgtest/internal/markup"
)

// A Chat is a private chat with the bot, a group, a supergroup or a channel. Make it with [Server.User],
// [Server.Group], [Server.Supergroup] or [Server.Channel].
type Chat struct {
	ID       int64
	Type     string // private, group, supergroup or channel
	Title    string // empty for a private chat
	Username string // without the @

	server  *Server
	user    *User // the other side of a private chat
	bot     *Bot  // the bot of a private chat
	encoded []byte
	adopted bool // known only from a pushed update: it may hold messages that the server does not know

	// Guarded by the server's lock.
	log         history[*Message] // every version of every message, in order
	current     map[int64]*Message
	lastMessage int64
	reactions   map[reactionKey][]string
	action      string // of the last sendChatAction
	actionEnds  time.Time
	status      map[int64]string // of members and bots by id, if it was ever set
	read        int              // the sequence number in log at which the next Wait begins
}

// Name returns the chat's title, or the user's name for a private chat.
func (c *Chat) Name() string {
	if c.user != nil {
		return strings.TrimSpace(c.user.FirstName + " " + c.user.LastName)
	}
	return c.Title
}

// Messages returns the messages in the chat, oldest first: the latest version of each, without deleted messages.
func (c *Chat) Messages() []*Message {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	var messages []*Message
	seen := make(map[int64]bool, len(c.current))
	for _, version := range c.log.from(0) {
		if latest := c.current[version.ID]; latest != nil && !seen[version.ID] {
			seen[version.ID] = true
			messages = append(messages, latest)
		}
	}
	return messages
}

// Wait returns the next message of the bot, new or edited, for which match returns true. A nil match accepts every
// message. The next Wait begins after that message, so an earlier message is never returned later. If ctx or the server's
// patience ([WithPatience]) ends first, the error lists what the bot wrote instead.
func (c *Chat) Wait(ctx context.Context, match func(*Message) bool) (*Message, error) {
	var found *Message
	var passed []string
	next := -1 // where this call looks next; c.read changes only if it finds a message
	waiting, cancel := c.server.patient(ctx)
	defer cancel()
	err := c.server.await(waiting, func() bool {
		if next < 0 {
			next = c.read
		}
		next = max(next, c.log.dropped)
		for _, m := range c.log.from(next) {
			next++
			if !m.byBot() {
				continue
			}
			if match == nil || match(m) {
				found, c.read = m, max(c.read, next)
				return true
			}
			passed = append(passed, fmt.Sprintf("%q", m.Text))
		}
		return false
	})
	if err == nil {
		return found, nil
	}
	if len(passed) == 0 {
		return nil, fmt.Errorf("waiting for the bot in %s: %w; it wrote nothing; %s", c.Name(), err, c.receivedBy().situation())
	}
	passed = passed[max(0, len(passed)-10):]
	return nil, fmt.Errorf("waiting for the bot in %s: %w; it wrote %s", c.Name(), err, strings.Join(passed, ", "))
}

// WaitFor waits like [Chat.Wait] for a message with exactly the given text or caption.
func (c *Chat) WaitFor(ctx context.Context, text string) (*Message, error) {
	m, err := c.Wait(ctx, func(m *Message) bool { return m.Text == text })
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return m, nil
}

// Expect waits like [Chat.WaitFor]. If the message does not arrive in time (see [WithPatience]), it fails the test,
// so it must be called from the test's own goroutine.
func (c *Chat) Expect(text string) *Message {
	c.server.tbHelper()
	m, err := c.WaitFor(context.Background(), text)
	if err != nil {
		c.server.failf("%v", err)
	}
	return m
}

// ExpectNext returns the next message of the bot, whatever its text is. Like [Chat.Expect] it fails the test if none
// arrives in time.
func (c *Chat) ExpectNext() *Message {
	c.server.tbHelper()
	m, err := c.Wait(context.Background(), nil)
	if err != nil {
		c.server.failf("%v", err)
	}
	return m
}

// Post adds a post to a channel, and the bot receives a channel_post. It fails the test if the chat is not a channel.
func (c *Chat) Post(text string) *Message {
	c.server.tbHelper()
	if c.Type != "channel" {
		c.server.failf("%s is a %s and has no posts: use Send of a member", c.Name(), c.Type)
	}
	return c.server.say(&Message{Chat: c, Text: text, Entities: markup.Find(text)})
}

// EditPost changes the text of a channel's post, and the bot receives an edited_channel_post.
func (c *Chat) EditPost(m *Message, text string) *Message {
	c.server.tbHelper()
	return c.server.revise(c, nil, m, text)
}

// History returns every version of every message in the chat, in the order in which they were sent or edited.
func (c *Chat) History() []*Message {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return slices.Clone(c.log.from(0))
}

// Action returns the chat action that the bot shows, such as typing, and when it ends: five seconds after the call of sendChatAction, or
// with the next message of the bot. It is empty if the bot shows none.
func (c *Chat) Action() (action string, ends time.Time) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.action == "" || !time.Now().Before(c.actionEnds) {
		return "", time.Time{}
	}
	return c.action, c.actionEnds
}

// Reactions returns the reactions to a message, each an emoji, by the ids of the users and bots.
func (c *Chat) Reactions(message *Message) map[int64][]string {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	all := make(map[int64][]string)
	for key, emoji := range c.reactions {
		if key.message == message.ID {
			all[key.user] = slices.Clone(emoji)
		}
	}
	return all
}

// quiet is how long a bot without pending updates must have called nothing until [Chat.ExpectNothing] takes it that it is
// done. The server sees that the bot has confirmed an update. It does not see when the handler of such an update returns.
const quiet = 50 * time.Millisecond

// ExpectNothing fails the test if the bot has written anything in the chat that no Expect or Wait has returned yet, or
// writes something now. It first lets the bot finish: it waits until the bot has confirmed all pending updates, waits for
// more with getUpdates or a webhook, and has no call open. That is exact for a bot that confirms an update after handling it (at_least_once). Other bots
// confirm first. So ExpectNothing also wants that nothing has happened for 50 ms, and it waits only for what is left of
// that. In a bubble of testing/synctest this takes no time.
//
// It fails the test too if the bot is not done within the server's patience ([WithPatience]).
func (c *Chat) ExpectNothing() {
	c.server.tbHelper()
	if err := c.nothing(context.Background()); err != nil {
		c.server.failf("%v", err)
	}
}

// receivedBy returns the bot of a private chat, or the server's first one.
func (c *Chat) receivedBy() *Bot {
	if c.bot != nil {
		return c.bot
	}
	return c.server.Bot
}

// nothing waits until the bot is done, and returns an error if it wrote something. It returns early if it already has.
func (c *Chat) nothing(ctx context.Context) error {
	s := c.server
	ctx, cancel := s.patient(ctx)
	defer cancel()
	var unread []string
	for left := time.Duration(1); left > 0 && len(unread) == 0; {
		err := c.receivedBy().awaitPatiently(ctx, "the bot to finish", func() bool {
			unread = unread[:0]
			for _, m := range c.log.from(c.read) {
				if m.byBot() {
					unread = append(unread, fmt.Sprintf("%q", m.Text))
				}
			}
			left = 0
			for _, b := range c.receivers() {
				left = max(left, quiet-time.Since(b.active))
				if b.queue.pending() > 0 || !b.ready() || b.calling > 0 {
					return len(unread) > 0
				}
			}
			return true
		})
		if err == nil && left > 0 && len(unread) == 0 {
			err = s.sleep(ctx, left)
		}
		if err != nil {
			return err
		}
	}
	if len(unread) > 0 {
		return fmt.Errorf("the bot should write nothing in %s, but it wrote %s", c.Name(), strings.Join(unread, ", "))
	}
	return nil
}
