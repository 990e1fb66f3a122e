package redact

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// testSuffix follows the token of a bot in Telegram's test environment:
// https://core.telegram.org/bots/features#testing-your-bot
const testSuffix = "/test"

// errNoTLS replaces net/http's error for an https URL of a server without TLS, as a local Bot API server does.
var errNoTLS = fmt.Errorf("the server speaks HTTP without TLS: write http:// instead of https:// in the API URL: %w", http.ErrSchemeMismatch)

// tokenMark replaces the token in a text.
const tokenMark = "<token>"

// minSecret is the length from which the secret half of a token is looked for by itself. Those of Telegram have 35 letters.
const minSecret = 16

// Text replaces the token in a text by tokenMark. It also finds a token that is percent-encoded in whole or in part, in
// either case and more than once, or escaped as in JSON; and the secret half of a token without its number.
func Text(text, token string) string {
	token = strings.TrimSuffix(token, testSuffix)
	number, secret, _ := strings.Cut(token, ":")
	if len(secret) < minSecret {
		number, secret = "", token
	}
	if secret == "" {
		return text
	}
	var clean strings.Builder
	kept := 0 // how much of the text is in clean
	for i := 0; i < len(text); {
		end := matchEscaped(text, i, secret)
		if end < 0 {
			i++
			continue
		}
		clean.WriteString(text[kept:max(kept, numberBefore(text, i, number))])
		clean.WriteString(tokenMark)
		i, kept = end, end
	}
	if kept == 0 {
		return text
	}
	clean.WriteString(text[kept:])
	return clean.String()
}

// matchEscaped returns where in the text an escaped form of want ends that begins at i, or -1.
func matchEscaped(text string, i int, want string) int {
	for k := range len(want) {
		n := escapedLen(text[i:], want[k])
		if n == 0 {
			return -1
		}
		i += n
	}
	return i
}

// escapedLen returns the length of the form of the letter c with which the text begins: c itself, %XX with any number of
// 25 after the percent sign, or \u00XX. It is 0 if the text begins with something else.
func escapedLen(text string, c byte) int {
	if text == "" {
		return 0
	}
	digits := 0
	switch text[0] {
	case c:
		return 1
	case '%':
		for digits = 1; strings.HasPrefix(text[digits:], "25"); digits += 2 {
		}
	case '\\':
		if digits = len(`\u00`); !strings.HasPrefix(text, `\u00`) {
			return 0
		}
	default:
		return 0
	}
	if len(text) < digits+2 {
		return 0
	}
	value, err := strconv.ParseUint(text[digits:digits+2], 16, 8)
	if err != nil || byte(value) != c {
		return 0
	}
	return digits + 2
}

// numberBefore returns where the number of a token begins whose secret half begins at i, or i if there is no number.
func numberBefore(text string, i int, number string) int {
	const longest = 16 // of a colon that is escaped
	for j := i - 1; number != "" && j >= max(0, i-longest); j-- {
		if escapedLen(text[j:], ':') == i-j && strings.HasSuffix(text[:j], number) {
			return j - len(number)
		}
	}
	return i
}

// Error removes the token from an error of net/http. A [*url.Error] shows the URL of the request, and with it the token,
// so Error puts a [requestError] in its place. If the text of the cause shows the token, too, the result is a
// [cleanError].
func Error(err error, token string) error {
	cause := err
	for {
		outer, ok := cause.(*url.Error) // not errors.As: an error around it may say more
		if !ok {
			break
		}
		cause = outer.Err
	}
	if errors.Is(cause, http.ErrSchemeMismatch) {
		return &requestError{errNoTLS}
	}
	text := cause.Error()
	if clean := Text(text, token); clean != text {
		return &cleanError{text: clean, cause: cause}
	}
	if cause != err {
		return &requestError{cause}
	}
	return err
}

// A requestError is a [*url.Error] without the URL. Like that one, it has a method Timeout whatever its cause is, so that
// the link calls.Retry knows it as an error of a request.
type requestError struct{ cause error }

func (e *requestError) Error() string { return e.cause.Error() }
func (e *requestError) Unwrap() error { return e.cause }

// Timeout reports whether the cause is a time-out, as [net.Error] does.
func (e *requestError) Timeout() bool { return timedOut(e.cause) }

// A cleanError stands for an error whose text shows the token. It has no Unwrap method, because the text of the cause
// would show the token.
type cleanError struct {
	text  string
	cause error
}

func (e *cleanError) Error() string { return e.text }

// Is reports whether the cause is target, so that errors.Is still finds a time-out.
func (e *cleanError) Is(target error) bool { return errors.Is(e.cause, target) }

// Timeout reports whether the cause is a time-out, as [net.Error] does.
func (e *cleanError) Timeout() bool { return timedOut(e.cause) }

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
