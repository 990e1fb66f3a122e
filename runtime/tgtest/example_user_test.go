package tgtest_test

import (
	"context"
	"fmt"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A user sends two photos as one album.
func ExampleAttachment_album() {
	server := start()
	defer server.Close()
	bot := connect(server)

	server.User("Alice").SendAlbum("our trip",
		tgtest.Attachment{Kind: "photo", File: tgtest.File{Name: "sea.jpg"}},
		tgtest.Attachment{Kind: "photo", File: tgtest.File{Name: "beach.jpg"}},
	)
	album := fetch(bot, 0)
	fmt.Println(len(album), album[0].Message.Caption, album[0].Message.MediaGroupId == album[1].Message.MediaGroupId)
	// Output: 2 our trip true
}

// A user pays an invoice. The bot agrees, and receives the payment.
func ExampleMember_Pay() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	bot.SendInvoice(alice.ID, "Tea", "A cup of tea", "order-7", "EUR", []gotgbot.LabeledPrice{{Label: "Tea", Amount: 250}}, nil)

	alice.Pay(alice.ExpectNext())
	query := fetch(bot, 0)[0]
	query.PreCheckoutQuery.Answer(bot, true, nil)
	payment := fetch(bot, query.UpdateId+1)[0].Message.SuccessfulPayment
	fmt.Println(payment.InvoicePayload, payment.TotalAmount, payment.Currency)
	// Output: order-7 250 EUR
}

// A user reacts to a message of the bot, which must ask for such updates.
func ExampleMember_React() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	bot.GetUpdates(&gotgbot.GetUpdatesOpts{AllowedUpdates: []string{"message_reaction"}})
	bot.SendMessage(alice.ID, "Lunch?", nil)

	alice.React(alice.Expect("Lunch?"), "👍")
	fmt.Println(fetch(bot, 0)[0].MessageReaction.NewReaction[0].(gotgbot.ReactionTypeEmoji).Emoji)
	// Output: 👍
}

// A user sends a result of an inline query to a group, via the bot.
func ExampleMember_Choose() {
	server := start()
	defer server.Close()
	bot := connect(server)
	team, alice := server.Group("Team"), server.User("Alice")

	ask := alice.Ask("tea")
	query := fetch(bot, 0)[0]
	query.InlineQuery.Answer(bot, []gotgbot.InlineQueryResult{gotgbot.InlineQueryResultArticle{
		Id: "1", Title: "Tea", InputMessageContent: gotgbot.InputTextMessageContent{MessageText: "I like tea."},
	}}, nil)
	if _, err := ask.Answer(context.Background()); err != nil {
		panic(err)
	}
	alice.In(team).Choose(ask, "1")
	for _, u := range fetch(bot, query.UpdateId+1) {
		if m := u.Message; m != nil {
			fmt.Println(m.From.FirstName, "in", m.Chat.Title, "via", m.ViaBot.Username+":", m.Text)
		} else {
			fmt.Println("chosen:", u.ChosenInlineResult.ResultId)
		}
	}
	// Output:
	// Alice in Team via test_bot: I like tea.
	// chosen: 1
}

// A test looks at the file that the bot sent.
func ExampleServer_File() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	bot.SendDocument(alice.ID, fileNamed("list.txt", "tea"), nil)

	file, _ := server.File(alice.ExpectNext().FileID())
	fmt.Printf("%s: %s\n", file.Name, file.Data)
	// Output: list.txt: tea
}

// A bot must not answer what is not meant for it.
func ExampleChat_ExpectNothing() {
	server := start()
	defer server.Close()
	bot := connect(server)
	go func() { // answers only /start
		for offset := int64(0); ; {
			updates, err := bot.GetUpdates(&gotgbot.GetUpdatesOpts{Offset: offset, Timeout: 1})
			if err != nil {
				return // the server is closed
			}
			for _, u := range updates {
				if offset = u.UpdateId + 1; u.Message.Text == "/start" {
					bot.SendMessage(u.Message.Chat.Id, "Hello!", nil)
				}
			}
		}
	}()

	alice := server.User("Alice")
	alice.Send("Nice weather today.")
	alice.ExpectNothing()
	alice.Send("/start")
	fmt.Println(alice.ExpectNext().Text)
	// Output: Hello!
}

// Two bots are in one group. Both receive what Alice writes there, and one of them her private message.
func ExampleBot_twoInOneGroup() {
	server := start()
	defer server.Close()
	helper := server.AddBot("", "Helper", "helper_bot")
	team, alice := server.Group("Team"), server.User("Alice")

	alice.In(team).Send("hello")
	alice.With(helper).Send("/start")
	fmt.Println(server.Pending(), helper.Pending())
	// Output: 1 2
}
