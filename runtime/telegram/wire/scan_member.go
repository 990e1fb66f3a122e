package wire

import "math/bits"

// The functions of this file read what is between the values of an object: names, colons and commas.

// skipKey skips the name of a member and the colon after it, and white space before each.
func skipKey(s string, i int) int {
	if i < len(s) && isSpace(s[i]) {
		i = skipSpace(s, i)
	}
	if i >= len(s) || s[i] != '"' {
		return ^i
	}
	i++
	start := i
	for i+9 <= len(s) {
		m := special(load(s, i))
		if m == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(m) >> 3; s[i] == '"' && s[i+1] == ':' {
			return i + 2
		}
		break
	}
	if i = skipString(s, start); i < 0 {
		return i
	}
	return skipColon(s, i)
}

// skipColon skips a colon and white space before it.
func skipColon(s string, i int) int {
	if i < len(s) && s[i] == ':' {
		return i + 1
	}
	i = skipSpace(s, i)
	if i >= len(s) || s[i] != ':' {
		return ^i
	}
	return i + 1
}

// memberName reads the name of the member at i, and the colon and the white space after it. The name is as it is written:
// if it is not plain, it may have escapes. value is the position of the member's value, which is within the text.
func memberName(s string, i int) (name string, plain bool, value int) {
	if i >= len(s) || s[i] != '"' {
		return "", false, ^i
	}
	start := i + 1
	end, plain, _ := scanName(s, start)
	if end < 0 {
		return "", false, end
	}
	if i = skipColon(s, end+1); i < 0 {
		return "", false, i
	}
	if i = skipSpace(s, i); i >= len(s) {
		return "", false, ^i
	}
	return s[start:end], plain, i
}

// nextMember reads the comma after a member, or the end of the object. If there is another member, next is its position.
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

// scanName reads the name that starts at i, after its opening quote. It returns the position of the closing quote, and
// whether the name is plain: ASCII without escapes. head is the first eight bytes of the name, as load returns them, with
// zeros in place of the bytes after its end.
func scanName(s string, i int) (end int, plain bool, head uint64) {
	start := i
	if i+16 <= len(s) {
		head = load(s, i)
		if m := special(head); m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; s[i] == '"' {
				head &= (m&-m)>>7 - 1
				return i, head&highBits == 0, head
			}
		} else {
			w := load(s, i+8)
			if m = special(w); m != 0 {
				if i += 8 + bits.TrailingZeros64(m)>>3; s[i] == '"' {
					return i, (head|w&((m&-m)-1))&highBits == 0, head
				}
			}
		}
	}
	end = skipString(s, start)
	if end < 0 {
		return end, false, 0
	}
	end--
	plain = true
	for k := start; k < end; k++ {
		plain = plain && s[k] != '\\' && s[k] < 0x80
	}
	head = 0
	for k := min(end, start+8) - 1; k >= start; k-- {
		head = head<<8 | uint64(s[k])
	}
	return end, plain, head
}

// plainName reports whether the name consists of lower-case ASCII letters, digits and underscores. All names of gotgbot's
// fields do, so a plain name that equals none of them does not match one when case is ignored either.
func plainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
