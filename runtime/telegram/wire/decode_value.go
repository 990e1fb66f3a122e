package wire

import (
	"math/bits"
	"slices"
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
		if m == 0 {
			seen |= w
			i += 8
			continue
		}
		seen |= w & (m&-m - 1) // what is before the mark, and of the marked byte only what is not its highest bit
		i += bits.TrailingZeros64(m) >> 3
		if s[i] == '"' && seen&high == 0 {
			*v = s[start:i]
			return i + 1
		}
		return d.unquote(start, i, seen&high == 0, v)
	}
	end, _ := plainRun(s, i)
	return d.unquote(start, end, false, v)
}

// plainRun is skipPlain, and says whether all that it skipped is ASCII.
func plainRun(s string, i int) (end int, ascii bool) {
	seen := uint64(0)
	for i+8 <= len(s) {
		w := load(s, i)
		if m := special(w); m != 0 {
			seen |= w & (m&-m - 1)
			return i + bits.TrailingZeros64(m)>>3, seen&high == 0
		}
		seen |= w
		i += 8
	}
	for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= ' ' {
		seen |= uint64(s[i])
		i++
	}
	return i, seen&high == 0
}

// unquote is text for a string that has escapes or bytes outside ASCII: the first of its runs without escapes ends
// at end.
func (d *decoder) unquote(start, end int, ascii bool, v *string) int {
	s := d.s
	if end < len(s) && s[end] == '"' && utf8.ValidString(s[start:end]) {
		*v = s[start:end]
		return end + 1
	}
	b := d.room(start)
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

// room is the decoder's buffer, with room for about what the string that starts at start comes to. That is a guess:
// in a long string it takes every backslash before the next quote for an escape of six bytes that becomes three.
func (d *decoder) room(start int) []byte {
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
	return slices.Grow(s, 1)[:len(s)+1]
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
