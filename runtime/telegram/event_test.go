package telegram_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestReplyStaysInTheTopic checks that a reply goes to the topic of its update in a forum, and to no topic elsewhere.
func TestReplyStaysInTheTopic(t *testing.T) {
	server := tgtest.NewServer(t)
	failed := make(chan error, 1)
	bot := newBot(t, server, telegram.Config{
		Dispatch: func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "got "+ev.Update.Message.Text, nil)
			return err
		},
		OnError: func(_ context.Context, _ *telegram.Event, err error) { failed <- err },
	})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer stop(t, bot)
	forum := server.Supergroup("Forum", tgtest.Forum())
	alice := server.User("Alice")
	alice.In(forum).SendInTopic(7, "one")
	if m := forum.Expect("got one"); m.ThreadID != 7 {
		t.Errorf("the reply is in topic %d, want 7", m.ThreadID)
	}
	alice.Send("two")
	if m := alice.Expect("got two"); m.ThreadID != 0 {
		t.Errorf("the reply in a private chat is in topic %d", m.ThreadID)
	}
	select {
	case err := <-failed:
		t.Error(err)
	default:
	}
}

// TestEventHelpersRefuse checks that the helpers make no call if the update lacks what they need, and return an error that
// says so.
func TestEventHelpersRefuse(t *testing.T) {
	ev := &telegram.Event{Update: &gotgbot.Update{InlineQuery: &gotgbot.InlineQuery{}}, Header: wire.Header{ID: 1, Kind: wire.KindInlineQuery}}
	if _, err := ev.Reply(t.Context(), "x", nil); !errors.Is(err, telegram.ErrNoChat) {
		t.Errorf("Reply: %v", err)
	}
	if err := ev.Answer(t.Context(), "x", nil); !errors.Is(err, telegram.ErrNoQuery) {
		t.Errorf("Answer: %v", err)
	}
	if err := ev.Edit(t.Context(), "x", nil); !errors.Is(err, telegram.ErrNoMessage) {
		t.Errorf("Edit: %v", err)
	}
}

// TestG7_RunWithoutTime checks that a bot with a negative StopTimeout cancels its handlers at once.
func TestG7_RunWithoutTime(t *testing.T) {
	server := tgtest.NewServer(t)
	running, cancelled := make(chan struct{}), make(chan error, 1)
	bot := newBot(t, server, telegram.Config{
		StopTimeout: -time.Second,
		Dispatch: func(ctx context.Context, _ *telegram.Event) error {
			close(running)
			<-ctx.Done()
			cancelled <- ctx.Err()
			return nil
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- bot.Run(ctx) }()
	server.User("Alice").Send("wait")
	<-running
	cancel()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler's context ended with %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the bot ended with %v, though its handler returned", err)
	}
}
