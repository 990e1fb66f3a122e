package calls

import (
	"context"
	"encoding/json"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

// Trace returns a link that calls begin before each call, and makes the call with the context that begin returns. When the call has
// ended, it calls the function that begin returned, unless that is nil. The goroutine that makes the call calls both, so they must be
// safe for concurrent use and must not block.
func Trace(begin func(ctx context.Context, method string) (traced context.Context, end func(error))) func(gotgbot.BotClient) gotgbot.BotClient {
	return func(next gotgbot.BotClient) gotgbot.BotClient {
		client := Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			traced, end := begin(ctx, method)
			result, err := next.RequestWithContext(traced, token, method, params, opts)
			if end != nil {
				end(err)
			}
			return result, err
		})
		further, ok := next.(direct.Client)
		if !ok {
			return client
		}
		return &directClient{client, func(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
			traced, end := begin(ctx, call.Method)
			result, err := further.RequestDirect(traced, token, call)
			if end != nil {
				end(err)
			}
			return result, err
		}}
	}
}

// Observe returns a link that reports each call when it has ended: its method, the time that it took, and its error. Time
// that a link further in waited is part of it. The goroutine that makes the call calls report, so report must be safe for
// concurrent use and must not block.
func Observe(report func(method string, took time.Duration, err error)) func(gotgbot.BotClient) gotgbot.BotClient {
	return func(next gotgbot.BotClient) gotgbot.BotClient {
		client := Wrap(next, func(ctx context.Context, token, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			start := time.Now()
			result, err := next.RequestWithContext(ctx, token, method, params, opts)
			report(method, time.Since(start), err)
			return result, err
		})
		further, ok := next.(direct.Client)
		if !ok {
			return client
		}
		return &directClient{client, func(ctx context.Context, token string, call *direct.Call) (json.RawMessage, error) {
			start := time.Now()
			result, err := further.RequestDirect(ctx, token, call)
			report(call.Method, time.Since(start), err)
			return result, err
		}}
	}
}
