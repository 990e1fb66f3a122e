package tgtest

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// quiet is how long a bot without pending updates must have called nothing until [Chat.ExpectNothing] takes it that it is
// done. The server sees that the bot has confirmed an update. It does not see when the handler of such an update returns.
const quiet = 50 * time.Millisecond

// ExpectNothing fails the test if the bot has written anything in the chat that no Expect or Wait has returned yet, or
// writes something now. It first lets the bot finish: it waits until the bot has confirmed all pending updates, waits for
// more, and has no call open. That is exact for a bot that confirms an update after handling it (at_least_once). Other bots
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
				if b.queue.live > 0 || b.poll.waiting == nil || b.calling > 0 {
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
