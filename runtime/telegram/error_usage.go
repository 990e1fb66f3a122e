package telegram

import (
	"fmt"
	"strings"
	"unicode"
)

// A UsageError reports a command whose arguments are wrong. The hook on_usage is called with it.
type UsageError struct {
	Command  string // the name of the command
	Usage    string // how to use it: "/order <item> [qty=1] [note…]"
	Argument string // the argument that is wrong; empty if there is text after the last argument
	Value    string // the value of that argument; empty if it is missing
	Err      error  // what is wrong, an [*ArgumentError]
}

// Error returns a line for a log. [UsageError.Text] is for the user.
func (e *UsageError) Error() string { return fmt.Sprintf("command %s: %v", e.Command, e.Err) }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Text tells the user what is wrong, and how to use the command:
//
//	item is missing
//	Usage: /order <item> [qty=1] [note…]
func (e *UsageError) Text() string { return fmt.Sprintf("%v\nUsage: %s", e.Err, e.Usage) }

// An ArgumentError reports an argument of a command that is wrong.
type ArgumentError struct {
	Argument string // its name; empty if there is text after the last argument
	Value    string // its value; empty if it is missing
	Err      error  // what is wrong
}

// Error returns a line of text for the user. It shows the beginning of the value.
func (e *ArgumentError) Error() string {
	switch {
	case e.Argument == "":
		return fmt.Sprintf("%s %v", shown(e.Value), e.Err)
	case e.Value == "":
		return fmt.Sprintf("%s %v", e.Argument, e.Err)
	}
	return fmt.Sprintf("%s: %s %v", e.Argument, shown(e.Value), e.Err)
}

// Unwrap returns what is wrong with the argument.
func (e *ArgumentError) Unwrap() error { return e.Err }

// shownRunes bounds how much of a value an error shows. A message has up to 4096 characters, and a value may have nearly
// as many.
const shownRunes = 40

// shown returns a value in quotation marks, on one line and shortened if it is long.
func shown(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	n := 0
	for _, r := range value {
		if n++; n > shownRunes {
			b.WriteRune('…')
			break
		}
		if unicode.IsControl(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}
