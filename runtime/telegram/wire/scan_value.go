package wire

import "math/bits"

// noLimit is the nesting that a scan of a whole reply allows: an update that is nested too deeply for encoding/json
// fails alone, when it is decoded, and its neighbours do not.
const noLimit = int(^uint(0) >> 1)

// skipValue skips one JSON value of any kind, which starts at i or after white space, nested at most limit levels
// deep. It does not recurse: a level costs one bit.
func skipValue(s string, i, limit int) int {
	var open nesting
	for {
		// A value starts here.
		if i < len(s) && isSpace(s[i]) {
			i = skipSpace(s, i)
		}
		if i >= len(s) {
			return ^i
		}
		switch c := s[i]; c {
		case '"':
			i = skipString(s, i+1)
		case '{', '[':
			if open.depth == limit {
				return ^i
			}
			if i++; i < len(s) && isSpace(s[i]) {
				i = skipSpace(s, i)
			}
			if i >= len(s) {
				return ^i
			}
			if s[i] == c+2 { // } is two after {, and ] two after [
				i++
				break
			}
			open.push(c == '{')
			if c == '{' {
				if i = skipKey(s, i); i < 0 {
					return i
				}
			}
			continue
		case 't', 'f', 'n':
			i = skipLiteral(s, i)
		default:
			i = skipNumber(s, i)
		}
		// A value has ended: close what ends with it, and go to the next one.
		for {
			if i < 0 || open.depth == 0 {
				return i
			}
			if i < len(s) && isSpace(s[i]) {
				i = skipSpace(s, i)
			}
			if i >= len(s) {
				return ^i
			}
			if s[i] == ',' {
				i++
				break
			}
			if s[i] == '}' && open.object() || s[i] == ']' && !open.object() {
				open.pop()
				i++
				continue
			}
			return ^i
		}
		if open.object() {
			if i = skipKey(s, i); i < 0 {
				return i
			}
		}
	}
}

// skipKey skips the name of a member, which starts at i or after white space, and the colon after it.
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

// skipColon skips a colon, and white space before it.
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

// skipLiteral skips true, false or null.
func skipLiteral(s string, i int) int {
	for _, word := range [...]string{"true", "false", "null"} {
		if len(s)-i >= len(word) && s[i:i+len(word)] == word {
			return i + len(word)
		}
	}
	return ^i
}

// skipNumber skips a number.
func skipNumber(s string, i int) int {
	start := i
	if i < len(s) && s[i]-'1' < 9 { // as most are: plain digits
		for i++; i < len(s) && s[i]-'0' <= 9; i++ {
		}
		if i == len(s) || s[i] != '.' && s[i]|0x20 != 'e' {
			return i
		}
		i = start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if i = skipDigits(s, i); i < 0 {
		return i
	}
	if i < len(s) && s[i] == '.' {
		if i = skipDigits(s, i+1); i < 0 {
			return i
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		i = skipDigits(s, i)
	}
	return i
}

// skipDigits skips at least one digit.
func skipDigits(s string, i int) int {
	start := i
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return ^i
	}
	return i
}

// nesting is a stack of bits: whether each open level is an object or an array.
type nesting struct {
	depth int
	top   uint64   // the innermost 64 levels, the innermost as the lowest bit
	rest  []uint64 // the levels outside of those, 64 each
}

func (n *nesting) push(object bool) {
	if n.depth > 0 && n.depth%64 == 0 {
		n.rest = append(n.rest, n.top)
	}
	n.top <<= 1
	if object {
		n.top |= 1
	}
	n.depth++
}

func (n *nesting) pop() {
	n.top >>= 1
	n.depth--
	if n.depth > 0 && n.depth%64 == 0 {
		n.top = n.rest[len(n.rest)-1]
		n.rest = n.rest[:len(n.rest)-1]
	}
}

// object says whether the innermost level is an object.
func (n *nesting) object() bool { return n.top&1 != 0 }
