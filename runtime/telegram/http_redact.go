package telegram

import (
	"errors"
	"net/url"
	"strings"
)

// tokenMark replaces the token in a text.
const tokenMark = "<token>"

// redactText replaces the token in a text by tokenMark.
func redactText(text, token string) string {
	if token == "" {
		return text
	}
	return strings.NewReplacer(
		token, tokenMark,
		url.QueryEscape(token), tokenMark,
		url.PathEscape(token), tokenMark,
	).Replace(text)
}

// redact removes the token from an error of net/http. A [*url.Error] shows the URL of the request, and with it the token,
// so redact replaces it by its cause. If the text of the cause shows the token, too, the result is a [redactedError].
func redact(err error, token string) error {
	for {
		outer, ok := err.(*url.Error) // not errors.As: an error around it may say more
		if !ok {
			break
		}
		err = outer.Err
	}
	text := err.Error()
	clean := redactText(text, token)
	if clean == text {
		return err
	}
	return &redactedError{text: clean, cause: err}
}

// A redactedError stands for an error whose text shows the token. It has no Unwrap method, because the text of the cause
// would show the token.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }

// Is reports whether the cause is target, so that errors.Is still finds a time-out.
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }

// Timeout reports whether the cause is a time-out, as [net.Error] does.
func (e *redactedError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.cause, &t) && t.Timeout()
}
