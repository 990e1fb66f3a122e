package compare

import (
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"
	"github.com/tggen/tggen/runtime/tgtest"
)

func TestGotgbot(t *testing.T) {
	server := tgtest.NewServer(t)
	b, err := gotgbot.NewBot(server.Token, &gotgbot.BotOpts{BotClient: &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	// gotgbot stores the state after the handler has answered. Unless updates are handled one after another, a quick reply to the
	// answer meets the old state.
	d := ext.NewDispatcher(&ext.DispatcherOpts{MaxRoutines: 1, Error: func(_ *gotgbot.Bot, _ *ext.Context, err error) ext.DispatcherAction {
		t.Error(err)
		return ext.DispatcherActionNoop
	}})
	Register(d)
	updater := ext.NewUpdater(d, nil)
	if err := updater.StartPolling(b, nil); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := updater.Stop(); err != nil {
			t.Error(err)
		}
	}()

	alice := server.User("Alice")
	var question *tgtest.Message
	for _, line := range [][2]string{
		{"/register", "What is your name?"},
		{"A", "A name has 2 to 40 letters. What is your name?"},
		{"Bob", "How old are you, Bob?"},
		{"/back", "What is your name?"},
		{"Alice", "How old are you, Alice?"},
		{"/cancel", "Stopped. Nothing is saved."},
		{"/register", "What is your name?"},
		{"Alice", "How old are you, Alice?"},
		{"many", "An age is a number from 1 to 150. How old are you, Alice?"},
		{"20", "Alice, 20 years. Is that right?"},
		{"/back", "How old are you, Alice?"},
		{"30", "Alice, 30 years. Is that right?"},
	} {
		alice.Send(line[0])
		question = alice.Expect(line[1])
	}
	alice.Press(question, "Sign me up")
	alice.Expect("Welcome, Alice!")
}
