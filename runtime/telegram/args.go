package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Arguments reads the text after a command, one argument after another. The first fault is kept, and what is read after it
// is zero; [Arguments.Err] tells.
//
// An argument ends at white space, unless it stands in quotes, "so" or 'so' or “so”, as telephones write them. Within
// quotes a backslash takes the next letter as it is.
type Arguments struct {
	rest string
	err  error
}

// NewArguments reads text.
func NewArguments(text string) Arguments { return Arguments{rest: strings.TrimSpace(text)} }

// An ArgumentError is a fault in an argument.
type ArgumentError struct {
	Argument string // its name; empty for text after the last one
	Value    string // what stood there
	Err      error
}

func (e *ArgumentError) Error() string {
	switch {
	case e.Argument == "":
		return fmt.Sprintf("%q: %v", e.Value, e.Err)
	case e.Value == "":
		return fmt.Sprintf("%s %v", e.Argument, e.Err)
	}
	return fmt.Sprintf("%s: %q %v", e.Argument, e.Value, e.Err)
}

// Unwrap is what is wrong with the argument.
func (e *ArgumentError) Unwrap() error { return e.Err }

var (
	errMissing   = errors.New("is missing")
	errUnclosed  = errors.New("has no closing quote")
	errTooMany   = errors.New("is more than the command takes")
	errNotNumber = errors.New("is no whole number")
)

// Err is the first fault, an [*ArgumentError]. Text that nobody read is one.
func (a *Arguments) Err() error {
	if a.err == nil && a.rest != "" {
		a.err = &ArgumentError{Value: a.rest, Err: errTooMany}
	}
	return a.err
}

// next takes the next argument off the text. It is not ok if there is none.
func (a *Arguments) next(name string) (token string, ok bool) {
	if a.err != nil || a.rest == "" {
		return "", false
	}
	first, size := utf8.DecodeRuneInString(a.rest)
	closing, quoted := closingQuotes[first]
	if !quoted {
		end := strings.IndexFunc(a.rest, unicode.IsSpace)
		if end < 0 {
			end = len(a.rest)
		}
		token, a.rest = a.rest[:end], strings.TrimSpace(a.rest[end:])
		return token, true
	}
	var b strings.Builder
	for i := size; i < len(a.rest); {
		r, n := utf8.DecodeRuneInString(a.rest[i:])
		switch {
		case r == closing:
			a.rest = strings.TrimSpace(a.rest[i+n:])
			return b.String(), true
		case r == '\\' && i+n < len(a.rest):
			i += n
			_, n = utf8.DecodeRuneInString(a.rest[i:])
		}
		b.WriteString(a.rest[i : i+n])
		i += n
	}
	a.err = &ArgumentError{Argument: name, Value: a.rest, Err: errUnclosed}
	return "", false
}

var closingQuotes = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '„': '“', '«': '»'}

// read parses the next argument. It is not ok if there is none, or it is wrong.
func read[T any](a *Arguments, name string, parse func(string) (T, error)) (value T, ok bool) {
	token, ok := a.next(name)
	if !ok {
		return value, false
	}
	value, err := parse(token)
	if err != nil {
		a.err = &ArgumentError{Argument: name, Value: token, Err: err}
		var zero T
		return zero, false
	}
	return value, true
}

// Arg reads an argument that must be there.
func Arg[T any](a *Arguments, name string, parse func(string) (T, error)) T {
	value, ok := read(a, name, parse)
	if !ok && a.err == nil {
		a.err = &ArgumentError{Argument: name, Err: errMissing}
	}
	return value
}

// ArgOr reads an argument that is value if it is left out.
func ArgOr[T any](a *Arguments, name string, parse func(string) (T, error), value T) T {
	if given, ok := read(a, name, parse); ok {
		return given
	}
	if a.err != nil {
		var zero T
		return zero
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

// RestArg reads all text that is left, as it was typed. It must not be empty.
func RestArg(a *Arguments, name string) string {
	rest := a.takeRest()
	if rest == "" && a.err == nil {
		a.err = &ArgumentError{Argument: name, Err: errMissing}
	}
	return rest
}

// RestArgOr is RestArg for a text that is value if it is left out.
func RestArgOr(a *Arguments, _, value string) string {
	if rest := a.takeRest(); rest != "" || a.err != nil {
		return rest
	}
	return value
}

// RestArgOptional is RestArg for a text that is nil if it is left out.
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

// A UsageError says that a command was not used as it should be.
type UsageError struct {
	Command string // its name
	Usage   string // how it is used: "/order <item> [qty=1] [note…]"
	Err     error  // what is wrong: an [*ArgumentError]
}

// NewUsageError is what generated code reports.
func NewUsageError(command, usage string, err error) *UsageError {
	return &UsageError{command, usage, err}
}

func (e *UsageError) Error() string { return fmt.Sprintf("%v\nUsage: %s", e.Err, e.Usage) }

// Unwrap is what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// ReplyUsage tells the user what was wrong, and how the command is used. It is what happens unless the spec names a method
// for on_usage.
func ReplyUsage(ctx context.Context, ev *Event, usage *UsageError) error {
	_, err := ev.Reply(ctx, usage.Error(), nil)
	return err
}
