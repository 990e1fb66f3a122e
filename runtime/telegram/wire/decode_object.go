package wire

import (
	"math/bits"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// A decoder decodes one update. Its generated methods, in decode_gen.go, each decode one type; the methods in the
// decode files beside it are what those are made of.
//
// A method takes the position of the first byte of a value and returns the position after it. A negative result is
// the complement of the position of a mistake, as in the scan, and every method that is given one returns it, so
// that the generated code need not look.
type decoder struct {
	s string

	// careful makes the decoder do as gotgbot does word by word, at the price of reading unions twice: see union.
	careful bool
	spans   []span // if careful: all objects and arrays

	// detours are how many bytes were read twice so far: see detour.
	detours int

	// nested is set inside a value whose numbers have all been looked at: see numbersFit.
	nested bool

	// problem is what is wrong at the position of the mistake, if it is not that the text is not JSON.
	problem string

	// foreign is set if the mistake is a variant of a union that gotgbot may know, although the decoder does not.
	foreign bool

	// buffer is where strings with escapes are unescaped to. Bytes in it never change, and it is never freed
	// while a string refers to it.
	buffer []byte

	// message and user are made together with the update, for the first of either that is needed.
	message *gotgbot.Message
	user    *gotgbot.User
}

// first opens the object at i and reads the name of its first member. If there is none, more is false: the object
// is empty or null, or i is where the mistake is.
func (d *decoder) first(i int) (name string, value int, more bool) { return d.member(i, '{') }

// next goes from the end of a member to the value of the next one, and reads its name. At the end of the object
// more is false.
func (d *decoder) next(i int) (name string, value int, more bool) { return d.member(i, ',') }

// member reads what comes before a member, a brace or a comma, then its name and the colon after it.
func (d *decoder) member(i int, before byte) (name string, value int, more bool) {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return "", d.end(i), false
	}
	if c := s[i]; c != before {
		if c == '}' && before == ',' {
			return "", i + 1, false
		}
		if i, more = d.before(i, before); !more {
			return "", i, false
		}
	}
	i++
	if i >= len(s) || s[i] != '"' {
		if i, more = d.quote(i, before); !more {
			return "", i, false
		}
	}
	i++
	start := i
	for {
		if i+8 > len(s) {
			i = skipPlain(s, i)
			break
		}
		if m := special(load(s, i)); m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	if i >= len(s) || s[i] != '"' {
		return d.oddName(start)
	}
	name = s[start:i]
	if i+2 < len(s) && s[i+1] == ':' && s[i+2] > ' ' {
		return name, i + 2, true
	}
	i, more = d.colon(i + 1)
	return name, i, more
}

// before looks for the brace or comma before a member, beyond white space. If there is none, more is false.
func (d *decoder) before(i int, before byte) (next int, more bool) {
	s := d.s
	if before == '{' {
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

// quote looks for the quote before a name, beyond white space. An object may also be empty.
func (d *decoder) quote(i int, before byte) (next int, more bool) {
	s := d.s
	switch i = skipSpace(s, i); {
	case i < len(s) && s[i] == '"':
		return i, true
	case i < len(s) && s[i] == '}' && before == '{':
		return i + 1, false
	}
	return ^i, false
}

// oddName reads a name with escapes, and the colon after it.
func (d *decoder) oddName(start int) (name string, value int, more bool) {
	end := skipString(d.s, start)
	if end < 0 {
		return "", end, false
	}
	value, more = d.colon(end)
	return unquote(d.s[start : end-1]), value, more
}

// colon looks for the colon after a name, beyond white space, and for the value after that.
func (d *decoder) colon(i int) (value int, more bool) {
	if i = skipColon(d.s, i); i < 0 {
		return i, false
	}
	if i = skipSpace(d.s, i); i >= len(d.s) {
		return ^i, false
	}
	return i, true
}

// firstElement opens the array at i. If it has no elements, more is false; see first.
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

// nextElement goes from the end of an element to the next one. At the end of the array more is false.
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

// isNull says whether the value at i can only be null.
func (d *decoder) isNull(i int) bool { return uint(i) < uint(len(d.s)) && d.s[i] == 'n' }

// null skips a null, which leaves a value that is no pointer, slice or union as it is. Anything else is a mistake:
// want is what should have stood there.
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

// end is the result for a position outside the text: a mistake found before, or the text's end.
func (d *decoder) end(i int) int {
	if i < 0 {
		return i
	}
	return ^i
}
