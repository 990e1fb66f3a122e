package calls

import (
	"errors"
	"fmt"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// ErrStopped is wrapped by the error of a call that waited when the bot was told to stop. See [RetryConfig].Life.
var ErrStopped = errors.New("the bot was stopped")

// A FloodError reports a call that was not made because the server asked to wait, and the wait is too long: longer than
// [RetryConfig].MaxWait, or beyond the deadline of the call's context. The call had no effect. It can be made again after
// RetryAfter.
type FloodError struct {
	// Method is the method that was called, such as "sendMessage".
	Method string

	// Chat is the chat that has to wait, as in the parameter chat_id: a number, or a @username in lower case. It is empty
	// if calls without a chat, or all calls of the bot, have to wait.
	Chat string

	// RetryAfter is how long to wait from the time of the error.
	RetryAfter time.Duration

	// Err is the server's answer, with the method and the parameters of this call. It may be the answer to an earlier
	// call.
	Err *gotgbot.TelegramError
}

// Error returns a line such as "sendMessage: the server asks to wait 35s for chat 42: Too Many Requests: retry after 35".
func (e *FloodError) Error() string {
	chat := ""
	if e.Chat != "" {
		chat = " for chat " + e.Chat
	}
	wait := e.RetryAfter
	if wait > time.Second {
		wait = wait.Round(time.Second)
	}
	return fmt.Sprintf("%s: the server asks to wait %v%s: %s", e.Method, wait, chat, e.Err.Description)
}

// Unwrap returns the server's answer.
func (e *FloodError) Unwrap() error { return e.Err }

// A MigratedError reports a call to a group that has become a supergroup with another id. The call had no effect. Store
// the new id, and make the call with it.
type MigratedError struct {
	// Method is the method that was called.
	Method string

	// Chat is the chat of the call, as in the parameter chat_id.
	Chat string

	// To is the id of the supergroup.
	To int64

	// Err is the server's answer.
	Err *gotgbot.TelegramError
}

// Error returns a line such as "sendMessage: chat -42 has become the supergroup -100123".
func (e *MigratedError) Error() string {
	return fmt.Sprintf("%s: chat %s has become the supergroup %d", e.Method, e.Chat, e.To)
}

// Unwrap returns the server's answer.
func (e *MigratedError) Unwrap() error { return e.Err }
