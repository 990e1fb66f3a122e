package telegram

import "math/bits"

// The functions in this file walk JSON text without building anything. They accept exactly what encoding/json
// accepts, but for its limit on nesting, which is the caller's.
//
// They take a position and return the next one. A negative result is the complement of the position of a mistake:
// ^n means that the text is not JSON at byte n.

// skipSpace returns the position of the first byte from i on that is not white space.
func skipSpace(s string, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t')
}

// load reads eight bytes of s from i on, the first as the lowest. The compiler makes it one load.
func load(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

const (
	low  = 0x0101010101010101
	high = 0x8080808080808080
)

// special marks the highest bit of each byte of w that ends a run of plain text in a string: a quote, a backslash
// or a control character. A borrow may mark a byte wrongly, but only above one that is marked rightly, so the
// lowest mark is always right.
func special(w uint64) uint64 {
	quote := w ^ low*'"'
	slash := w ^ low*'\\'
	return ((quote-low)&^quote | (slash-low)&^slash | (w-low*' ')&^w) & high
}

// skipPlain returns the position of the first byte from i on that is a quote, a backslash or a control character,
// or len(s).
func skipPlain(s string, i int) int {
	for i+8 <= len(s) {
		if m := special(load(s, i)); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= ' ' {
		i++
	}
	return i
}

// skipString skips the rest of a string, of which i is the position after its opening quote.
func skipString(s string, i int) int {
	for {
		i = skipPlain(s, i)
		if i >= len(s) {
			return ^i
		}
		if s[i] == '"' {
			return i + 1
		}
		// Text that is not English comes as one escape after another.
		for i < len(s) && s[i] == '\\' {
			if i = skipEscape(s, i); i < 0 {
				return i
			}
		}
		if i < len(s) && s[i] < ' ' {
			return ^i
		}
	}
}

// skipEscape skips one escape, of which i is the position of the backslash.
func skipEscape(s string, i int) int {
	if i+1 >= len(s) {
		return ^len(s)
	}
	switch s[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 > len(s) {
			return ^len(s)
		}
		if hex4(s, i+2) < 0 {
			return ^(i + 2)
		}
		return i + 6
	}
	return ^(i + 1)
}

// hex4 is the number that four hexadecimal digits of s stand for, or negative if they are none. The caller has
// seen to it that there are four bytes.
func hex4(s string, i int) rune {
	s = s[i : i+4]
	a, b, c, d := hexDigits[s[0]], hexDigits[s[1]], hexDigits[s[2]], hexDigits[s[3]]
	if a&b&c&d&isHex == 0 {
		return -1
	}
	return rune(a&15)<<12 | rune(b&15)<<8 | rune(c&15)<<4 | rune(d&15)
}

const isHex = 0x10

// hexDigits holds the value of every hexadecimal digit, marked with isHex, and 0 for every other byte.
var hexDigits = [256]uint8{
	'0': isHex, '1': isHex | 1, '2': isHex | 2, '3': isHex | 3, '4': isHex | 4,
	'5': isHex | 5, '6': isHex | 6, '7': isHex | 7, '8': isHex | 8, '9': isHex | 9,
	'a': isHex | 10, 'b': isHex | 11, 'c': isHex | 12, 'd': isHex | 13, 'e': isHex | 14, 'f': isHex | 15,
	'A': isHex | 10, 'B': isHex | 11, 'C': isHex | 12, 'D': isHex | 13, 'E': isHex | 14, 'F': isHex | 15,
}
