package dispatch

import (
	"errors"
	"strings"

	"github.com/tggen/tggen/runtime/telegram"
)

// Fields reads callback data from its beginning, literals and fields: see [Fields.Literal], [Field], [FieldOptional] and
// [FieldOr]. After the first fault everything that is read is zero; [Fields.Err] returns that fault.
type Fields struct {
	rest string
	err  error
}

// NewFields returns the Fields of callback data.
func NewFields(data string) Fields { return Fields{rest: data} }

var (
	errNoMatch   = errors.New("does not match the pattern")
	errNoEnd     = errors.New("does not end where it should")
	errBadEscape = errors.New("has an invalid escape")
)

// Err returns the first fault, a [*telegram.CallbackError], or nil. Data that is left over is a fault too, so Err must be
// called after the last field was read.
func (f *Fields) Err() error {
	if f.rest != "" {
		f.fail("", errNoMatch)
	}
	return f.err
}

// fail keeps a fault, if it is the first, and drops the data that is left.
func (f *Fields) fail(field string, err error) {
	if f.err == nil {
		f.err = &telegram.CallbackError{Field: field, Err: err}
	}
	f.rest = ""
}

// Literal reads text, which must come next.
func (f *Fields) Literal(text string) {
	rest, ok := strings.CutPrefix(f.rest, text)
	if !ok {
		f.fail("", errNoMatch)
		return
	}
	f.rest = rest
}

// Field reads a field that must be there. It ends where the literal until begins, or at the end of the data if until is
// empty. The function parse makes its value, as in [Arg].
func Field[T any](f *Fields, name, until string, parse func(string) (T, error)) T {
	return readField(f, name, parse, f.take(name, until), until, false)
}

// FieldOptional reads a field that may be left out. Then it returns nil.
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

// FieldOr reads a field that may be left out. Then it returns value.
func FieldOr[T any](f *Fields, name, until string, parse func(string) (T, error), value T) T {
	raw := f.take(name, until)
	if raw == "" && f.err == nil {
		return value
	}
	return readField(f, name, parse, raw, until, true)
}

// take takes a field off the data, with its escapes. It returns "" after a fault.
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

// readField parses the text that take returned. omissible reports whether the field may be left out: such a field was
// written by AppendPresent, where an empty text is a mark.
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

// plainField undoes [AppendPresent] if the field may be left out, and [AppendField] if not. It is not ok if no text is
// written as raw, so each text has exactly one form.
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

// dropEscapes returns text without the escape bytes that stand before another byte.
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
