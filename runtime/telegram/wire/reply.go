package wire

import (
	"fmt"
	"strings"
	"unsafe"
)

// A replyError is the Bot API server's refusal of a request.
type Refusal struct {
	Code        int    // as the HTTP status; 0 if the server gives none
	Description string // for a person to read
	RetryAfter  int64  // seconds to wait, or 0
}

func (e *Refusal) Error() string {
	if e.Description == "" {
		return fmt.Sprintf("the Bot API server refused with code %d", e.Code)
	}
	return fmt.Sprintf("the Bot API server refused with code %d: %s", e.Code, e.Description)
}

// A SplitError says that a body is not a reply to getUpdates, or that a text is not an update.
type SplitError struct {
	// Offset is the number of bytes before the mistake.
	Offset int

	// Problem is what is wrong. It holds nothing of the body.
	Problem string
}

func (e *SplitError) Error() string {
	return fmt.Sprintf("%s, at byte %d", e.Problem, e.Offset)
}

// splitReply takes apart the body of a reply to getUpdates, in one pass and without decoding it.
//
// If the server says ok, the updates are appended to dst; each refers to the body, which must not change while it
// is used. If the server refuses, fail says why. If the body is neither, err is a [*SplitError], and no update of
// it counts: what is not wholly JSON, by the rules of encoding/json, is not to be trusted in part. An update of an
// unknown kind or with fields of the wrong types is JSON, and comes with its id. Nesting is not limited here.
func SplitReply(body []byte, dst []RawUpdate) (updates []RawUpdate, fail *Refusal, err error) {
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
		refusal := r.fail // or r would be on the heap
		return dst, &refusal, nil
	case r.ok != 't':
		return dst, nil, &SplitError{Problem: "a reply without ok"}
	case r.mistake != "":
		return dst, nil, &SplitError{Offset: r.at, Problem: r.mistake}
	case !r.result:
		return dst, nil, &SplitError{Problem: "a reply without a result"}
	}
	return updates, nil, nil
}

// textOf is b as a string, without a copy: for a scan, which keeps nothing of it.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// reply is what a body was found to hold so far.
type reply struct {
	ok      byte // t, f, or 0 for neither
	result  bool
	fail    Refusal
	mistake string // in the result
	at      int
}

// member reads a member of the reply, and says whether there is another.
func (r *reply) member(s string, body []byte, i int, updates *[]RawUpdate, kept int) (next int, more bool) {
	start := i
	if i = skipKey(s, i); i < 0 {
		return i, false
	}
	name := keyText(s, start)
	if i = skipSpace(s, i); i >= len(s) {
		return ^i, false
	}
	value := i
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
		r.fail.Code = int(intAt(s, value))
	case "description":
		r.fail.Description = ""
		if s[value] == '"' {
			r.fail.Description = strings.Clone(unquote(s[value+1 : i-1]))
		}
	}
	return nextMember(s, i)
}

// nextMember reads what follows a member: a comma or the end of the object.
func nextMember(s string, i int) (next int, more bool) {
	i = skipSpace(s, i)
	switch {
	case i < len(s) && s[i] == '}':
		return i + 1, false
	case i < len(s) && s[i] == ',':
		return skipSpace(s, i+1), true
	}
	return ^i, false
}

// updates reads the result.
func (r *reply) updates(s string, body []byte, i int, updates *[]RawUpdate) int {
	if s[i] != '[' {
		r.wrong(i, "a result that is not an array")
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
			r.wrong(i, mistake)
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

// wrong keeps the first mistake.
func (r *reply) wrong(at int, mistake string) {
	if r.mistake == "" {
		r.at, r.mistake = at, mistake
	}
}

// parameters reads what else the server says about a refusal.
func (r *reply) parameters(s string, i int) int {
	r.fail.RetryAfter = 0
	if s[i] != '{' {
		return skipValue(s, i, noLimit)
	}
	if i = skipSpace(s, i+1); i < len(s) && s[i] == '}' {
		return i + 1
	}
	for more := true; more; {
		start := i
		if i = skipKey(s, i); i < 0 {
			return i
		}
		value := skipSpace(s, i)
		if i = skipValue(s, i, noLimit); i < 0 {
			return i
		}
		if keyText(s, start) == "retry_after" {
			r.fail.RetryAfter = intAt(s, value)
		}
		if i, more = nextMember(s, i); i < 0 {
			return i
		}
	}
	return i
}

// keyText is the name whose opening quote is at i, and which was found to be one.
func keyText(s string, i int) string {
	return unquote(s[i+1 : skipString(s, i+1)-1])
}

// intAt is the integer at i, or 0 if there is another value.
func intAt(s string, i int) int64 {
	n, _, _ := scanInt(s, i)
	return n
}

// syntaxError says where the text stops being JSON, given the negative result of a scan.
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
