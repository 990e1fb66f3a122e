package tgtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Chat is a private chat with the bot, a group, a supergroup or a channel.
type Chat struct {
	ID       int64
	Type     string // private, group, supergroup or channel
	Title    string // empty for a private chat
	Username string // without the @

	server  *Server
	user    *User // of a private chat
	encoded []byte
	adopted bool // known from a pushed update only, so that what was in it before is not known

	// Guarded by the server's lock.
	log         history[*Message] // every version of every message, in order
	current     map[int64]*Message
	lastMessage int64
	status      map[int64]string // of its members by user id, where it is not StatusMember
	read        int              // sequence number in log from which Next and Wait look
}

// Name is the chat's title, or the name of its user.
func (c *Chat) Name() string {
	if c.user != nil {
		return strings.TrimSpace(c.user.FirstName + " " + c.user.LastName)
	}
	return c.Title
}

// Messages are the messages in the chat as they are now, oldest first: without those that were deleted.
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

// Wait returns the next message of the bot, new or edited, for which match holds, and moves on past it: a message
// before it is not looked at again. A nil match takes every message. It waits until ctx ends; the error then tells
// what came instead.
func (c *Chat) Wait(ctx context.Context, match func(*Message) bool) (*Message, error) {
	var found *Message
	var passed []string
	next := -1 // where this call looks next; the chat's mark moves only when it finds something
	err := c.server.await(ctx, func() bool {
		if next < 0 {
			next = c.read
		}
		next = max(next, c.log.dropped)
		for _, m := range c.log.from(next) {
			next++
			if !m.FromBot {
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
		return nil, fmt.Errorf("waiting for the bot in %s: %w; it wrote nothing", c.Name(), err)
	}
	passed = passed[max(0, len(passed)-10):]
	return nil, fmt.Errorf("waiting for the bot in %s: %w; it wrote %s", c.Name(), err, strings.Join(passed, ", "))
}

// WaitFor is Wait for a message with exactly the given text or caption.
func (c *Chat) WaitFor(ctx context.Context, text string) (*Message, error) {
	m, err := c.Wait(ctx, func(m *Message) bool { return m.Text == text })
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return m, nil
}

// Expect is WaitFor that fails the test if the message does not come in time (see [WithPatience]). As it fails the
// test it must be called by the test's own goroutine.
func (c *Chat) Expect(text string) *Message {
	c.server.tbHelper()
	ctx, cancel := context.WithTimeout(context.Background(), c.server.cfg.patience)
	defer cancel()
	m, err := c.WaitFor(ctx, text)
	if err != nil {
		c.server.failf("%v", err)
	}
	return m
}

// ExpectNext is Wait for whatever the bot writes next, with the manners of Expect.
func (c *Chat) ExpectNext() *Message {
	c.server.tbHelper()
	ctx, cancel := context.WithTimeout(context.Background(), c.server.cfg.patience)
	defer cancel()
	m, err := c.Wait(ctx, nil)
	if err != nil {
		c.server.failf("%v", err)
	}
	return m
}

// Post adds a post to a channel, as its administrators do.
func (c *Chat) Post(text string) *Message {
	c.server.tbHelper()
	if c.Type != "channel" {
		c.server.failf("%s is a %s: its members send messages", c.Name(), c.Type)
	}
	return c.server.say(&Message{Chat: c, Text: text, Entities: findEntities(text)})
}

// EditPost edits a post of a channel.
func (c *Chat) EditPost(m *Message, text string) *Message {
	c.server.tbHelper()
	return c.server.revise(c, nil, m, text)
}

// History is every version of every message of the chat in order: what was sent, then its edits as they came.
func (c *Chat) History() []*Message {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return slices.Clone(c.log.from(0))
}
