package telegram_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A client makes the calls of any gotgbot.Bot, also without a bot of this package. Here it uploads a file.
func ExampleClient_upload() {
	server, err := tgtest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	alice := server.User("Alice")
	alice.Send("/start") // a bot cannot write to a user who never wrote to it

	client, err := telegram.NewClient(telegram.ClientConfig{APIURL: server.URL})
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()
	bot := &gotgbot.Bot{Token: server.Token, BotClient: client}
	menu := gotgbot.InputFileByReader("menu.txt", strings.NewReader("tea, coffee"))
	if _, err := bot.SendDocument(alice.ID, menu, &gotgbot.SendDocumentOpts{Caption: "Our menu"}); err != nil {
		log.Fatal(err)
	}
	call := server.SentBy("sendDocument")[0]
	for _, file := range call.Files {
		fmt.Printf("%s: %s: %s\n", call.Text(), file.Name, file.Data)
	}
	// Output: Our menu: menu.txt: tea, coffee
}
