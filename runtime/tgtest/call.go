package tgtest

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A Call is a call of the bot to a method other than getUpdates. It never changes, and a test must not change it.
type Call struct {
	Seq    int             `json:"seq"` // counts from 0
	Time   time.Time       `json:"time"`
	Method string          `json:"method"` // as the Bot API spells it, such as sendMessage
	Params Params          `json:"params"`
	Files  map[string]File `json:"files,omitempty"` // by parameter name
	// Message is the message that the call sent, or the version that it made by an edit. It is nil for other calls.
	Message *Message `json:"-"`
	// Code is the HTTP status of the answer, and the error_code if it is an error. It is 0 if the call was never
	// answered.
	Code int `json:"code"`
	// Description is the description of an error. It is empty if the call succeeded.
	Description string `json:"description,omitempty"`

	// InAnswer says that the call was in the bot's answer to an update that came by webhook.
	InAnswer bool `json:"in_answer,omitempty"`

	// UpdateID is the id of the update whose handler made the call, and UpdateCall the number of the call among those of the update. They
	// are the headers Bot-Update and Bot-Call, which a bot sends while it is traced: see package trace. Without these, they are 0.
	UpdateID   int64 `json:"update_id,omitempty"`
	UpdateCall int   `json:"update_call,omitempty"`

	// Answer is the body of the answer: JSON, unless a fault has made it something else. It is nil if the call was never answered.
	Answer []byte `json:"-"`
	// Took is the time from the arrival of the call to its answer, in nanoseconds.
	Took time.Duration `json:"took,omitempty"`
	// Fault is what [Bot.Fail] did to the call, or nil.
	Fault *Fault `json:"-"`

	bot     *Bot
	arrived time.Time
}

// ChatID returns the parameter chat_id. It is 0 if the parameter is absent or a user name.
func (c *Call) ChatID() int64 { return c.Params.Int("chat_id") }

// Text returns the parameter text or, if it is absent, the parameter caption.
func (c *Call) Text() string {
	if text, ok := c.Params["text"]; ok {
		return text
	}
	return c.Params["caption"]
}

// OK reports whether the call succeeded.
func (c *Call) OK() bool { return c.Code == 200 && c.Description == "" }

// String returns the method, the chat, the text and the error, if any.
func (c *Call) String() string {
	s := c.Method
	if chat := c.Params["chat_id"]; chat != "" {
		s += " to " + chat
	}
	if text := c.Text(); text != "" {
		s += fmt.Sprintf(" %q", text)
	}
	if !c.OK() {
		s += fmt.Sprintf(": %d %s", c.Code, c.Description)
	}
	return s
}

func (c *Call) fail(answer reply) {
	c.Code, c.Description, c.Answer = answer.status, answer.description, answer.body
}

// run runs a method and records the call.
func (b *Bot) run(m method, call *Call) reply {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	var answer reply
	if refused := b.limited(call); refused != nil {
		answer = *refused
	} else if m.run != nil {
		answer = m.run(b.server, call)
	} else {
		answer = succeed(m.result)
	}
	call.fail(answer)
	call.Message = answer.made
	b.recordLocked(call)
	return answer
}

func (b *Bot) record(call *Call) {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.recordLocked(call)
}

func (b *Bot) recordLocked(call *Call) {
	call.Seq = b.calls.end()
	b.active = time.Now()
	call.Took = b.active.Sub(call.arrived)
	b.calls.add(call)
	b.server.changes.notify()
}

// Sent returns the bot's calls so far in the order in which they took effect, with those that failed. It does not
// contain getUpdates: see [Bot.Polls].
func (b *Bot) Sent() []*Call {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	return slices.Clone(b.calls.from(0))
}

// SentBy returns the calls of one method so far.
func (b *Bot) SentBy(method string) []*Call {
	return slices.DeleteFunc(b.Sent(), func(c *Call) bool { return c.Method != method })
}

// WaitSent returns the first call for which match returns true. It looks at earlier calls too, and waits if there is
// none yet. It ends with an error when ctx or the server's patience ([WithPatience]) ends.
func (b *Bot) WaitSent(ctx context.Context, match func(*Call) bool) (*Call, error) {
	return b.waitSent(ctx, "a call", match)
}

func (b *Bot) waitSent(ctx context.Context, what string, match func(*Call) bool) (*Call, error) {
	var found *Call
	next := 0
	err := b.awaitPatiently(ctx, what, func() bool {
		next = max(next, b.calls.dropped)
		for _, call := range b.calls.from(next) {
			next++
			if match(call) {
				found = call
				return true
			}
		}
		return false
	})
	return found, err
}

// WaitCount waits until the bot has called a method at least n times. The empty name counts the calls of all methods. It ends
// with an error when ctx or the server's patience ([WithPatience]) ends.
func (b *Bot) WaitCount(ctx context.Context, method string, n int) error {
	next, count := 0, 0
	what := fmt.Sprintf("%d calls of %s", n, orElse(method, "any method"))
	return b.awaitPatiently(ctx, what, func() bool {
		next = max(next, b.calls.dropped)
		for _, call := range b.calls.from(next) {
			next++
			if method == "" || call.Method == method {
				count++
			}
		}
		return count >= n
	})
}
