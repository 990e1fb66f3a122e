package calls

import (
	"context"
	"encoding/json"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/internal/direct"
)

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
