package telegram

import (
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text decodes a string. Without escapes it is a part of the update's own text.
func (d *decoder) text(i int, v *string) int {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return d.end(i)
	}
	if s[i] != '"' {
		return d.null(i, "a string")
	}
	i++
	start := i
	seen := uint64(0)
	for i+8 <= len(s) {
		w := load(s, i)
		m := special(w)
		if m != 0 {
			n := bits.TrailingZeros64(m)
			seen |= w & (1<<(n&^7) - 1)
			i += n >> 3
			if s[i] == '"' && seen&high == 0 {
				*v = s[start:i]
				return i + 1
			}
			return d.unquote(start, i, v)
		}
		seen |= w
		i += 8
	}
	return d.unquote(start, start, v)
}

// unquote is text for a string that has escapes or bytes outside ASCII, or stands at the end of the update. The
// first escape is not before from.
func (d *decoder) unquote(start, from int, v *string) int {
	s := d.s
	i := skipPlain(s, from)
	if i < len(s) && s[i] == '"' && utf8.ValidString(s[start:i]) {
		*v = s[start:i]
		return i + 1
	}
	b := d.room(start)
	begin := len(b)
	for {
		b = appendText(b, s[start:i])
		for i < len(s) && s[i] == '\\' {
			if b, i = appendEscaped(b, s, i); i < 0 {
				return i
			}
		}
		if i >= len(s) || s[i] < ' ' {
			return ^i
		}
		if s[i] == '"' {
			d.buffer = b
			*v = textOf(b[begin:])
			return i + 1
		}
		start = i
		i = skipPlain(s, i)
	}
}

// room is the decoder's buffer with room for about what the string that starts at start may come to, not
// counting on it: text that is not English takes six bytes of JSON for two or three of UTF-8.
func (d *decoder) room(start int) []byte {
	n := strings.IndexByte(d.s[start:], '"')/2 + 16
	if cap(d.buffer)-len(d.buffer) < n {
		d.buffer = make([]byte, 0, max(n, 96))
	}
	return d.buffer
}

// int64 decodes an integer.
func (d *decoder) int64(i int, v *int64) int {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return d.end(i)
	}
	if c := s[i]; c != '-' && c-'0' > 9 {
		return d.null(i, "an integer")
	}
	n, next, ok := scanInt(s, i)
	if !ok {
		if next >= 0 {
			return d.fail(i, "an integer of 64 bits")
		}
		return next
	}
	*v = n
	return next
}

// float64 decodes a number.
func (d *decoder) float64(i int, v *float64) int {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return d.end(i)
	}
	if c := s[i]; c != '-' && c-'0' > 9 {
		return d.null(i, "a number")
	}
	next := skipNumber(s, i)
	if next < 0 {
		return next
	}
	f, err := strconv.ParseFloat(s[i:next], 64)
	if err != nil {
		return d.fail(i, "a number of 64 bits")
	}
	*v = f
	return next
}

// bool decodes true or false.
func (d *decoder) bool(i int, v *bool) int {
	s := d.s
	if uint(i) >= uint(len(s)) {
		return d.end(i)
	}
	if s[i] == 't' && len(s)-i >= 4 && s[i:i+4] == "true" {
		*v = true
		return i + 4
	}
	if s[i] == 'f' && len(s)-i >= 5 && s[i:i+5] == "false" {
		*v = false
		return i + 5
	}
	return d.null(i, "true or false")
}

// like returns the one of the names, which are separated by spaces, that a name which is none of them stands for
// because encoding/json does not look at the case; "" if it stands for none.
func like(name, names string) string {
	if plainName(name) {
		return ""
	}
	for known := range strings.FieldsSeq(names) {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return ""
}

// grown makes room in a slice for one more element, which is 0, or, as with encoding/json, what stood there before
// an earlier value of the same field was replaced.
func grown[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// objects guesses how many objects the array has whose first element is at i, so that its slice need not grow: as
// many as there are braces before a bracket. At worst that is wrong, and costs a little memory.
func (d *decoder) objects(i int) int {
	s := d.s[i:]
	if end := strings.IndexByte(s, ']'); end >= 0 {
		s = s[:end]
	}
	return min(max(strings.Count(s, "{"), 1), 16)
}
