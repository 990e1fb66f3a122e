package tgtest

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// A Fault describes how a call goes wrong. If Code, Status, Body or Empty is set, the method does not run and the
// fault is the answer. Otherwise the method runs, and the other fields damage or delay its answer. Fields may be
// combined.
type Fault struct {
	// Code is the error_code of the answer. It is also the HTTP status, unless Status is set.
	Code int
	// Description is the text of the error. The default is the official server's text for the code.
	Description string
	// RetryAfter is the parameter retry_after and the header Retry-After of the answer, in seconds. 0 means neither.
	RetryAfter int64
	// MigrateTo is the parameter migrate_to_chat_id. 0 means none.
	MigrateTo int64

	// Body is the whole body of the answer, instead of an error: for example HTML from a gateway or half a JSON object.
	Body string
	// Empty makes the answer's body empty.
	Empty bool
	// ContentType is the Content-Type of the answer. The default is application/json.
	ContentType string
	// Status is the HTTP status of the answer. The default is Code, or 200.
	Status int

	// Delay is how long the server waits before it does anything else with the call.
	Delay time.Duration
	// Hang makes the server never answer. The connection stays open until the client or the server closes it.
	Hang bool
	// Truncate sends the first half of the answer and closes the connection.
	Truncate bool
	// ResetMidBody sends the first half of the answer and resets the connection.
	ResetMidBody bool

	// ExceptPolls leaves out getUpdates if the fault is for every method.
	ExceptPolls bool
	// Times is the number of calls that the fault applies to. The default is 1. A negative number means every call.
	Times int
}

// fault is a Fault with what is left of it.
type fault struct {
	Fault
	method string // lower case; empty = every method
	left   int    // number of calls that it still applies to; negative: no limit
}

// Fail makes the next calls of a method fail as f describes. The empty name means every method. Several faults of one
// method apply one after another, in the order of the calls to Fail.
func (b *Bot) Fail(method string, f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	b.faults = append(b.faults, &fault{Fault: f, method: strings.ToLower(method), left: f.Times})
	b.server.changes.notify()
}

// Faults returns the faults that [Bot.Fail] has set and that are not used up, in order. Times is how often each still applies.
func (b *Bot) Faults() []MethodFault {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	all := make([]MethodFault, len(b.faults))
	for i, f := range b.faults {
		all[i] = MethodFault{Method: methods()[f.method].name, Fault: f.Fault}
		all[i].Fault.Times = f.left
	}
	return all
}

// WaitFaults waits until every fault that [Bot.Fail] has set has met the calls that it is for. The server's patience bounds the wait.
func (b *Bot) WaitFaults(ctx context.Context) error {
	return b.awaitPatiently(ctx, "the calls that shall fail", func() bool { return len(b.faults) == 0 })
}

// A MethodFault is a Fault that waits for calls of a method.
type MethodFault struct {
	Method string // empty: every method, or one that the Bot API does not have
	Fault  Fault
}

// Heal removes the remaining faults of a method. The empty name removes all faults.
func (b *Bot) Heal(method string) {
	method = strings.ToLower(method)
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	kept := b.faults[:0]
	for _, f := range b.faults {
		if method != "" && f.method != method {
			kept = append(kept, f)
		}
	}
	clear(b.faults[len(kept):])
	b.faults = kept
	b.server.changes.notify()
}

// takeFault returns the fault for a call of the method and counts it, or returns nil.
func (b *Bot) takeFault(method string) *Fault {
	method = strings.ToLower(method)
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	for i, f := range b.faults {
		if f.method != "" && f.method != method || f.method == "" && f.ExceptPolls && method == "getupdates" {
			continue
		}
		if f.left > 0 {
			if f.left--; f.left == 0 {
				b.faults = append(b.faults[:i], b.faults[i+1:]...)
			}
			b.server.changes.notify()
		}
		return &f.Fault
	}
	return nil
}

// answers reports whether the fault is the answer, so that the method does not run.
func (f *Fault) answers() bool { return f.Code != 0 || f.Status != 0 || f.Body != "" || f.Empty }

// reply returns the answer of a fault for which answers is true.
func (f *Fault) reply() reply {
	var answer reply
	if f.Body != "" || f.Empty {
		answer = reply{status: http.StatusOK, body: []byte(f.Body)}
	} else {
		code, description := f.Code, f.Description
		if code == 0 {
			code = f.Status
		}
		if description == "" {
			description = standardDescription(code, f.RetryAfter)
		}
		answer = failureWith(code, description, f.RetryAfter, f.MigrateTo)
	}
	if f.Code != 0 {
		answer.status = f.Code
	}
	if f.Status != 0 {
		answer.status = f.Status
	}
	answer.contentType = f.ContentType
	return answer
}

// standardDescription returns the official server's text for an error code.
func standardDescription(code int, retryAfter int64) string {
	switch code {
	case 400:
		return "Bad Request"
	case 409:
		return conflictPoll
	case 429:
		return tooManyRequests(retryAfter).description
	case 500:
		return "Internal Server Error: restart"
	}
	return http.StatusText(code)
}
