package wire

import (
	"math/bits"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A decoder decodes one update. It has a generated method for each type, in decode_gen.go. Those call the methods of the
// decode files, which are written by hand.
//
// A method takes the position of the first byte of a value and returns the position after the value. As in the scan, a
// negative result ^n is a mistake at byte n. A method that is given a negative position returns it unchanged, so that the
// generated code need not check after every call.
type decoder struct {
	s string

	// careful makes the decoder follow gotgbot step by step, which reads unions twice: see union.
	careful bool
	spans   []span // all objects and arrays, if careful

	// reread is the number of bytes that were read twice so far: see tooMuchReread.
	reread int

	// nested is set within a union whose numbers are checked when it ends, with those of the unions inside: see numbersFit.
	nested bool

	// problem says what was expected at the position of the mistake. It is empty if the text is not valid JSON there.
	problem string

	// unknownVariants are the variants of unions that the decoder does not know. gotgbot may know them.
	unknownVariants []UnknownVariant

	// buffer holds the texts of strings with escapes. The strings of the update refer to it, so what is written in it stays
	// as it is: more is appended, or a new buffer is made.
	buffer []byte

	// message and user are allocated with the update, for the first message and the first user in it: see newUpdate.
	message *gotgbot.Message
	user    *gotgbot.User
}

// first opens the object at i and reads the name of its first member. more is false if there is no member: if the object
// is empty or null, or if there is a mistake. Then value is the position after the object, or the mistake.
func (d *decoder) first(i int) (name string, value int, more bool) { return d.member(i, '{') }

// next reads the name of the member that follows the one that ends at i. At the end of the object more is false.
func (d *decoder) next(i int) (name string, value int, more bool) { return d.member(i, ',') }

// member reads a member up to its value: the brace or comma that leads to it, its name and the colon. It handles names
// without escapes and text without white space itself. Everything else is left to the functions below.
func (d *decoder) member(i int, lead byte) (name string, value int, more bool) {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return "", d.end(i), false
	}
	if c := s[i]; c != lead {
		if c == '}' && lead == ',' {
			return "", i + 1, false
		}
		if i, more = d.findLead(i, lead); !more {
			return "", i, false
		}
	}
	i++
	if i >= len(s) || s[i] != '"' {
		if i, more = d.findQuote(i, lead); !more {
			return "", i, false
		}
	}
	i++
	start := i
	for {
		if i+8 > len(s) {
			i, _ = plainRun(s, i)
			break
		}
		if m := special(load(s, i)); m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	if i >= len(s) || s[i] != '"' {
		return d.escapedName(start)
	}
	name = s[start:i]
	if i+2 < len(s) && s[i+1] == ':' && s[i+2] > ' ' {
		return name, i + 2, true
	}
	i, more = d.readColon(i + 1)
	return name, i, more
}

// findLead finds the comma before a member after white space. If no comma follows, more is false. Before the first member, the
// value is not an object: it may be null.
func (d *decoder) findLead(i int, lead byte) (next int, more bool) {
	s := d.s
	if lead == '{' {
		return d.null(i, "an object"), false
	}
	switch i = skipSpace(s, i); {
	case i < len(s) && s[i] == ',':
		return i, true
	case i < len(s) && s[i] == '}':
		return i + 1, false
	}
	return ^i, false
}

// findQuote finds the quote before a name after white space. If no quote follows, more is false: the object may be empty.
func (d *decoder) findQuote(i int, lead byte) (next int, more bool) {
	s := d.s
	switch i = skipSpace(s, i); {
	case i < len(s) && s[i] == '"':
		return i, true
	case i < len(s) && s[i] == '}' && lead == '{':
		return i + 1, false
	}
	return ^i, false
}

// escapedName reads a name with escapes, and the colon after it.
func (d *decoder) escapedName(start int) (name string, value int, more bool) {
	end := skipString(d.s, start)
	if end < 0 {
		return "", end, false
	}
	value, more = d.readColon(end)
	return unquote(d.s[start : end-1]), value, more
}

// readColon reads the colon after a name, with white space around it. value is the position of the member's value.
func (d *decoder) readColon(i int) (value int, more bool) {
	if i = skipColon(d.s, i); i < 0 {
		return i, false
	}
	if i = skipSpace(d.s, i); i >= len(d.s) {
		return ^i, false
	}
	return i, true
}

// firstElement opens the array at i. If it has no elements, more is false, as with first.
func (d *decoder) firstElement(i int) (next int, more bool) {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return d.end(i), false
	}
	if s[i] != '[' {
		return d.fail(i, "an array"), false
	}
	if i = skipSpace(s, i+1); i >= len(s) {
		return ^i, false
	}
	if s[i] == ']' {
		return i + 1, false
	}
	return i, true
}

// nextElement returns the position of the element that follows the one that ends at i. At the end of the array more is
// false.
func (d *decoder) nextElement(i int) (next int, more bool) {
	s := d.s
	if i < 0 {
		return i, false
	}
	if i < len(s) && isSpace(s[i]) {
		i = skipSpace(s, i)
	}
	if i >= len(s) {
		return ^i, false
	}
	if s[i] == ']' {
		return i + 1, false
	}
	if s[i] != ',' {
		return ^i, false
	}
	if i++; i < len(s) && isSpace(s[i]) {
		i = skipSpace(s, i)
	}
	if i >= len(s) {
		return ^i, false
	}
	return i, true
}

// isNull reports whether the value at i begins as null does.
func (d *decoder) isNull(i int) bool { return uint(i) < uint(len(d.s)) && d.s[i] == 'n' }

// null skips a null. As in encoding/json, null leaves a number, a text or a struct as it is. Any other value is of the
// wrong type; want is what was expected.
func (d *decoder) null(i int, want string) int {
	if d.isNull(i) {
		return skipLiteral(d.s, i)
	}
	return d.fail(i, want)
}

// skip skips a value of any kind.
func (d *decoder) skip(i int) int {
	if i < 0 {
		return i
	}
	if d.careful && (d.s[i] == '{' || d.s[i] == '[') {
		return d.skipSpan(i)
	}
	return skipValue(d.s, i, maxDepth)
}

// end is the result for a position outside the text: a mistake that was found before, or the end of the text.
func (d *decoder) end(i int) int {
	if i < 0 {
		return i
	}
	return ^i
}
