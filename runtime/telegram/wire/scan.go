package wire

import "math/bits"

// The functions of the scan files walk JSON text and build nothing. They accept exactly what encoding/json accepts, except
// that the caller sets the limit on nesting.
//
// Each takes a position and returns the next one. A negative result ^n means that the text is not valid JSON at byte n.

// skipSpace returns the position of the first byte at or after i that is not white space.
func skipSpace(s string, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t')
}

// load returns the eight bytes of s at i; the first is the lowest byte of the result. The compiler turns it into one load.
func load(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// A word of eight bytes is tested in one go ("SIMD within a register"). lowBits*c is a word of eight bytes c.
const (
	lowBits  = 0x0101010101010101 // the lowest bit of each byte
	highBits = 0x8080808080808080 // the highest bit of each byte
)

// special marks the bytes of w that end a run of plain text in a string: quotes, backslashes and control characters. A
// mark is the highest bit of the byte.
//
// Only the lowest mark can be relied on. The subtractions borrow from the byte above a marked one, which may mark that
// byte too. See "Determine if a word has a byte less than n" in Anderson's Bit Twiddling Hacks.
func special(w uint64) uint64 {
	quote := w ^ lowBits*'"'
	slash := w ^ lowBits*'\\'
	return ((quote-lowBits)&^quote | (slash-lowBits)&^slash | (w-lowBits*' ')&^w) & highBits
}

// plainRun returns the position of the first quote, backslash or control character at or after i, or len(s). It also
// reports whether all bytes before that are ASCII.
func plainRun(s string, i int) (end int, ascii bool) {
	seen := uint64(0)
	for i+8 <= len(s) {
		w := load(s, i)
		if m := special(w); m != 0 {
			seen |= w & (m&-m - 1)
			return i + bits.TrailingZeros64(m)>>3, seen&highBits == 0
		}
		seen |= w
		i += 8
	}
	for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= ' ' {
		seen |= uint64(s[i])
		i++
	}
	return i, seen&highBits == 0
}

// skipString skips the rest of a string. The opening quote is the byte before i.
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

// skipEscaped is skipString for a string with escapes, and for one that ends within the last eight bytes of the text.
func skipEscaped(s string, i int) int {
	for {
		i, _ = plainRun(s, i)
		if i >= len(s) {
			return ^i
		}
		if s[i] == '"' {
			return i + 1
		}
		// The Bot API server escapes every letter outside ASCII. So text in most languages is a row of \u escapes, with one
		// plain byte, a space, between words.
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

// plainByte reports whether c is an ASCII byte that needs no escape in a string.
func plainByte(c byte) bool { return c >= ' ' && c < 0x80 && c != '"' && c != '\\' }

// skipEscape skips one escape. Its backslash is at i.
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

// hex4 returns the number that the four hexadecimal digits at i stand for. It is negative if one of them is not a digit.
// There must be four bytes at i.
func hex4(s string, i int) rune {
	s = s[i : i+4]
	return hexDigit(s[0])<<12 | hexDigit(s[1])<<8 | hexDigit(s[2])<<4 | hexDigit(s[3])
}

func hexDigit(c byte) rune { return rune(int8(hexDigits[c])) }

// hexDigits maps each byte to its value as a hexadecimal digit, or to -1.
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
