package tgtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Body is an encoded update without its id. It can be pushed any number of times. Make it with [Encode].
type Body struct {
	kind  string
	bit   uint64        // of kindBit
	keep  time.Duration // how long the server keeps it
	chats []int64       // ids of the chats and users in it; after a push, the bot may write to them
	query string        // id of a callback or inline query; after a push, the bot may answer it
	data  []byte        // `"message":{...}`
}

// Kind returns the update's kind, such as message.
func (b Body) Kind() string { return b.kind }

// Encode encodes an update as the official server would. The update is a JSON object as []byte, json.RawMessage or
// string, or any value that encoding/json encodes as one, such as a gotgbot.Update. It must have exactly one field
// besides update_id. Encode ignores update_id, because the server numbers the updates, and keeps the order of fields.
func Encode(update any) (Body, error) {
	var src []byte
	switch u := update.(type) {
	case Body:
		return u, nil
	case []byte:
		src = u
	case json.RawMessage:
		src = u
	case string:
		src = []byte(u)
	default:
		var err error
		if src, err = wireJSON(update); err != nil {
			return Body{}, fmt.Errorf("encoding the update: %w", err)
		}
	}
	kind, value, err := splitUpdate(src)
	if err != nil {
		return Body{}, err
	}
	o := object(make([]byte, 0, len(src)+16))
	o = appendString(o, kind)
	o = append(o, ':')
	o = appendJSON(o, value)
	return newBody(kind, o), nil
}

// newBody returns the body of an update whose data is already in the server's form.
func newBody(kind string, data []byte) Body {
	bit, known := kindBit()[kind]
	if !known {
		bit = 1
	}
	return Body{kind: kind, bit: bit, keep: lifetime(kind), chats: idsIn(data), query: queryIn(kind, data), data: data}
}

// splitUpdate returns the name and the value of the one field of an update that is not update_id.
func splitUpdate(src []byte) (kind string, value []byte, err error) {
	if !json.Valid(src) {
		var v json.RawMessage
		return "", nil, fmt.Errorf("the update is not JSON: %w", json.Unmarshal(src, &v))
	}
	i := skipSpace(src, 0)
	if src[i] != '{' {
		return "", nil, errors.New("the update is not a JSON object")
	}
	for i = skipSpace(src, i+1); src[i] != '}'; {
		if src[i] == ',' {
			i = skipSpace(src, i+1)
		}
		end := skipValue(src, i)
		var name string
		if err := json.Unmarshal(src[i:end], &name); err != nil {
			return "", nil, fmt.Errorf("the update is not JSON: %w", err)
		}
		start := skipSpace(src, skipSpace(src, end)+1) // past the colon
		end = skipValue(src, start)
		i = skipSpace(src, end)
		switch {
		case name == "update_id":
		case kind != "":
			return "", nil, fmt.Errorf("the update has two kinds, %s and %s", kind, name)
		default:
			kind, value = name, src[start:end]
		}
	}
	if kind == "" {
		return "", nil, errors.New("the update has no kind: there is no field besides update_id")
	}
	return kind, value, nil
}

// skipSpace returns the index of the first byte from i on that is not white space.
func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index after the value at src[i]. src must be valid JSON.
func skipValue(src []byte, i int) int {
	for depth := 0; ; {
		switch src[i] {
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case '"':
			for i++; src[i] != '"'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			i++
		case ',', ':', ' ', '\n', '\t', '\r':
			i++
		default: // a number or a word
			for i < len(src) && !bytes.ContainsRune([]byte(",:]} \n\t\r"), rune(src[i])) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
}

// idsIn returns the ids of all chats and senders in an update. It relies on the id being the first field of such an
// object, as the server writes it.
func idsIn(data []byte) []int64 {
	var ids []int64
	for _, field := range [...]string{`"chat":{"id":`, `"from":{"id":`} {
		rest := data
		for {
			at := bytes.Index(rest, []byte(field))
			if at < 0 {
				break
			}
			rest = rest[at+len(field):]
			if id := toInteger[int64](rest); id != 0 {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// queryIn returns the id of a query, or "" if the update is not a query. The id is the first field and has no escapes.
func queryIn(kind string, data []byte) string {
	switch kind {
	case "callback_query", "inline_query", "shipping_query", "pre_checkout_query":
	default:
		return ""
	}
	_, rest, _ := bytes.Cut(data, []byte(`":{"id":"`))
	id, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(id)
}

// toInteger parses a number as the official server does: an optional minus sign and digits. It ignores what follows the
// digits, and returns 0 for a text that is not a number.
func toInteger[T int32 | int64, B string | []byte](s B) T {
	var n T
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	for i := 0; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		n = n*10 + T(s[i]-'0')
	}
	if negative {
		return -n
	}
	return n
}
