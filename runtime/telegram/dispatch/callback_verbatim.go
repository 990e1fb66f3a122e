package dispatch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tggen/tggen/runtime/telegram"
)

// A verbatim field is a text that some characters cannot be in. The first character of the literal behind it is one of
// them. So the text ends at that character, and is written as it is, without escapes.

var (
	errEmptyField   = errors.New("is empty, and nothing at all means that it is left out")
	errNotWord      = errors.New("is not a word of letters, digits, _ and -")
	errNotCanonical = errors.New("is not written as the bot writes a number")
)

// Verbatim is a text of at most so many bytes, without any of the excluded characters, which are ASCII.
func Verbatim(text string, bytes int, excluded string) (string, error) {
	if i := strings.IndexAny(text, excluded); i >= 0 {
		return "", fmt.Errorf("contains %q", text[i])
	}
	return TextUpTo(text, bytes)
}

// Word is a text of 1 to so many letters a to z and A to Z, digits, _ and -.
func Word(text string, bytes int) (string, error) {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return "", errNotWord
		}
	}
	if text == "" {
		return "", errNotWord
	}
	return TextUpTo(text, bytes)
}

// IntBetween is a whole number from low to high. It must be written as [AppendInt] writes it, so that data that the bot did
// not write, such as 007 or +7, does not match.
func IntBetween[T int | int64](text string, low, high int64) (T, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return 0, numberFault(err, errNotWhole)
	case strconv.FormatInt(n, 10) != text:
		return 0, errNotCanonical
	case n < low || n > high || int64(T(n)) != n:
		return 0, fmt.Errorf("is not from %d to %d", low, high)
	}
	return T(n), nil
}

// VerbatimField reads a verbatim field that ends at the first byte of until, or with the data if until is empty.
func VerbatimField(f *Fields, name, until string, parse func(string) (string, error)) string {
	return readVerbatim(f, name, parse, f.takeVerbatim(name, until))
}

// VerbatimFieldOptional is [VerbatimField] for a field that may be left out. It returns nil if the text is empty.
func VerbatimFieldOptional(f *Fields, name, until string, parse func(string) (string, error)) *string {
	raw := f.takeVerbatim(name, until)
	if raw == "" {
		return nil
	}
	text := readVerbatim(f, name, parse, raw)
	if f.err != nil {
		return nil
	}
	return &text
}

// VerbatimFieldOr is [VerbatimField] for one that is value if there is nothing at all.
func VerbatimFieldOr(f *Fields, name, until string, parse func(string) (string, error), value string) string {
	raw := f.takeVerbatim(name, until)
	if raw == "" && f.err == nil {
		return value
	}
	return readVerbatim(f, name, parse, raw)
}

// takeVerbatim takes a verbatim field off the data. It is empty after a fault.
func (f *Fields) takeVerbatim(name, until string) (raw string) {
	if until == "" {
		raw, f.rest = f.rest, ""
		return raw
	}
	i := strings.IndexByte(f.rest, until[0])
	if i < 0 {
		f.fail(name, errNoEnd)
		return ""
	}
	raw, f.rest = f.rest[:i], f.rest[i:]
	return raw
}

func readVerbatim(f *Fields, name string, parse func(string) (string, error), raw string) string {
	if f.err != nil {
		return ""
	}
	text, err := parse(raw)
	if err != nil {
		f.fail(name, err)
		return ""
	}
	return text
}

// AppendChecked appends a text as it is, if parse accepts it. The error is a [*telegram.CallbackError] with the name of the
// field.
func AppendChecked(b []byte, name, value string, parse func(string) (string, error)) ([]byte, error) {
	if _, err := parse(value); err != nil {
		return b, &telegram.CallbackError{Field: name, Err: err}
	}
	return append(b, value...), nil
}

// AppendCheckedPresent is [AppendChecked] for a field that may be left out. An empty text would be read as a field
// that was left out, so it is refused.
func AppendCheckedPresent(b []byte, name, value string, parse func(string) (string, error)) ([]byte, error) {
	if value == "" {
		return b, &telegram.CallbackError{Field: name, Err: errEmptyField}
	}
	return AppendChecked(b, name, value, parse)
}
