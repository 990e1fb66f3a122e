package telegram

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// An APIError is an answer of a Bot API server, or of a proxy in front of it, that is not the answer asked for. It
// never holds the bot's token.
type APIError struct {
	// Method is the method that was called: "getUpdates".
	Method string

	// Code is the error_code of the answer, or else its HTTP status.
	Code int

	// Description is the server's text, or else the text of the HTTP status.
	Description string

	// RetryAfter is how long the server asks to wait; 0 when it does not ask.
	RetryAfter time.Duration
}

// Error is "getUpdates: 401 Unauthorized".
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

// advice is what to do about an error that no retry mends, or "".
func (e *APIError) advice() string {
	switch e.Code {
	case http.StatusUnauthorized:
		return "the server does not know the bot's token: it is mistyped or was revoked; @BotFather shows the valid one"
	case http.StatusNotFound:
		return "the bot's token has not the form of one (123456789:AA...), or the API URL is not that of a Bot API server"
	case http.StatusConflict:
		return "another process polls with the same token, or a webhook is set: stop the one or delete the other"
	}
	return ""
}
