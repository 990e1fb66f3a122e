package wire

// noLimit is the limit on nesting for the scan of a reply. An update that is nested too deeply for encoding/json must not
// make the whole reply fail: it fails alone, when it is decoded.
const noLimit = int(^uint(0) >> 1)

// skipValue skips the JSON value at i, and white space before it. The value may be nested limit levels deep. skipValue
// does not recurse; each level costs one bit of memory.
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
			if s[i] == c+2 { // the closing bracket: in ASCII, '}' is '{'+2 and ']' is '['+2
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
		// A value has ended. Close the levels that end here, and go to the next value.
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
	if i < len(s) && s[i]-'1' < 9 { // the usual case: digits only
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

// nesting is a stack with one bit for each open level: 1 for an object, 0 for an array.
type nesting struct {
	depth int
	top   uint64   // the innermost 64 levels; the lowest bit is the innermost
	rest  []uint64 // the levels outside of top, 64 in each element
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

// object reports whether the innermost level is an object.
func (n *nesting) object() bool { return n.top&1 != 0 }
