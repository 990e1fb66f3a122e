package otel

import (
	"context"
	"errors"
	"net"
	"strconv"

	"github.com/PaulSonOfLars/gotgbot/v2"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
)

// The types of errors that other functions name, too.
const (
	typeTimeout = "timeout"
	typeStopped = "stopped"
)

// ErrorType returns the error.type of an error. It is empty if err is nil, and otherwise one of these:
//
//	400 to 599    the server has answered with this code
//	flood         a call was not made, because the server asks to wait for too long
//	migrated      a group has become a supergroup
//	panic         the handler has panicked, or ended its goroutine
//	timeout       the handler has timed out, or something that it waited for
//	canceled      a context was cancelled
//	stopped       the bot was stopped
//	session       a session could not be loaded or committed
//	conflict      a session has changed meanwhile
//	journal       the journal of the calls could not be read
//	poison        the process has died several times while the update was handled
//	usage         the arguments of a command are wrong
//	callback      the data of a callback is wrong
//	network       the server was not reached, or the connection was lost
//	_OTHER        any other error
func ErrorType(err error) string {
	switch {
	case err == nil:
		return ""
	case is[*runtime.PanicError](err), errors.Is(err, runtime.ErrGoexit):
		return "panic"
	case errors.Is(err, telegram.ErrStopped):
		return typeStopped
	case errors.Is(err, runtime.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return typeTimeout
	case is[*telegram.FloodError](err):
		return "flood"
	case is[*telegram.MigratedError](err):
		return "migrated"
	case is[*telegram.JournalError](err):
		return "journal"
	case errors.Is(err, session.ErrConflict):
		return "conflict"
	case is[*telegram.SessionError](err):
		return "session"
	case is[*telegram.PoisonError](err):
		return "poison"
	case is[*telegram.UsageError](err):
		return "usage"
	case is[*telegram.CallbackError](err):
		return "callback"
	case errors.Is(err, context.Canceled):
		return "canceled"
	}
	if answer, ok := errors.AsType[*gotgbot.TelegramError](err); ok {
		return codeType(answer.Code)
	}
	if answer, ok := errors.AsType[*telegram.APIError](err); ok {
		return codeType(answer.Code)
	}
	if failure, ok := errors.AsType[net.Error](err); ok {
		if failure.Timeout() {
			return typeTimeout
		}
		return "network"
	}
	return semconv.ErrorTypeOther.Value.AsString()
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// codeType bounds what a server can say.
func codeType(code int) string {
	if code < 400 || code > 599 {
		return semconv.ErrorTypeOther.Value.AsString()
	}
	return strconv.Itoa(code)
}
