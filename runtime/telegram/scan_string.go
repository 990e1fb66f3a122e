package telegram

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unquote is the text that the inside of a JSON string stands for, by the rules of encoding/json: half a surrogate
// pair and bytes that are not UTF-8 become U+FFFD. The string must have passed skipString. Without escapes the
// result is s itself.
func unquote(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' || s[i] >= utf8.RuneSelf && !utf8.ValidString(s[i:]) {
			return string(appendUnquoted(make([]byte, 0, len(s)), s))
		}
		if s[i] >= utf8.RuneSelf {
			for i < len(s) && s[i] != '\\' {
				i++
			}
			i--
		}
	}
	return s
}

// appendUnquoted appends unquote(s) to b.
func appendUnquoted(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\' && s[i+1] == 'u':
			r := hex4(s, i+2)
			i += 6
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
					pair = utf16.DecodeRune(r, hex4(s, i+2))
				}
				if r = pair; r != utf8.RuneError {
					i += 6
				}
			}
			b = utf8.AppendRune(b, r)
		case c == '\\':
			b = append(b, unescape(s[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
		}
	}
	return b
}

// unescape is the byte that a backslash before c stands for.
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
