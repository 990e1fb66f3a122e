package telegram

import (
	"errors"
	"net/url"
	"strings"
)

// tokenMark stands in a text where the token was.
const tokenMark = "<token>"

// redactText takes the token out of a text.
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

// redact takes the token out of an error of net/http. The URL of a request holds it, so a [*url.Error] is reduced to
// its cause. An error that still tells the token is replaced by its text, and can then only be asked what it is.
func redact(err error, token string) error {
	for {
		outer, ok := err.(*url.Error) //nolint:errorlint // only the outermost is known to hold nothing else
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

// A redactedError is an error whose text held the token. It does not unwrap, since whoever prints the cause would
// print the token.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }

// Is reports whether the cause is target, so that a time-out is still known as one.
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }

// Timeout reports whether the cause is a time-out, in the manner of [net.Error].
func (e *redactedError) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.cause, &t) && t.Timeout()
}
