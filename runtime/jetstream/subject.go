package jetstream

import (
	"encoding/hex"
	"strings"
)

// subjectOf returns the subject of a key. A key may have any bytes, and a subject has tokens of printable characters, with dots
// between them. Each slash of the key becomes a dot, so that a scan can ask the server for the subjects under a prefix.
func subjectOf(root, key string) string {
	var b strings.Builder
	b.Grow(len(root) + 1 + len(key) + 8)
	b.WriteString(root)
	b.WriteByte('.')
	empty := true // the token that is being written
	for i := range len(key) {
		switch c := key[i]; {
		case c == '/':
			if empty {
				b.WriteByte('=') // a token must not be empty
			}
			b.WriteByte('.')
			empty = true
			continue
		case plain(c):
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteString(hex.EncodeToString([]byte{c}))
		}
		empty = false
	}
	if empty {
		b.WriteByte('=')
	}
	return b.String()
}

// keyOf returns the key of a subject that subjectOf made.
func keyOf(root, subject string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(subject, root+".")
	if !ok {
		return "", false
	}
	b := make([]byte, 0, len(rest))
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '.':
			b = append(b, '/')
		case c != '=':
			b = append(b, c)
		case i+1 == len(rest) || rest[i+1] == '.': // an empty token
		default:
			if i+2 >= len(rest) {
				return "", false
			}
			code, err := hex.DecodeString(rest[i+1 : i+3])
			if err != nil {
				return "", false
			}
			b = append(b, code[0])
			i += 2
		}
	}
	return string(b), true
}

// filterOf returns a filter that matches the subjects of all keys with a prefix, and perhaps others.
func filterOf(root, prefix string) string {
	whole := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if whole == "" {
		return root + ".>"
	}
	return subjectOf(root, whole[:len(whole)-1]) + ".>"
}

// plain reports whether a byte stands for itself in a subject.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == ':'
}
