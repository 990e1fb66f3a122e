package dispatch

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tggen/tggen/runtime/telegram"
)

// Arguments reads the text after a command, one argument after another: see [Arg], [ArgOr], [ArgOptional] and
// [RestArg]. The first fault is kept, and what is read after it is zero; [Arguments.Err] tells.
//
// An argument ends at white space. One that begins with a quotation mark goes on to the mark that closes it and has white
// space or nothing behind it, so that "it's “so” called" is one argument. The marks that phones put in place of " and '
// count too. Within marks a backslash takes the letter after it as it is.
type Arguments struct {
	rest string
	err  error
}

// NewArguments reads text.
func NewArguments(text string) Arguments { return Arguments{rest: strings.TrimSpace(text)} }

var (
	errMissing  = errors.New("is missing")
	errUnclosed = errors.New("has no closing quotation mark")
	errTooMany  = errors.New("is more than the command takes")
)

// Err is the first fault, a [*telegram.ArgumentError], or nil. Text that nobody read is a fault.
func (a *Arguments) Err() error {
	if a.err == nil && a.rest != "" {
		a.err = &telegram.ArgumentError{Value: a.rest, Err: errTooMany}
	}
	return a.err
}

// next takes the next argument off the text. It is not ok if there is none, or if its quotation mark is not closed.
func (a *Arguments) next(name string) (value string, ok bool) {
	if a.err != nil || a.rest == "" {
		return "", false
	}
	first, size := utf8.DecodeRuneInString(a.rest)
	if closing := closingMarks(first); closing != "" {
		value, rest, ok := cutQuoted(a.rest[size:], closing)
		if !ok {
			a.err = &telegram.ArgumentError{Argument: name, Value: a.rest, Err: errUnclosed}
			return "", false
		}
		a.rest = strings.TrimSpace(rest)
		return value, true
	}
	end := strings.IndexFunc(a.rest, unicode.IsSpace)
	if end < 0 {
		end = len(a.rest)
	}
	value, a.rest = a.rest[:end], strings.TrimSpace(a.rest[end:])
	return value, true
}

// closingMarks are the quotation marks that close what the mark first opens, empty if it opens nothing. ’ opens
// nothing: it is the apostrophe of phones.
func closingMarks(first rune) string {
	switch first {
	case '"':
		return `"`
	case '\'':
		return `'`
	case '“':
		return "”"
	case '”': // Swedish, Finnish
		return "”"
	case '„': // German, Polish
		return "“”"
	case '‘':
		return "’"
	case '‚':
		return "‘’"
	case '«':
		return "»"
	case '»':
		return "«"
	}
	return ""
}

// cutQuoted cuts text at the first of the closing marks that white space or nothing follows. It is not ok if there is
// none.
func cutQuoted(text, closing string) (value, rest string, ok bool) {
	escaped := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '\\' && i+size < len(text) {
			_, next := utf8.DecodeRuneInString(text[i+size:])
			escaped = true
			i += size + next
			continue
		}
		if after := text[i+size:]; strings.ContainsRune(closing, r) && spaceOrNothing(after) {
			value = text[:i]
			if escaped {
				value = dropEscapes(value, '\\')
			}
			return value, after, true
		}
		i += size
	}
	return "", "", false
}

func spaceOrNothing(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size == 0 || unicode.IsSpace(r)
}

// read parses the next argument. It is not ok if there is none, or if it is wrong.
func read[T any](a *Arguments, name string, parse func(string) (T, error)) (value T, ok bool) {
	var zero T
	given, ok := a.next(name)
	if !ok {
		return zero, false
	}
	value, err := parse(given)
	if err != nil {
		a.err = &telegram.ArgumentError{Argument: name, Value: given, Err: err}
		return zero, false
	}
	return value, true
}

// Arg reads an argument that must be there.
func Arg[T any](a *Arguments, name string, parse func(string) (T, error)) T {
	value, ok := read(a, name, parse)
	if !ok && a.err == nil {
		a.err = &telegram.ArgumentError{Argument: name, Err: errMissing}
	}
	return value
}

// ArgOr reads an argument that is value if it is left out.
func ArgOr[T any](a *Arguments, name string, parse func(string) (T, error), value T) T {
	given, ok := read(a, name, parse)
	if ok || a.err != nil {
		return given
	}
	return value
}

// ArgOptional reads an argument that is nil if it is left out.
func ArgOptional[T any](a *Arguments, name string, parse func(string) (T, error)) *T {
	if given, ok := read(a, name, parse); ok {
		return &given
	}
	return nil
}

// RestArg reads all text that is left, as it was typed, quotation marks and line breaks included. There must be some.
func RestArg(a *Arguments, name string) string {
	rest := a.takeRest()
	if rest == "" && a.err == nil {
		a.err = &telegram.ArgumentError{Argument: name, Err: errMissing}
	}
	return rest
}

// RestArgOr is [RestArg] for a text that is value if there is none.
func RestArgOr(a *Arguments, _, value string) string {
	if rest := a.takeRest(); rest != "" || a.err != nil {
		return rest
	}
	return value
}

// RestArgOptional is [RestArg] for a text that is nil if there is none.
func RestArgOptional(a *Arguments, _ string) *string {
	if rest := a.takeRest(); rest != "" {
		return &rest
	}
	return nil
}

func (a *Arguments) takeRest() string {
	if a.err != nil {
		return ""
	}
	rest := a.rest
	a.rest = ""
	return rest
}
