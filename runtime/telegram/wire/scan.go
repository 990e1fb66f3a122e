package wire

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
	for i+8 <= len(s) {
		m := special(load(s, i))
		if m == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(m) >> 3; s[i] == '"' {
			return i + 1
		}
		break
	}
	return skipEscaped(s, i)
}

// skipEscaped is skipString for a string with escapes, or at the end of the text.
func skipEscaped(s string, i int) int {
	for {
		i = skipPlain(s, i)
		if i >= len(s) {
			return ^i
		}
		if s[i] == '"' {
			return i + 1
		}
		// Text that is not English comes as one escape after another, with a byte between words.
		for i+7 <= len(s) && s[i] == '\\' && s[i+1] == 'u' && hex4(s, i+2) >= 0 {
			if i += 6; plainByte(s[i]) {
				i++
			}
		}
		if i < len(s) && s[i] == '\\' {
			if i = skipEscape(s, i); i < 0 {
				return i
			}
		}
		if i < len(s) && s[i] < ' ' {
			return ^i
		}
	}
}

// plainByte reports whether c stands for itself in a string.
func plainByte(c byte) bool { return c >= ' ' && c < 0x80 && c != '"' && c != '\\' }

// skipEscape skips one escape, of which i is the position of the backslash.
func skipEscape(s string, i int) int {
	if i+1 >= len(s) {
		return ^len(s)
	}
	switch s[i+1] {
	case 'u':
		if i+6 > len(s) {
			return ^len(s)
		}
		if hex4(s, i+2) < 0 {
			return ^(i + 2)
		}
		return i + 6
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	}
	return ^(i + 1)
}

// hex4 is the number that four hexadecimal digits of s stand for, or negative if they are none. The caller has
// seen to it that there are four bytes.
func hex4(s string, i int) rune {
	s = s[i : i+4]
	return hexDigit(s[0])<<12 | hexDigit(s[1])<<8 | hexDigit(s[2])<<4 | hexDigit(s[3])
}

func hexDigit(c byte) rune { return rune(int8(hexDigits[c])) }

// hexDigits holds the value of every hexadecimal digit, and -1 for every other byte.
const hexDigits = "" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xff\xff\xff\xff\xff\xff" +
	"\xff\x0a\x0b\x0c\x0d\x0e\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\x0a\x0b\x0c\x0d\x0e\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
