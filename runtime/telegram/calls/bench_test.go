package calls_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

// BenchmarkRetry measures what the link costs a call while no gate is closed.
func BenchmarkRetry(b *testing.B) {
	answer := json.RawMessage("true")
	client := calls.Retry(calls.RetryConfig{})(calls.Wrap(nil, func(context.Context, string, string, map[string]any, *gotgbot.RequestOpts) (json.RawMessage, error) {
		return answer, nil
	}))
	params := map[string]any{"chat_id": int64(1), "text": "hello"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.RequestWithContext(b.Context(), token, "sendMessage", params, nil); err != nil {
			b.Fatal(err)
		}
	}
}
