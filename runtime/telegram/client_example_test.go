package telegram_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
)

// A client makes the calls of any gotgbot.Bot.
func ExampleNewClient() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(r.Header.Get("Content-Type"), string(body))
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":42,"type":"private"}}}`)
	}))
	defer server.Close()

	client, err := telegram.NewClient(telegram.ClientConfig{APIURL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	bot := &gotgbot.Bot{Token: "123456789:AA", BotClient: client}
	sent, err := bot.SendMessage(42, "hello", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sent message", sent.MessageId)
	// Output:
	// application/json {"chat_id":42,"text":"hello"}
	// sent message 7
}
