package wire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote returns the text of a JSON string, given what is between its quotes. As in encoding/json, half a surrogate pair
// and each byte that is not UTF-8 become U+FFFD. The string must have passed skipString. If it has neither escapes nor
// such bytes, the result is s itself.
func unquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 && utf8.ValidString(s) {
		return s
	}
	var b []byte
	for i := 0; i < len(s); {
		if s[i] == '\\' {
			b, i = appendEscaped(b, s, i)
			continue
		}
		n := strings.IndexByte(s[i:], '\\')
		if n < 0 {
			n = len(s) - i
		}
		b = appendText(b, s[i:i+n])
		i += n
	}
	return string(b)
}

// appendText appends s, with U+FFFD in place of each byte that is not UTF-8.
func appendText(b []byte, s string) []byte {
	if utf8.ValidString(s) {
		return append(b, s...)
	}
	for _, r := range s {
		b = utf8.AppendRune(b, r)
	}
	return b
}

// appendEscaped appends the text of the escapes at i, and of the single plain bytes between them. It returns the position
// where it stopped, which may be another escape. As with skipEscape, the position is negative if an escape is invalid.
func appendEscaped(b []byte, s string, i int) ([]byte, int) {
	for i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
		r := hex4(s, i+2)
		switch {
		case r < 0:
			return b, ^(i + 2)
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		case r < 0x800:
			b = append(b, 0xc0|byte(r>>6), 0x80|byte(r)&0x3f)
		case utf16.IsSurrogate(r):
			pair := rune(utf8.RuneError)
			if i+12 <= len(s) && s[i+6] == '\\' && s[i+7] == 'u' {
				pair = utf16.DecodeRune(r, hex4(s, i+8))
			}
			if b = utf8.AppendRune(b, pair); pair != utf8.RuneError {
				i += 6
			}
		default:
			b = append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
		}
		i += 6
		// A space between two words of escapes: see skipEscaped.
		if i+1 < len(s) && s[i+1] == '\\' && plainByte(s[i]) {
			b = append(b, s[i])
			i++
		}
	}
	if i >= len(s) || s[i] != '\\' {
		return b, i
	}
	next := skipEscape(s, i)
	if next > 0 {
		b = append(b, unescape(s[i+1]))
	}
	return b, next
}

// unescape returns the byte that the escape \c stands for.
func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
