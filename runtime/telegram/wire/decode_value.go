package wire

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text decodes a string. If it has no escapes, it shares memory with the update's text.
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
		if m == 0 {
			seen |= w
			i += 8
			continue
		}
		seen |= w & (m&-m - 1) // the bytes before the lowest mark; of the marked byte the highest bit is left out
		i += bits.TrailingZeros64(m) >> 3
		if s[i] == '"' && seen&highBits == 0 {
			*v = s[start:i]
			return i + 1
		}
		return d.unquote(start, i, seen&highBits == 0, v)
	}
	end, _ := plainRun(s, i)
	return d.unquote(start, end, false, v)
}

// unquote decodes a string that has escapes or bytes outside ASCII. The string begins at start; its first escape or its
// closing quote is at end. ascii reports whether the bytes between them are ASCII.
func (d *decoder) unquote(start, end int, ascii bool, v *string) int {
	s := d.s
	if end < len(s) && s[end] == '"' && utf8.ValidString(s[start:end]) {
		*v = s[start:end]
		return end + 1
	}
	b := d.reserve(start)
	begin := len(b)
	for {
		if ascii {
			b = append(b, s[start:end]...)
		} else {
			b = appendText(b, s[start:end])
		}
		for end < len(s) && s[end] == '\\' {
			if b, end = appendEscaped(b, s, end); end < 0 {
				return end
			}
		}
		if end >= len(s) || s[end] < ' ' {
			return ^end
		}
		if s[end] == '"' {
			d.buffer = b
			*v = textOf(b[begin:])
			return end + 1
		}
		start = end
		end, ascii = plainRun(s, start)
	}
}

// reserve returns the decoder's buffer with room for the text of the string that begins at start. The length is a guess:
// in a long string each backslash before the next quote counts as an escape of six bytes that becomes three.
func (d *decoder) reserve(start int) []byte {
	const enough = 96
	s := d.s[start:]
	n := strings.IndexByte(s, '"')
	if n > enough {
		n -= 3 * strings.Count(s[:n], `\`)
	}
	if cap(d.buffer)-len(d.buffer) < n {
		d.buffer = make([]byte, 0, max(n, enough))
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

// matchFold returns the one of the names that equals name if case is ignored, as encoding/json does, or "". The names are
// separated by spaces, and name is not one of them as it is written.
func matchFold(name, names string) string {
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

// extend returns a slice with one more element. As in encoding/json, the element keeps what it held if the slice had it
// before, that is, if the same field came earlier in the object. Otherwise it is zero.
func extend[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	return slices.Grow(s, 1)[:len(s)+1]
}

// guessLength guesses the length of an array of objects, so that its slice need not grow. The first element is at i. The
// guess is the number of opening braces before the next closing bracket, from 1 to 16.
func (d *decoder) guessLength(i int) int {
	s := d.s[i:]
	if end := strings.IndexByte(s, ']'); end >= 0 {
		s = s[:end]
	}
	return min(max(strings.Count(s, "{"), 1), 16)
}
