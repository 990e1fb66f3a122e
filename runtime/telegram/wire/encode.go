package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// AppendString appends a text as a JSON string, written as encoding/json writes it: the characters of HTML, U+2028 and
// U+2029 are escaped, and bytes that are not UTF-8 become \ufffd.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0 // of the text that needs no escape
	for i := 0; i < len(s); {
		if needsNoEscape[s[i]] {
			i++
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || size > 1) && r != '\u2028' && r != '\u2029' {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, r)
		i += size
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// needsNoEscape holds the ASCII bytes that encoding/json does not escape.
var needsNoEscape = func() (table [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return table
}()

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// An encoder appends JSON to b. The generated methods, in encode_gen.go, call the methods below.
type encoder struct {
	b   []byte
	err error // the first one
}

// name appends the name of a member, and before it a comma, unless it is the first. The name needs no escape.
func (e *encoder) name(name string) {
	e.element()
	e.b = append(e.b, '"')
	e.b = append(e.b, name...)
	e.b = append(e.b, `":`...)
}

// element appends a comma before an element, unless it is the first.
func (e *encoder) element() {
	if last := e.b[len(e.b)-1]; last != '{' && last != '[' {
		e.b = append(e.b, ',')
	}
}

func (e *encoder) open(c byte)     { e.b = append(e.b, c) }
func (e *encoder) close(c byte)    { e.b = append(e.b, c) }
func (e *encoder) null()           { e.b = append(e.b, "null"...) }
func (e *encoder) string(s string) { e.b = AppendString(e.b, s) }
func (e *encoder) int64(n int64)   { e.b = strconv.AppendInt(e.b, n, 10) }
func (e *encoder) bool(v bool)     { e.b = strconv.AppendBool(e.b, v) }

// json appends a value as encoding/json encodes it.
func (e *encoder) json(v any) {
	data, err := json.Marshal(v)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.b = append(e.b, data...)
}

// end closes the object of the parameters.
func (e *encoder) end() ([]byte, error) {
	e.close('}')
	return e.b, e.err
}

// AppendValue appends a parameter of a call as encoding/json encodes it. Basic types and the types of common parameters are
// encoded without reflection.
func AppendValue(b []byte, value any) ([]byte, error) {
	e := encoder{b: b}
	switch v := value.(type) {
	case string:
		e.string(v)
	case int64:
		e.int64(v)
	case bool:
		e.bool(v)
	default:
		if encodeSkew() != "" || !e.typed(value) {
			e.json(value)
		}
	}
	return e.b, e.err
}

// CanEncode reports whether the encoders of parameters, such as [AppendSendMessage], fit the types of the gotgbot in this
// program. If not, they would leave out what is new, and must not be used.
func CanEncode() bool { return encodeSkew() == "" }

// An encodedType describes a struct as it was when the encoders were generated.
type encodedType struct {
	typ    reflect.Type
	fields string // one a line: name, tag, type
}

// encodeSkew returns the first struct that is not as it was when the encoders were generated, or "". It compares them once.
var encodeSkew = sync.OnceValue(func() string { return changedType(encodedTypes()) })

func changedType(types []encodedType) string {
	for _, t := range types {
		var b strings.Builder
		for i := range t.typ.NumField() {
			f := t.typ.Field(i)
			fmt.Fprintf(&b, "%s %s %s\n", f.Name, f.Tag.Get("json"), strings.ReplaceAll(f.Type.String(), "gotgbot.", ""))
		}
		if b.String() != t.fields {
			return t.typ.String()
		}
	}
	return ""
}
