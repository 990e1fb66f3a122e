package telegram

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// MaxCallbackData is the most bytes of callback data: https://core.telegram.org/bots/api#inlinekeyboardbutton
const MaxCallbackData = 64

// Fields reads callback data: literals, and between them fields. The first fault is kept, and what is read after it is
// zero; [Fields.Err] tells.
type Fields struct {
	rest string
	err  error
}

// NewFields reads data.
func NewFields(data string) Fields { return Fields{rest: data} }

// A CallbackError says that callback data is not of the pattern it was read by: it is of another bot, of an older one, or
// forged.
type CallbackError struct {
	Field string // the field that is wrong; empty if the text around the fields is
	Err   error
}

func (e *CallbackError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("callback data: %v", e.Err)
	}
	return fmt.Sprintf("callback data: %s %v", e.Field, e.Err)
}

// Unwrap is what is wrong.
func (e *CallbackError) Unwrap() error { return e.Err }

var (
	errOtherPattern = errors.New("is of another pattern")
)

// Err is the first fault, a [*CallbackError]. Data that nobody read is one.
func (f *Fields) Err() error {
	if f.err == nil && f.rest != "" {
		f.err = &CallbackError{Err: errOtherPattern}
	}
	return f.err
}

// Literal reads the given text.
func (f *Fields) Literal(text string) {
	if f.err != nil {
		return
	}
	rest, ok := strings.CutPrefix(f.rest, text)
	if !ok {
		f.err = &CallbackError{Err: errOtherPattern}
		return
	}
	f.rest = rest
}

// take is the text of a field: what stands before the literal that ends it, with the backslashes taken off, or all that
// is left.
func (f *Fields) take(name, until string) (text string, ok bool) {
	if f.err != nil {
		return "", false
	}
	if until == "" {
		text, f.rest = f.rest, ""
		return text, true
	}
	escaped := false
	for i := 0; i < len(f.rest); i++ {
		switch {
		case f.rest[i] == '\\' && i+1 < len(f.rest):
			escaped = true
			i++
		case strings.HasPrefix(f.rest[i:], until):
			text, f.rest = f.rest[:i], f.rest[i:]
			if escaped {
				text = unescapeField(text)
			}
			return text, true
		}
	}
	f.err = &CallbackError{Field: name, Err: errOtherPattern}
	return "", false
}

func unescapeField(text string) string {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		}
		b = append(b, text[i])
	}
	return string(b)
}

// Field reads a field that ends where the text until begins, or with the data if that is empty.
func Field[T any](f *Fields, name, until string, parse func(string) (T, error)) T {
	var zero T
	text, ok := f.take(name, until)
	if !ok {
		return zero
	}
	value, err := parse(text)
	if err != nil {
		f.err = &CallbackError{Field: name, Err: err}
		return zero
	}
	return value
}

// FieldOptional is Field for one that is nil if its text is empty.
func FieldOptional[T any](f *Fields, name, until string, parse func(string) (T, error)) *T {
	empty := true
	value := Field(f, name, until, func(text string) (value T, err error) {
		if empty = text == ""; empty {
			return value, nil
		}
		return parse(text)
	})
	if empty || f.err != nil {
		return nil
	}
	return &value
}

// FieldOr is Field for one that is value if its text is empty.
func FieldOr[T any](f *Fields, name, until string, parse func(string) (T, error), value T) T {
	return Field(f, name, until, func(text string) (T, error) {
		if text == "" {
			return value, nil
		}
		return parse(text)
	})
}

// AppendField appends a text as take reads it: with a backslash before each backslash, and before what could be taken for
// the literal that ends the field.
func AppendField(b []byte, value, until string) []byte {
	if until == "" {
		return append(b, value...)
	}
	for i := range len(value) {
		if value[i] == '\\' || value[i] == until[0] {
			b = append(b, '\\')
		}
		b = append(b, value[i])
	}
	return b
}

// AppendInt appends a whole number in decimal.
func AppendInt[T ~int | ~int64](b []byte, value T) []byte {
	return strconv.AppendInt(b, int64(value), 10)
}

// AppendFloat64 appends the shortest text that reads as the same number.
func AppendFloat64(b []byte, value float64) []byte { return strconv.AppendFloat(b, value, 'g', -1, 64) }

// AppendBool appends 1 or 0.
func AppendBool(b []byte, value bool) []byte {
	if value {
		return append(b, '1')
	}
	return append(b, '0')
}

// AppendDuration appends a duration as Go writes it.
func AppendDuration(b []byte, value time.Duration) []byte { return append(b, value.String()...) }

// A CallbackTooLongError says that callback data takes more bytes than Telegram keeps.
type CallbackTooLongError struct{ Length int }

func (e *CallbackTooLongError) Error() string {
	return fmt.Sprintf("callback data has %d bytes, and Telegram keeps %d", e.Length, MaxCallbackData)
}

// EncodeCallback is the data, if Telegram keeps it: it must have 1 to 64 bytes.
func EncodeCallback(b []byte) (string, error) {
	switch {
	case len(b) > MaxCallbackData:
		return "", &CallbackTooLongError{len(b)}
	case len(b) == 0:
		return "", errors.New("callback data is empty")
	}
	return string(b), nil
}

// CallbackButton is an inline button with the given data.
func CallbackButton(text, data string) gotgbot.InlineKeyboardButton {
	return gotgbot.InlineKeyboardButton{Text: text, CallbackData: data}
}
