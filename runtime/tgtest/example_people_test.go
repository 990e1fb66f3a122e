package tgtest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"

	"github.com/tggen/tggen/runtime/tgtest"
)

// A user has details that a bot may depend on, and types an inline query.
func ExampleUser_inlineQuery() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice", tgtest.LastName("Adams"), tgtest.Language("de"), tgtest.Premium())

	alice.Ask("tea")
	query := fetch(bot, 0)[0].InlineQuery
	fmt.Println(query.From.FirstName, query.From.LastName, query.From.LanguageCode, "asks for", query.Query)
	// Output: Alice Adams de asks for tea
}

// A chat can be a forum, with an id and a user name of its own.
func ExampleChatOption_forum() {
	server := start()
	defer server.Close()
	bot := connect(server)
	forum := server.Supergroup("Tea lovers", tgtest.Forum(), tgtest.ID(-1001234567890), tgtest.Username("tea_lovers"))

	server.User("Alice").In(forum).SendInTopic(7, "Earl Grey!")
	m := fetch(bot, 0)[0].Message
	fmt.Println(m.Chat.Id, m.Chat.Username, m.Chat.IsForum, m.MessageThreadId, m.Text)
	// Output: -1001234567890 tea_lovers true 7 Earl Grey!
}

// Users write and edit in a group.
func ExampleMember_groupChat() {
	server := start()
	defer server.Close()
	team := server.Supergroup("Team")
	alice := server.User("Alice").In(team)

	question := alice.Send("who is in? #lunch")
	alice.Edit(question, "who is in at noon? #lunch")
	for _, version := range team.History() {
		fmt.Println(version.From.FirstName, version.Text, version.Has("hashtag"))
	}
	// Output:
	// Alice who is in? #lunch true
	// Alice who is in at noon? #lunch true
}

// A status decides what getChatMember returns to the bot.
func ExampleMember_administrator() {
	server := start()
	defer server.Close()
	bot := connect(server)
	team, alice := server.Group("Team"), server.User("Alice")

	alice.In(team).SetStatus(tgtest.StatusAdministrator)
	member, err := bot.GetChatMember(team.ID, alice.ID, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(member.GetStatus())

	alice.Block()
	_, err = bot.SendMessage(alice.ID, "hello", nil)
	fmt.Println(err)
	// Output:
	// administrator
	// unable to sendMessage: Forbidden: bot was blocked by the user
}

// Wait accepts any condition, and its error lists what the bot wrote instead.
func ExampleChat_waitForAnyMessage() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	bot.SendMessage(alice.ID, "Tea costs €2.50.", nil)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := alice.Wait(ctx, func(m *tgtest.Message) bool { return m.Media == "photo" })
	fmt.Println(err)
	m, err := alice.Wait(context.Background(), nil)
	fmt.Println(m.Text, err)
	// Output:
	// waiting for the bot in Alice: context deadline exceeded; it wrote "Tea costs €2.50."
	// Tea costs €2.50. <nil>
}

// A post in a channel comes from the channel and not from a user.
func ExampleChat_channelPost() {
	server := start()
	defer server.Close()
	bot := connect(server)

	server.Channel("News").Post("We are open.")
	post := fetch(bot, 0)[0].ChannelPost
	fmt.Println(post.SenderChat.Title, post.From == nil, post.Text)
	// Output: News true We are open.
}

// A Message is one version of a message, so a test still has the text before the edit.
func ExampleMessage_edit() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")

	m, err := bot.SendMessage(alice.ID, "<b>Loading</b>", &gotgbot.SendMessageOpts{ParseMode: "HTML"})
	if err != nil {
		panic(err)
	}
	before := alice.Expect("Loading")
	m.EditText(bot, &gotgbot.EditMessageTextOpts{Text: "Ready"})
	after := alice.Expect("Ready")
	fmt.Println(before.Text, before.Has("bold"), before.Edited.IsZero())
	fmt.Println(after.Text, after.Has("bold"), after.Edited.IsZero(), after.ID == before.ID)
	// Output:
	// Loading true true
	// Ready false false true
}

// The bot answers a button with a notice, which is not a message.
func ExampleQuery_answer() {
	server := start()
	defer server.Close()
	bot := connect(server)
	alice := server.User("Alice")
	alice.Send("/start")
	next := answerOnce(bot, 0)

	press := alice.Press(alice.Expect("What shall it be?"), "Coffee")
	answerOnce(bot, next)
	call, err := press.Answer(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(press.Data, call.Method, call.Text())
	// Output: coffee answerCallbackQuery Coming.
}

// A user sends a file, and the bot downloads it.
func ExampleFile_download() {
	server := start()
	defer server.Close()
	bot := connect(server)

	server.User("Alice").SendFile("document", tgtest.File{Name: "list.txt", Data: []byte("tea")}, "my list")
	m := fetch(bot, 0)[0].Message
	file, err := bot.GetFile(m.Document.FileId, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Document.FileName, file.FileSize, "bytes,", m.Caption)
	fmt.Println(file.URL(bot, nil) == server.URL+"/file/bot"+server.Token+"/"+file.FilePath)
	// Output:
	// list.txt 3 bytes, my list
	// true
}
