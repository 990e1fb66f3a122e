package calls

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// defaultFloodWait is the wait after a 429 that does not say how long to wait.
const defaultFloodWait = time.Second

// An outcome is what the error of an attempt tells.
type outcome struct {
	answered bool // the server answered, and did not ask to wait
	flood    bool // the server asked to wait, so the attempt had no effect
	unsent   bool // no byte of the request was sent
	unknown  bool // the attempt may have had an effect: the answer was lost, or it is a 5xx

	wait   time.Duration          // as the server asks; 0: it does not ask
	answer *gotgbot.TelegramError // with flood
}

// A statusError is an answer that is not from a Bot API server, such as that of a proxy.
type statusError interface {
	error
	Status() (code int, retryAfter time.Duration)
}

// outcomeOf tells what an attempt did from its error. It knows gotgbot's errors and those of net/http and package net.
// Other errors, such as one that a link further in made, are final: no field is set.
func outcomeOf(method string, err error) outcome {
	if err == nil {
		return outcome{answered: true}
	}
	if answer, ok := errors.AsType[*gotgbot.TelegramError](err); ok {
		var wait time.Duration
		if answer.ResponseParams != nil {
			wait = seconds(answer.ResponseParams.RetryAfter)
		}
		return outcomeOfStatus(answer.Code, wait, answer)
	}
	if status, ok := errors.AsType[statusError](err); ok {
		code, wait := status.Status()
		return outcomeOfStatus(code, wait, &gotgbot.TelegramError{Method: method, Code: code, Description: http.StatusText(code)})
	}
	if neverSent(err) {
		return outcome{unsent: true}
	}
	return outcome{unknown: lost(err)}
}

func outcomeOfStatus(code int, wait time.Duration, answer *gotgbot.TelegramError) outcome {
	switch {
	case code == http.StatusTooManyRequests:
		if wait <= 0 {
			wait = defaultFloodWait
		}
		return outcome{flood: true, wait: wait, answer: answer}
	case code >= 500:
		return outcome{unknown: true, wait: wait}
	}
	return outcome{answered: true}
}

// neverSent reports whether an error shows that the connection was never made, so that the server cannot have seen the
// request. An error type that knows this by itself has a method NotSent.
//
// A TLS handshake that breaks with a bare EOF looks like an answer that was lost, so it counts as one.
func neverSent(err error) bool {
	if e, ok := errors.AsType[interface {
		error
		NotSent() bool
	}](err); ok {
		return e.NotSent()
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if e, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return strings.Contains(e.Msg, "first record")
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return handshakeAlerts[alert]
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	return strings.HasSuffix(err.Error(), "TLS handshake timeout") // of net/http, which does not export the type
}

// handshakeAlerts are the alerts that end a handshake and cannot come later: https://www.rfc-editor.org/rfc/rfc8446#section-6
var handshakeAlerts = map[tls.AlertError]bool{
	40: true, 47: true, 48: true, 49: true, 70: true, 71: true, 109: true, 112: true, 116: true, 120: true,
}

// lost reports whether an error says that the request was sent, or may have been, and that no whole answer came.
func lost(err error) bool {
	var timeout interface {
		error
		Timeout() bool
	}
	if errors.As(err, &timeout) { // as every error of package net, of [url.Error], and of a deadline
		return true
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	_, cut := errors.AsType[*json.SyntaxError](err)
	_, ours := errors.AsType[*json.MarshalerError](err)
	return cut && !ours
}

// seconds turns a number of seconds from a server into a duration.
func seconds(n int64) time.Duration {
	return time.Duration(min(max(n, 0), math.MaxInt64/int64(2*time.Second))) * time.Second
}
