package dispatch

import (
	"errors"
	"strings"

	"github.com/tggen/tggen/runtime/telegram"
)

// Fields reads callback data, literals and fields in turn: see [Fields.Literal], [Field], [FieldOptional] and [FieldOr].
// The first fault is kept, and what is read after it is zero; [Fields.Err] tells.
type Fields struct {
	rest string
	err  error
}

// NewFields reads data.
func NewFields(data string) Fields { return Fields{rest: data} }

var (
	errOtherPattern = errors.New("is of another pattern")
	errNoEnd        = errors.New("does not end where it should")
	errBadEscape    = errors.New("has an escape that nobody wrote")
)

// Err is the first fault, a [*telegram.CallbackError], or nil. Data that nobody read is a fault.
func (f *Fields) Err() error {
	if f.rest != "" {
		f.fail("", errOtherPattern)
	}
	return f.err
}

// fail keeps a fault, if it is the first, and drops the data.
func (f *Fields) fail(field string, err error) {
	if f.err == nil {
		f.err = &telegram.CallbackError{Field: field, Err: err}
	}
	f.rest = ""
}

// Literal reads the given text.
func (f *Fields) Literal(text string) {
	rest, ok := strings.CutPrefix(f.rest, text)
	if !ok {
		f.fail("", errOtherPattern)
		return
	}
	f.rest = rest
}

// Field reads a field that ends where the text until begins, or with the data if until is empty.
func Field[T any](f *Fields, name, until string, parse func(string) (T, error)) T {
	return readField(f, name, parse, f.take(name, until), until, false)
}

// FieldOptional is [Field] for one that is nil if there is nothing at all.
func FieldOptional[T any](f *Fields, name, until string, parse func(string) (T, error)) *T {
	raw := f.take(name, until)
	if raw == "" {
		return nil
	}
	value := readField(f, name, parse, raw, until, true)
	if f.err != nil {
		return nil
	}
	return &value
}

// FieldOr is [Field] for one that is value if there is nothing at all.
func FieldOr[T any](f *Fields, name, until string, parse func(string) (T, error), value T) T {
	raw := f.take(name, until)
	if raw == "" && f.err == nil {
		return value
	}
	return readField(f, name, parse, raw, until, true)
}

// take takes a field off the data, with its escapes. It is empty after a fault.
func (f *Fields) take(name, until string) (raw string) {
	if until == "" {
		raw, f.rest = f.rest, ""
		return raw
	}
	escape := escapeByte(until)
	for i := 0; i < len(f.rest); i++ {
		switch f.rest[i] {
		case escape:
			i++
		case until[0]:
			if strings.HasPrefix(f.rest[i:], until) {
				raw, f.rest = f.rest[:i], f.rest[i:]
				return raw
			}
		}
	}
	f.fail(name, errNoEnd)
	return ""
}

// readField parses what take took. Whether the field may be left out says how an empty text was written.
func readField[T any](f *Fields, name string, parse func(string) (T, error), raw, until string, omissible bool) T {
	var zero T
	if f.err != nil {
		return zero
	}
	text, ok := plainField(raw, until, omissible)
	if !ok {
		f.fail(name, errBadEscape)
		return zero
	}
	value, err := parse(text)
	if err != nil {
		f.fail(name, err)
		return zero
	}
	return value
}

// plainField is the text that [AppendPresent], for a field that may be left out, or else [AppendField] wrote as raw. It is
// not ok if they would not write that.
func plainField(raw, until string, omissible bool) (text string, ok bool) {
	if until == "" {
		if omissible && onlyBackslashes(raw) {
			return raw[1:], true
		}
		return raw, true
	}
	escape := escapeByte(until)
	if omissible && len(raw) == 2 && raw[0] == escape && raw[1] == emptyMark(until) {
		return "", true
	}
	escaped := false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case escape:
			if i++; i == len(raw) || raw[i] != escape && raw[i] != until[0] {
				return "", false
			}
			escaped = true
		case until[0]:
			return "", false
		}
	}
	if escaped {
		raw = dropEscapes(raw, escape)
	}
	return raw, true
}

// dropEscapes is text without the escape bytes that stand before another byte.
func dropEscapes(text string, escape byte) string {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == escape && i+1 < len(text) {
			i++
		}
		b = append(b, text[i])
	}
	return string(b)
}
