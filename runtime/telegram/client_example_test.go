package telegram_test

import (
	"fmt"
	"log"
	"strings"
	"time"

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

// A client of a server of one's own. It shows where files are downloaded from, too.
func ExampleClientConfig_ownServer() {
	client, err := telegram.NewClient(telegram.ClientConfig{APIURL: "http://localhost:8081", Timeout: 10 * time.Second, Connections: 50})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.FileURL("42:secret", "photos/1.jpg", nil))
	_, err = telegram.NewClient(telegram.ClientConfig{APIURL: "localhost:8081"})
	fmt.Println("without http://:", err != nil)
	// Output:
	// http://localhost:8081/file/bot42:secret/photos/1.jpg
	// without http://: true
}
