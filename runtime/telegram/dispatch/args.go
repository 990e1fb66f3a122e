package dispatch

import (
	"errors"
	"strings"

	"github.com/tggen/tggen/runtime/telegram"
)

// Arguments reads the text after a command, one argument after another: see [Arg], [ArgOr], [ArgOptional] and [RestArg].
// After the first fault everything that is read is zero; [Arguments.Err] returns that fault.
//
// An argument ends at white space. An argument that begins with a quotation mark ends at the mark that closes it and that
// is followed by white space or by nothing. So "it's “so” called" is one argument. The typographic marks that phones put in
// place of " and ' count too. Between the marks, a backslash takes the letter after it literally.
type Arguments struct {
	rest string
	err  error
}

// NewArguments returns the Arguments of the text after a command.
func NewArguments(text string) Arguments { return Arguments{rest: strings.TrimSpace(text)} }

var (
	errMissing  = errors.New("is missing")
	errUnclosed = errors.New("has no closing quotation mark")
	errTooMany  = errors.New("is more than the command takes")
)

// Err returns the first fault, a [*telegram.ArgumentError], or nil. Text that is left over is a fault too, so Err must be
// called after the last argument was read.
func (a *Arguments) Err() error {
	if a.err == nil && a.rest != "" {
		a.err = &telegram.ArgumentError{Value: a.rest, Err: errTooMany}
	}
	return a.err
}

// read parses the next argument. It is not ok if there is no argument or if there is a fault.
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

// Arg reads an argument that must be there. The function parse makes its value, such as [Int] or [Text]; its error says
// what is wrong with the text, such as "is not a whole number".
func Arg[T any](a *Arguments, name string, parse func(string) (T, error)) T {
	value, ok := read(a, name, parse)
	if !ok && a.err == nil {
		a.err = &telegram.ArgumentError{Argument: name, Err: errMissing}
	}
	return value
}

// ArgOr reads an argument that may be left out. Then it returns value.
func ArgOr[T any](a *Arguments, name string, parse func(string) (T, error), value T) T {
	given, ok := read(a, name, parse)
	if ok || a.err != nil {
		return given
	}
	return value
}

// ArgOptional reads an argument that may be left out. Then it returns nil.
func ArgOptional[T any](a *Arguments, name string, parse func(string) (T, error)) *T {
	if given, ok := read(a, name, parse); ok {
		return &given
	}
	return nil
}

// RestArg reads all text that is left, as it was typed, with quotation marks and line breaks. If nothing is left, the
// argument is missing.
func RestArg(a *Arguments, name string) string {
	rest := a.takeRest()
	if rest == "" && a.err == nil {
		a.err = &telegram.ArgumentError{Argument: name, Err: errMissing}
	}
	return rest
}

// RestArgOr is [RestArg], but returns value if nothing is left.
func RestArgOr(a *Arguments, value string) string {
	if rest := a.takeRest(); rest != "" || a.err != nil {
		return rest
	}
	return value
}

// RestArgOptional is [RestArg], but returns nil if nothing is left.
func RestArgOptional(a *Arguments) *string {
	if rest := a.takeRest(); rest != "" {
		return &rest
	}
	return nil
}

// takeRest takes all text that is left. It returns "" after a fault.
func (a *Arguments) takeRest() string {
	if a.err != nil {
		return ""
	}
	rest := a.rest
	a.rest = ""
	return rest
}
