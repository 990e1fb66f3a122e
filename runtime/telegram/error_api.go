package telegram

import (
	"fmt"
	"net/http"
	"strings"
	"time"
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
			return "a webhook is set, and a server with a webhook answers no poll: call deleteWebhook, " +
				"or write source: polling in the spec, and the bot deletes it"
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
