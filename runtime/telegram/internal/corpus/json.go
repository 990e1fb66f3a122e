package corpus

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// An object holds the members of a JSON object in order: name, value, name, value. Members with the value nil are left out.
type object []any

// An array holds the elements of a JSON array.
type array []any

// appendValue appends JSON as the Bot API server writes it: without white space, and with \u escapes in lower case for all
// letters outside ASCII.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		first := true
		for i := 0; i < len(v); i += 2 {
			if v[i+1] == nil {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = appendString(b, v[i].(string))
			b = append(b, ':')
			b = appendValue(b, v[i+1])
		}
		return append(b, '}')
	case array:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, element)
		}
		return append(b, ']')
	case string:
		return appendString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', 6, 64)
	case bool:
		return strconv.AppendBool(b, v)
	}
	panic(fmt.Sprintf("corpus: cannot encode a value of type %T", v))
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ' || r > '~' && r <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = append(b, byte(r))
		}
	}
	return append(b, '"')
}

// with returns the object with more members.
func (o object) with(members ...any) object {
	return append(o[:len(o):len(o)], members...)
}

// maybe returns v in one of n cases, and otherwise nil.
func (g *generator) maybe(n int, v any) any {
	if g.chance(n) {
		return v
	}
	return nil
}
