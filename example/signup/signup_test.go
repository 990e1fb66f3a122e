package main

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// start runs the bot against a server until the test ends. Its sessions are in memory.
func start(t *testing.T, server *tgtest.Server, opts ...telegram.Option) *telegram.Bot {
	t.Helper()
	tgbot, err := New(bot{}, append(opts, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- tgbot.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
	})
	return tgbot
}

// talk says each first text and expects each second one.
func talk(u *tgtest.User, lines ...[2]string) {
	for _, line := range lines {
		u.Send(line[0])
		u.Expect(line[1])
	}
}

// expectAnswer waits until the bot answers the press of a button.
func expectAnswer(t *testing.T, press *tgtest.Query, want string) {
	t.Helper()
	call, err := press.Answer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := call.Text(); got != want {
		t.Errorf("the press was answered %q, want %q", got, want)
	}
}

func TestSignup(t *testing.T) {
	server := tgtest.NewServer(t)
	start(t, server)
	alice := server.User("Alice")
	talk(alice,
		[2]string{"/me", "You have not signed up. /register does that."},
		[2]string{"/cancel", "I know /register and /me."},
		[2]string{"/register", "What is your name?"},
		[2]string{"/register", "You are signing up already. /back goes one step back, /cancel stops."},
		[2]string{"A", "A name has 2 to 40 letters. What is your name?"},
		[2]string{"Alice", "How old are you, Alice?"},
		[2]string{"old", "An age is a number from 1 to 150. How old are you, Alice?"},
		[2]string{"151", "An age is a number from 1 to 150. How old are you, Alice?"},
		[2]string{"/me", "You have not signed up. /register does that."},
	)
	alice.Send("30")
	question := alice.Expect("Alice, 30 years. Is that right? /back goes one step back.")
	talk(alice, [2]string{"yes", "Press the button, please. /back goes one step back, /cancel stops."})
	first, second := alice.Press(question, "Sign me up"), alice.PressData(question, "signup") // she presses twice, and the first removes the button
	expectAnswer(t, first, "")
	expectAnswer(t, second, "That was long ago. /register begins again.")
	alice.Expect("Welcome, Alice!")
	talk(alice, [2]string{"/me", "Alice, 30 years."}, [2]string{"hello", "I know /register and /me."})
}

func TestBackAndCancel(t *testing.T) {
	server := tgtest.NewServer(t)
	start(t, server)
	bob := server.User("Bob")
	talk(bob,
		[2]string{"/register", "What is your name?"},
		[2]string{"Rob", "How old are you, Rob?"},
		[2]string{"/back", "What is your name?"},
		[2]string{"Bob", "How old are you, Bob?"},
	)
	bob.Send("4")
	first := bob.Expect("Bob, 4 years. Is that right? /back goes one step back.")
	talk(bob, [2]string{"/back", "How old are you, Bob?"})
	bob.Send("40")
	second := bob.Expect("Bob, 40 years. Is that right? /back goes one step back.")
	expectAnswer(t, bob.Press(first, "Sign me up"), "Press the button of the last question, please.")
	talk(bob,
		[2]string{"/cancel", "Stopped. Nothing is saved."},
		[2]string{"/me", "You have not signed up. /register does that."},
	)
	expectAnswer(t, bob.Press(second, "Sign me up"), "That was long ago. /register begins again.")
}

// TestOneDialogueForEachUser lets two users answer the bot in one group at the same time.
func TestOneDialogueForEachUser(t *testing.T) {
	server := tgtest.NewServer(t)
	start(t, server)
	group := server.Group("Club")
	alice, bob := server.User("Alice").In(group), server.User("Bob").In(group)
	alice.Send("/register")
	group.Expect("What is your name?")
	bob.Send("Bob") // the bot has not asked him
	group.Expect("I know /register and /me.")
	bob.Send("/register")
	group.Expect("What is your name?")
	alice.Send("Alice")
	group.Expect("How old are you, Alice?")
	bob.Send("Bob")
	group.Expect("How old are you, Bob?")
}

// TestTooSlow lets ten minutes pass. In a synctest bubble that takes no time, but the server must be in memory.
func TestTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		start(t, server, telegram.WithHTTPClient(server.Client()))
		carol := server.User("Carol")
		talk(carol,
			[2]string{"/register", "What is your name?"},
			[2]string{"Carol", "How old are you, Carol?"},
			[2]string{"50", "Carol, 50 years. Is that right? /back goes one step back."},
		)
		time.Sleep(9*time.Minute + 59*time.Second)
		carol.ExpectNothing()
		time.Sleep(time.Second)
		carol.Expect("Are you still there, Carol? Nothing is saved. /register begins again.")
		talk(carol, [2]string{"/register", "What is your name?"})
		time.Sleep(24 * time.Hour) // the ttl
		talk(carol, [2]string{"Carol", "I know /register and /me."})
	})
}

// TestSession begins in the middle of a dialogue, and looks at a session afterwards.
func TestSession(t *testing.T) {
	server := tgtest.NewServer(t)
	tgbot := start(t, server)
	dan := server.User("Dan")
	err := UpdateSignup(t.Context(), tgbot, dan.ID, dan.ID, func(SignupState) (SignupState, error) {
		return SignupAskAge{Name: "Dan"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	talk(dan, [2]string{"60", "Dan, 60 years. Is that right? /back goes one step back."})
	if err := server.WaitPending(t.Context(), 0); err != nil { // an update is confirmed after its session is saved
		t.Fatal(err)
	}
	state, err := LoadSignup(t.Context(), tgbot, dan.ID, dan.ID)
	if confirm, ok := state.(SignupConfirm); !ok || confirm.Name != "Dan" || confirm.Age != 60 || err != nil {
		t.Errorf("the state is %#v, error %v", state, err)
	}
}

// TestRestart stops the bot in the middle of a dialogue and starts it again with the same file.
func TestRestart(t *testing.T) {
	server, file := tgtest.NewServer(t), filepath.Join(t.TempDir(), "signup.db")
	eve := server.User("Eve")
	for _, lines := range [][][2]string{
		{{"/register", "What is your name?"}, {"Eve", "How old are you, Eve?"}},
		{{"70", "Eve, 70 years. Is that right? /back goes one step back."}},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- run(ctx, file, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL)) }()
		talk(eve, lines...)
		cancel()
		if err := <-ended; err != nil {
			t.Fatalf("the bot ended with %v", err)
		}
	}
}
