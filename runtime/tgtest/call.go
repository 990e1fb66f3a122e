package tgtest

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// A Call is a call of the bot to a method other than getUpdates. It never changes and must not be written to.
type Call struct {
	Seq    int             `json:"seq"` // counts from 0
	Time   time.Time       `json:"time"`
	Method string          `json:"method"` // as the Bot API spells it, such as sendMessage
	Params Params          `json:"params"`
	Files  map[string]File `json:"files,omitempty"` // by parameter name
	// Message is what the call made of a message: the one sent, or the version after the edit. Nil if it made none.
	Message *Message `json:"-"`
	// Code is the HTTP status and, of an error, its error_code; 0 if the call was never answered.
	Code int `json:"code"`
	// Description is the error's; empty if the call succeeded.
	Description string `json:"description,omitempty"`
}

// ChatID is the parameter chat_id, 0 if it is absent or a user name.
func (c *Call) ChatID() int64 { return c.Params.Int("chat_id") }

// Text is the parameter text or, if there is none, caption.
func (c *Call) Text() string {
	if text, ok := c.Params["text"]; ok {
		return text
	}
	return c.Params["caption"]
}

// OK tells if the call succeeded.
func (c *Call) OK() bool { return c.Code == 200 && c.Description == "" }

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

func (c *Call) fail(answer reply) { c.Code, c.Description = answer.status, answer.description }

// run runs a method and records the call.
func (s *Server) run(m method, call *Call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	var answer reply
	if m.run != nil {
		answer = m.run(s, call)
	} else {
		answer = succeed(m.result)
	}
	call.Code, call.Description, call.Message = answer.status, answer.description, answer.made
	s.recordLocked(call)
	return answer
}

func (s *Server) record(call *Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordLocked(call)
}

func (s *Server) recordLocked(call *Call) {
	call.Seq = s.calls.end()
	s.calls.add(call)
	s.changes.notify()
}

// Sent are the calls of the bot so far, failed ones too, in the order in which they took effect. getUpdates is not
// among them: see [Server.Polls].
func (s *Server) Sent() []*Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls.from(0))
}

// SentBy are the calls of one method so far.
func (s *Server) SentBy(method string) []*Call {
	return slices.DeleteFunc(s.Sent(), func(c *Call) bool { return c.Method != method })
}

// WaitSent waits for a call for which match holds and returns the first one, which may have come before.
func (s *Server) WaitSent(ctx context.Context, match func(*Call) bool) (*Call, error) {
	var found *Call
	next := 0
	err := s.await(ctx, func() bool {
		next = max(next, s.calls.dropped)
		for _, call := range s.calls.from(next) {
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

// WaitCount waits until the bot has called a method, or with the empty name any, at least n times.
func (s *Server) WaitCount(ctx context.Context, method string, n int) error {
	next, count := 0, 0
	return s.await(ctx, func() bool {
		next = max(next, s.calls.dropped)
		for _, call := range s.calls.from(next) {
			next++
			if method == "" || call.Method == method {
				count++
			}
		}
		return count >= n
	})
}
