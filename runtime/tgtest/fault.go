package tgtest

import (
	"net/http"
	"strings"
	"time"
)

// A Fault is a misbehaviour of the server. With Code, Status or Body set the method does not run and this is the
// answer; otherwise it runs, and what happens to its right answer is told by the other fields. They may be combined.
type Fault struct {
	// Code is the error_code of the answer, and its HTTP status unless Status is set.
	Code int
	// Description is the error's text. By default it is what the official server says with that code.
	Description string
	// RetryAfter is in seconds: the parameter retry_after, and the header with code 429.
	RetryAfter int64
	// MigrateTo is the parameter migrate_to_chat_id.
	MigrateTo int64

	// Body is the answer as it is, instead of an error: HTML from a gateway, half an object, updates with odd ids.
	Body string
	// Empty makes the answer's body empty.
	Empty bool
	// ContentType is the answer's, application/json by default.
	ContentType string
	// Status is the answer's HTTP status. The default is Code, or 200.
	Status int

	// Delay holds the call back before anything else happens.
	Delay time.Duration
	// Hang never answers: the connection stays open until the client or the server closes it.
	Hang bool
	// Truncate sends the first half of the answer and closes the connection.
	Truncate bool
	// ResetMidBody sends the first half of the answer and resets the connection.
	ResetMidBody bool

	// Times is the number of calls it applies to: 1 by default, without end if negative.
	Times int
}

// fault is a Fault that waits for its calls.
type fault struct {
	Fault
	method string // lower case; empty = every method
	left   int
}

// Fail makes the next calls of a method go wrong; the empty name stands for every method. Faults of one method
// apply one after another, in the order of the calls to Fail.
func (s *Server) Fail(method string, f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{Fault: f, method: strings.ToLower(method), left: f.Times})
}

// Heal forgets the faults of a method that are left, or with the empty name all of them.
func (s *Server) Heal(method string) {
	method = strings.ToLower(method)
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.faults[:0]
	for _, f := range s.faults {
		if method != "" && f.method != method {
			kept = append(kept, f)
		}
	}
	clear(s.faults[len(kept):])
	s.faults = kept
}

// takeFault is the fault that the next call of the method gets, or nil.
func (s *Server) takeFault(method string) *Fault {
	method = strings.ToLower(method)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.method != "" && f.method != method {
			continue
		}
		if f.left > 0 {
			if f.left--; f.left == 0 {
				s.faults = append(s.faults[:i], s.faults[i+1:]...)
			}
		}
		return &f.Fault
	}
	return nil
}

// answers tells if the fault stands in for the method.
func (f *Fault) answers() bool { return f.Code != 0 || f.Status != 0 || f.Body != "" || f.Empty }

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
