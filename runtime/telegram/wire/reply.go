package wire

import (
	"fmt"
	"strings"
	"unsafe"
)

// A Refusal is an answer of the Bot API server with ok=false.
type Refusal struct {
	Code        int    // error_code, the same as the HTTP status; 0 if the server gives none
	Description string // description, for people to read
	RetryAfter  int64  // parameters.retry_after: seconds to wait before the next request, or 0
}

func (e *Refusal) Error() string {
	if e.Description == "" {
		return fmt.Sprintf("the Bot API server refused with code %d", e.Code)
	}
	return fmt.Sprintf("the Bot API server refused with code %d: %s", e.Code, e.Description)
}

// A SplitError reports a body that is not a reply to getUpdates, or a text that is not an update.
type SplitError struct {
	// Offset is the number of bytes before the mistake.
	Offset int

	// Problem says what is wrong. It holds no text of the body.
	Problem string
}

func (e *SplitError) Error() string {
	return fmt.Sprintf("%s, at byte %d", e.Problem, e.Offset)
}

// SplitReply splits the body of a reply to getUpdates into its updates, in one pass and without decoding them. There are
// three outcomes:
//
//   - The server says ok=true: the updates are appended to dst. Each shares memory with the body, so the body must not
//     change while they are used.
//   - The server says ok=false: refusal says why.
//   - The body is neither: err is a [*SplitError], and no update counts. A body that encoding/json would refuse is not
//     trusted in part.
//
// An update of an unknown kind, or with a field of the wrong type, is not an error here and has its id. Nesting is not
// limited here; [DecodeUpdate] limits it.
func SplitReply(body []byte, dst []RawUpdate) (updates []RawUpdate, refusal *Refusal, err error) {
	s := textOf(body)
	var r reply
	updates = dst
	i := skipSpace(s, 0)
	if i == len(s) {
		return dst, nil, &SplitError{Offset: i, Problem: "an empty body"}
	}
	if s[i] != '{' {
		return dst, nil, &SplitError{Offset: i, Problem: notObject(s[i])}
	}
	if i = skipSpace(s, i+1); i < len(s) && s[i] == '}' {
		i++
	} else {
		for more := true; more; {
			if i, more = r.member(s, body, i, &updates, len(dst)); i < 0 {
				return dst, nil, syntaxError(s, i)
			}
		}
	}
	if i = skipSpace(s, i); i < len(s) {
		return dst, nil, &SplitError{Offset: i, Problem: "more after the end of the reply"}
	}
	switch {
	case r.ok == 'f':
		refused := r.refusal // a copy: &r.refusal would move r to the heap
		return dst, &refused, nil
	case r.ok != 't':
		return dst, nil, &SplitError{Problem: "a reply without ok"}
	case r.mistake != "":
		return dst, nil, &SplitError{Offset: r.at, Problem: r.mistake}
	case !r.result:
		return dst, nil, &SplitError{Problem: "a reply without a result"}
	}
	return updates, nil, nil
}

// textOf returns b as a string that shares its memory. The string must not be used after b has changed.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// reply is what the members of a body said so far.
type reply struct {
	ok      byte // t for true, f for false, 0 for neither
	result  bool // there is a result
	refusal Refusal
	mistake string // the first mistake in the result
	at      int    // where it is
}

// member reads a member of the reply, and reports whether there is another. The first kept updates are not of this reply.
func (r *reply) member(s string, body []byte, i int, updates *[]RawUpdate, kept int) (next int, more bool) {
	name, _, value := memberName(s, i)
	if i = value; i < 0 {
		return i, false
	}
	name = unquote(name)
	switch name {
	case "result":
		r.result, r.mistake = true, ""
		*updates = (*updates)[:kept]
		i = r.updates(s, body, i, updates)
	case "parameters":
		i = r.parameters(s, i)
	default:
		i = skipValue(s, i, noLimit)
	}
	if i < 0 {
		return i, false
	}
	switch name {
	case "ok":
		r.ok = 0
		if s[value] == 't' || s[value] == 'f' {
			r.ok = s[value]
		}
	case "error_code":
		r.refusal.Code = int(intAt(s, value))
	case "description":
		r.refusal.Description = ""
		if s[value] == '"' {
			r.refusal.Description = strings.Clone(unquote(s[value+1 : i-1]))
		}
	}
	return nextMember(s, i)
}

// updates reads the result and appends its updates.
func (r *reply) updates(s string, body []byte, i int, updates *[]RawUpdate) int {
	if s[i] != '[' {
		r.keepMistake(i, "a result that is not an array")
		return skipValue(s, i, noLimit)
	}
	if i = skipSpace(s, i+1); i < len(s) && s[i] == ']' {
		return i + 1
	}
	for {
		*updates = append(*updates, RawUpdate{})
		u := &(*updates)[len(*updates)-1]
		next, mistake := scanUpdate(s, i, &u.Header)
		if next < 0 {
			return next
		}
		if mistake != "" {
			r.keepMistake(i, mistake)
		}
		u.Raw = body[i:next:next]
		i = skipSpace(s, next)
		switch {
		case i < len(s) && s[i] == ']':
			return i + 1
		case i < len(s) && s[i] == ',':
			i = skipSpace(s, i+1)
		default:
			return ^i
		}
	}
}

// keepMistake keeps a mistake in the result, if it is the first.
func (r *reply) keepMistake(at int, mistake string) {
	if r.mistake == "" {
		r.at, r.mistake = at, mistake
	}
}

// parameters reads the member of that name, which holds more about a refusal.
func (r *reply) parameters(s string, i int) int {
	r.refusal.RetryAfter = 0
	if s[i] != '{' {
		return skipValue(s, i, noLimit)
	}
	if i = skipSpace(s, i+1); i < len(s) && s[i] == '}' {
		return i + 1
	}
	for more := true; more; {
		name, _, value := memberName(s, i)
		if i = value; i < 0 {
			return i
		}
		if i = skipValue(s, i, noLimit); i < 0 {
			return i
		}
		if unquote(name) == "retry_after" {
			r.refusal.RetryAfter = intAt(s, value)
		}
		if i, more = nextMember(s, i); i < 0 {
			return i
		}
	}
	return i
}

// intAt returns the integer at i, or 0 if another value is there.
func intAt(s string, i int) int64 {
	n, _, _ := scanInt(s, i)
	return n
}

// syntaxError is the error for a negative result of the scan.
func syntaxError(s string, at int) *SplitError {
	at = ^at
	if at >= len(s) {
		return &SplitError{Offset: len(s), Problem: "JSON that ends too early"}
	}
	return &SplitError{Offset: at, Problem: "not JSON"}
}

func notObject(c byte) string {
	if c == '<' {
		return "HTML instead of JSON"
	}
	return "not a JSON object"
}
