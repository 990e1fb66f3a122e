package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

// JournalConfig configures [Journal]. Store and Origin are required.
type JournalConfig struct {
	// Store keeps the calls.
	Store session.Store

	// Origin says which work makes the calls with ctx. ok is false if a call shall not be journaled. Origin is called before
	// a call, and again after it: if ok is false then, the call is not recorded. It must be safe for concurrent use.
	Origin func(ctx context.Context) (origin JournalOrigin, ok bool)

	// Logger logs the calls that were made and could not be recorded. Default [slog.Default].
	Logger *slog.Logger
}

// A JournalOrigin is the work that makes a call.
type JournalOrigin struct {
	Page *JournalPage

	// Handler is the name of the handler that makes the call. A call is recalled only for the handler that made it.
	Handler string

	// Attempt counts the attempts at the work with this page, from 1. Each attempt gets the calls of the attempts before.
	// 0 stands for 1.
	Attempt int
}

// A JournalError reports a call that was not made, because the journal could not be read, so that nobody knows whether the
// call was made before. Another attempt may succeed.
type JournalError struct {
	Method string
	Err    error // the error of the store
}

func (e *JournalError) Error() string {
	return fmt.Sprintf("%s was not made: reading the journal: %v", e.Method, e.Err)
}

// Unwrap returns the error of the store.
func (e *JournalError) Unwrap() error { return e.Err }

// Journal returns a link that records each successful call that is not [Repeatable], with its result. When the same work is
// done again, after a failure or in another process, a recorded call is not made: its caller gets the recorded result. It
// is looked up by the handler, the bot, the method and a hash of the parameters. Each record stands for one call, so of two
// equal messages both are sent, and none a third time. A call that differs, such as a text with the time of day, is made. Of
// an attached file, the name and the size are compared, as far as the reader has a method Size or Stat, and not the content.
//
// The journal loads the page of the work before the first such call, and commits after each. If loading fails, the call is not
// made and its error is a [*JournalError]. If a commit fails, it is tried again for two seconds, even if ctx has ended. Then
// the failure is logged and the caller gets the result all the same, since the call was made.
//
// Failed calls are not recorded, nor are chat actions and drafts, whose effect passes by itself, nor are results that are larger
// than [session.MaxData]. The journal logs the latter.
//
// A process that is killed while a call is made, or before the call is recorded, makes this call again. So if the work
// makes one call at a time, at most one call is made twice for each kill.
func Journal(config JournalConfig) func(gotgbot.BotClient) gotgbot.BotClient {
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	return func(next gotgbot.BotClient) gotgbot.BotClient {
		j := &journal{config}
		client := Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			if !journals(method) {
				return next.RequestWithContext(ctx, token, method, params, opts)
			}
			return j.do(ctx, method, func() sum { return sumOf(token, method, params, opts) }, func() (json.RawMessage, error) {
				return next.RequestWithContext(ctx, token, method, params, opts)
			})
		})
		further, ok := next.(direct.Client)
		if !ok {
			return client
		}
		return &directClient{client, func(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
			if !journals(call.Method) {
				return further.RequestDirect(ctx, token, call)
			}
			return j.do(ctx, call.Method, func() sum { return sumOfBody(token, call.Method, call.Body) }, func() (json.RawMessage, error) {
				return further.RequestDirect(ctx, token, call)
			})
		}}
	}
}

// journals reports whether the calls of a method are recorded.
func journals(method string) bool {
	switch method {
	case "sendChatAction", "sendMessageDraft", "sendRichMessageDraft":
		return false
	}
	return !Repeatable(method)
}

type journal struct{ config JournalConfig }

// do makes a call and records it, or returns the result of a recorded one.
func (j *journal) do(ctx context.Context, method string, hash func() sum, call func() (json.RawMessage, error)) (json.RawMessage, error) {
	origin, ok := j.config.Origin(ctx)
	if !ok {
		return call()
	}
	if err := origin.Page.load(ctx, j.config.Store); err != nil {
		return nil, &JournalError{Method: method, Err: err}
	}
	id, attempt := callID{origin.Handler, method, hash()}, max(origin.Attempt, 1)
	if result, ok := origin.Page.recall(id, attempt); ok {
		return result, nil
	}
	result, err := call()
	if err != nil {
		return nil, err
	}
	if _, ok := j.config.Origin(ctx); ok {
		if err := origin.Page.record(ctx, j.config.Store, id, result, attempt); err != nil {
			j.config.Logger.ErrorContext(ctx, "a call was made and is not in the journal: it may be made again",
				"method", method, "handler", origin.Handler, "journal", origin.Page.key, "error", err)
		}
	}
	return result, nil
}
