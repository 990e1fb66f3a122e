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
// so redact puts a [requestError] in its place. If the text of the cause shows the token, too, the result is a
// [redactedError].
func redact(err error, token string) error {
	cause := err
	for {
		outer, ok := cause.(*url.Error) // not errors.As: an error around it may say more
		if !ok {
			break
		}
		cause = outer.Err
	}
	text := cause.Error()
	if clean := redactText(text, token); clean != text {
		return &redactedError{text: clean, cause: cause}
	}
	if cause != err {
		return &requestError{cause}
	}
	return err
}

// A requestError is a [*url.Error] without the URL. Like that one, it has a method Timeout whatever its cause is, so that
// [calls.Retry] knows it as an error of a request.
type requestError struct{ cause error }

func (e *requestError) Error() string { return e.cause.Error() }
func (e *requestError) Unwrap() error { return e.cause }

// Timeout reports whether the cause is a time-out, as [net.Error] does.
func (e *requestError) Timeout() bool { return timedOut(e.cause) }

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
func (e *redactedError) Timeout() bool { return timedOut(e.cause) }

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
