package tgtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A handler in the same process receives the updates. It answers the first one with an error, so that the server delivers it
// again.
func ExampleDelivery_retry() {
	server := start()
	defer server.Close()
	bot := connect(server)
	calls := 0
	server.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var update gotgbot.Update
		json.NewDecoder(r.Body).Decode(&update)
		if calls++; calls == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		bot.SendMessage(update.Message.Chat.Id, "hello "+update.Message.From.FirstName, nil)
	}))
	bot.SetWebhook("https://bot.example/telegram", &gotgbot.SetWebhookOpts{SecretToken: "secret"})

	alice := server.User("Alice")
	alice.Send("/start")
	alice.Expect("hello Alice")
	server.WaitReady(context.Background())
	for _, d := range server.Deliveries() {
		fmt.Println(d.Kind, d.Attempt, d.Code, d.Confirmed)
	}
	// Output:
	// message 1 503 false
	// message 2 200 true
}

// The answer to an update is lost on the way, so the server delivers the update again. A bot should handle it once.
func ExampleDeliveryFault_lostAnswer() {
	server := start()
	defer server.Close()
	bot := connect(server)
	handled := make(map[int64]bool)
	server.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var update gotgbot.Update
		json.NewDecoder(r.Body).Decode(&update)
		fmt.Println(update.Message.Text, "handled before:", handled[update.UpdateId])
		handled[update.UpdateId] = true
	}))
	bot.SetWebhook("https://bot.example/telegram", nil)
	alice := server.User("Alice")
	alice.Send("hello")
	server.WaitReady(context.Background())

	server.FailDelivery("message", tgtest.DeliveryFault{LoseAnswer: true})
	alice.Send("order 3 cups")
	server.WaitReady(context.Background())
	// Output:
	// hello handled before: false
	// order 3 cups handled before: false
	// order 3 cups handled before: true
}
