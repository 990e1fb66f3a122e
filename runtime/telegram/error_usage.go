package telegram

import (
	"fmt"
	"strings"
	"unicode"
)

// A UsageError says that a command was not used as it should be. The hook on_usage is given one.
type UsageError struct {
	Command  string // its name
	Usage    string // how it is used: "/order <item> [qty=1] [note…]"
	Argument string // the argument that is wrong; empty if there is text after the last one
	Value    string // what was given for it; empty if nothing was
	Err      error  // what is wrong, an [*ArgumentError]
}

// Error is a line for a log; [UsageError.Text] is for the user.
func (e *UsageError) Error() string { return fmt.Sprintf("command %s: %v", e.Command, e.Err) }

// Unwrap is what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Text says to the user what is wrong, and how the command is used:
//
//	item is missing
//	Usage: /order <item> [qty=1] [note…]
func (e *UsageError) Text() string { return fmt.Sprintf("%v\nUsage: %s", e.Err, e.Usage) }

// An ArgumentError is a fault in an argument.
type ArgumentError struct {
	Argument string // its name; empty for text after the last one
	Value    string // what was given for it; empty if nothing was
	Err      error
}

// Error is a line of text for the user. It shows the beginning of the value.
func (e *ArgumentError) Error() string {
	switch {
	case e.Argument == "":
		return fmt.Sprintf("%s %v", shown(e.Value), e.Err)
	case e.Value == "":
		return fmt.Sprintf("%s %v", e.Argument, e.Err)
	}
	return fmt.Sprintf("%s: %s %v", e.Argument, shown(e.Value), e.Err)
}

// Unwrap is what is wrong with the argument.
func (e *ArgumentError) Unwrap() error { return e.Err }

// shownRunes is how much of a value an error shows: a message holds 4096 letters, and a value may be nearly as long.
const shownRunes = 40

// shown is a value in quotation marks, on one line and not too long.
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
