package calls_test

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
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

// BenchmarkJournal measures what the journal with a store in memory costs an update that sends one message: the page, the load, the
// commit and the deletion.
func BenchmarkJournal(b *testing.B) {
	answer := json.RawMessage(`{"message_id":1,"date":1700000000,"chat":{"id":1,"type":"private"},"text":"hello"}`)
	store := session.NewMemory(session.MemoryConfig{})
	var page *calls.JournalPage
	client := calls.Journal(calls.JournalConfig{Store: store, Origin: func(context.Context) (calls.JournalOrigin, bool) {
		return calls.JournalOrigin{Page: page, Handler: "Start"}, true
	}})(calls.Wrap(nil, func(context.Context, string, string, map[string]any, *gotgbot.RequestOpts) (json.RawMessage, error) {
		return answer, nil
	}))
	params := map[string]any{"chat_id": int64(1), "text": "hello"}
	var deletes []session.Write
	b.ReportAllocs()
	for id := int64(0); b.Loop(); id++ {
		page = calls.NewJournalPage("7/journal/" + strconv.FormatInt(id, 10))
		if _, err := client.RequestWithContext(b.Context(), token, "sendMessage", params, nil); err != nil {
			b.Fatal(err)
		}
		if deletes = append(deletes, page.Close()...); len(deletes) == session.MaxKeys {
			if err := store.Commit(b.Context(), deletes); err != nil {
				b.Fatal(err)
			}
			deletes = deletes[:0]
		}
	}
}
