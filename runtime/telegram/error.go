package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// An APIError is an error that a Bot API server, or a proxy in front of it, answered with. It never shows the bot's token.
type APIError struct {
	// Method is the method that was called, such as "getUpdates".
	Method string

	// Code is the error_code of the answer, or its HTTP status if it has none.
	Code int

	// Description is the server's text. It is empty if the answer is not JSON.
	Description string

	// RetryAfter is how long the server asks to wait; 0 if it does not ask.
	RetryAfter time.Duration
}

// Error returns the method, the code and the description: "getUpdates: 401 Unauthorized".
func (e *APIError) Error() string {
	text := e.Description
	if name := http.StatusText(e.Code); name != "" && !strings.HasPrefix(text, name) {
		if text == "" {
			text = name
		} else {
			text = name + ": " + text
		}
	}
	return fmt.Sprintf("%s: %d %s", e.Method, e.Code, text)
}

// advice says what to do about an error that no retry can mend. It is empty for other errors.
func (e *APIError) advice() string {
	switch e.Code {
	case http.StatusUnauthorized:
		return "the server does not know the bot's token: it is mistyped or was revoked; @BotFather shows the valid one"
	case http.StatusNotFound:
		return "the bot's token does not have the form of a token (123456789:AA...), or the API URL is not that of a Bot API server"
	case http.StatusConflict:
		if e.webhook() {
			return "a webhook is set, and a server with a webhook answers no poll: set " + webhookURLVariable + " to its address, " +
				"and the bot takes its updates there; or set " + webhookURLVariable + "=" + WebhookNone + ", or write source: polling in the " +
				"spec, and the bot deletes it; or call deleteWebhook"
		}
		return "another process polls with the same token: stop that process"
	}
	return ""
}

// webhook reports whether a poll was refused because a webhook is set. The server has no other sign than its text. A poll
// that setWebhook has ended says something else; the next one says this.
func (e *APIError) webhook() bool {
	return e.Code == http.StatusConflict && strings.Contains(e.Description, "webhook is active")
}

// A PoisonError is the error of an update that was begun several times by a process that died before the handlers had returned. It is
// not handled again. The queue keeps it as a dead letter, which can be replayed.
type PoisonError struct {
	Attempts int    // how often it was begun
	Letter   uint64 // the number of the dead letter
}

func (e *PoisonError) Error() string {
	return fmt.Sprintf("the process died %d times while the update was handled: it is the dead letter %d now", e.Attempts, e.Letter)
}

// ErrNextTwice is what next returns to middleware that calls it again. The handlers of an update run once.
var ErrNextTwice = errors.New("the middleware called next twice")

// A HandlerError is the error of a handler after which other handlers of the same update were tried, because the spec has
// "continue" or "match: all". The error of the last handler of an update is not wrapped: [Event.Handler] names it.
type HandlerError struct {
	Handler string // its name in the spec
	Err     error
}

// Error returns the handler's name and its error: "Seen: chat not found".
func (e *HandlerError) Error() string { return e.Handler + ": " + e.Err.Error() }

// Unwrap returns the handler's error.
func (e *HandlerError) Unwrap() error { return e.Err }

// MaxCallbackData is the largest size of callback data, in bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton
const MaxCallbackData = 64

// A CallbackTooLongError reports callback data that is longer than [MaxCallbackData].
type CallbackTooLongError struct {
	Length int // in bytes
}

func (e *CallbackTooLongError) Error() string {
	return fmt.Sprintf("callback data has %d bytes, and Telegram allows %d", e.Length, MaxCallbackData)
}

// ErrCallbackEmpty and ErrCallbackNotUTF8 report callback data that Telegram would refuse or change.
var (
	ErrCallbackEmpty   = errors.New("callback data is empty")
	ErrCallbackNotUTF8 = errors.New("callback data is not UTF-8, and JSON would change it")
)

// A CallbackError reports callback data that does not fit the pattern of its handler. The data is from another bot or an
// older version of this one, or it is forged. The error does not show the data.
type CallbackError struct {
	Field string // the field that is wrong; empty if the text around the fields is wrong
	Err   error
}

func (e *CallbackError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("callback data %v", e.Err)
	}
	return fmt.Sprintf("callback data: %s %v", e.Field, e.Err)
}

// Unwrap returns what is wrong.
func (e *CallbackError) Unwrap() error { return e.Err }

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
