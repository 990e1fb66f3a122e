package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A poller by itself: fetch, handle, say that it is done, and confirm what is done.
func ExamplePoller() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ok":true,"result":[{"update_id":100,"message":{"message_id":1,"date":1,"text":"hello","chat":{"id":42,"type":"private"}}}]}`)
	}))
	defer server.Close()

	ctx := context.Background()
	poller, err := telegram.NewPoller(telegram.PollerConfig{
		Token:    "123456789:AA",
		APIURL:   server.URL,
		Delivery: telegram.AtLeastOnce,
		Kinds:    wire.Kinds(wire.KindMessage, wire.KindCallbackQuery),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	updates, err := poller.Fetch(ctx, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, u := range updates {
		fmt.Println(u, "in chat", u.Chat)
		update, err := u.Decode()
		if err == nil {
			fmt.Println(update.Message.Text)
		}
		poller.Done(u, err)
	}
	if err := poller.Close(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// message 100 in chat 42
	// hello
}
