package tgtest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// appendString appends s as the official server writes a string. A character that is not ASCII becomes a \u escape in
// lower case, or a surrogate pair above U+FFFF. A slash is not escaped. A byte that is not UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= 0x10000 {
			r -= 0x10000
			dst = appendUnit(dst, uint16(0xd800+r>>10))
			dst = appendUnit(dst, uint16(0xdc00+r&0x3ff))
		} else {
			dst = appendUnit(dst, uint16(r))
		}
		i += size
	}
	return append(dst, '"')
}

func appendASCII(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if c < 0x20 {
		return appendUnit(dst, uint16(c))
	}
	return append(dst, c)
}

// appendUnit appends a UTF-16 unit as a \u escape.
func appendUnit(dst []byte, u uint16) []byte {
	return append(dst, '\\', 'u', lowerHex[u>>12], lowerHex[u>>8&15], lowerHex[u>>4&15], lowerHex[u&15])
}

// appendJSON appends the JSON value src in the server's form: without white space, and with strings escaped as
// appendString does it. src must be valid. Field order, numbers and duplicate keys do not change. A lone surrogate
// does not change either: the official server never sends one, but a test may.
func appendJSON(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		switch c := src[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			dst, i = appendLiteral(dst, src, i)
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// appendLiteral appends the string literal that begins at src[i] in the server's form and returns the index after it.
func appendLiteral(dst, src []byte, i int) ([]byte, int) {
	dst = append(dst, '"')
	for i++; src[i] != '"'; {
		if src[i] != '\\' {
			end := i
			for src[end] != '"' && src[end] != '\\' {
				end++
			}
			dst = appendText(dst, src[i:end])
			i = end
			continue
		}
		switch c := src[i+1]; c {
		case 'u':
			unit, _ := strconv.ParseUint(string(src[i+2:i+6]), 16, 16) // cannot fail: src is valid JSON
			if unit < utf8.RuneSelf {
				dst = appendASCII(dst, byte(unit))
			} else {
				dst = appendUnit(dst, uint16(unit))
			}
			i += 6
		case '/':
			dst = append(dst, '/')
			i += 2
		default:
			dst = append(dst, '\\', c)
			i += 2
		}
	}
	return append(dst, '"'), i + 1
}

func appendText(dst, text []byte) []byte {
	ascii := true
	for _, c := range text {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return append(dst, text...)
	}
	quoted := appendString(nil, string(text))
	return append(dst, quoted[1:len(quoted)-1]...)
}

// wireJSON encodes a value with encoding/json and returns it in the server's form.
func wireJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return appendJSON(make([]byte, 0, buf.Len()), buf.Bytes()), nil
}

// object is JSON under construction. Its methods append fields to the innermost open object.
type object []byte

func (o *object) open()  { *o = append(*o, '{') }
func (o *object) close() { *o = append(*o, '}') }

// field appends a field's name. The caller appends the value.
func (o *object) field(name string) {
	if (*o)[len(*o)-1] != '{' {
		*o = append(*o, ',')
	}
	*o = append(*o, '"')
	*o = append(*o, name...)
	*o = append(*o, '"', ':')
}

func (o *object) str(name, value string) {
	o.field(name)
	*o = appendString(*o, value)
}

// text appends a string field unless it is empty.
func (o *object) text(name, value string) {
	if value != "" {
		o.str(name, value)
	}
}

func (o *object) int(name string, value int64) {
	o.field(name)
	*o = strconv.AppendInt(*o, value, 10)
}

// number appends a number field unless it is zero.
func (o *object) number(name string, value int64) {
	if value != 0 {
		o.int(name, value)
	}
}

func (o *object) bool(name string, value bool) {
	o.field(name)
	*o = strconv.AppendBool(*o, value)
}

// raw appends a field whose value is already JSON, unless it is empty.
func (o *object) raw(name string, value []byte) {
	if len(value) > 0 {
		o.field(name)
		*o = append(*o, value...)
	}
}
