package play

import "fmt"

// A refusal is an error that tells the author why an action is impossible.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

func refusef(format string, args ...any) error { return refusal{fmt.Sprintf(format, args...)} }

// referee is what the Bot API server reports a wrong use to: the bot may have deleted a message in the moment in which somebody presses its
// button. Outside of tests the server would panic.
type referee struct{ refuse func(text string) }

func (referee) Helper() {}

// Cleanup does nothing: Play closes the server.
func (referee) Cleanup(func()) {}

// Fatalf reports a wrong use.
func (r referee) Fatalf(format string, args ...any) { r.refuse(fmt.Sprintf(format, args...)) }
