package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// chatOrder adds the constraint of most tests, the chat.
func chatOrder(u *telegram.Envelope, keys *telegram.Keys) error {
	keys.Chat(u.Header)
	return nil
}

func newBot(t testing.TB, server *tgtest.Server, config telegram.Config, opts ...telegram.Option) *telegram.Bot {
	t.Helper()
	opts = append([]telegram.Option{telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL)}, opts...)
	bot, err := telegram.New(config, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

func stop(t testing.TB, bot *telegram.Bot) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := bot.Stop(ctx); err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// message returns the JSON of a text message in a chat. Its message id is its number within the chat.
func message(chat, seq int) string {
	return fmt.Sprintf(`{"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Ann"},`+
		`"chat":{"id":%d,"first_name":"Ann","type":"private"},"date":1700000000,"text":"number %d"}}`, seq, chat, chat, seq)
}

func push(t testing.TB, server *tgtest.Server, updates ...string) {
	t.Helper()
	bodies := make([]tgtest.Body, len(updates))
	for i, u := range updates {
		var err error
		if bodies[i], err = tgtest.Encode(u); err != nil {
			t.Fatal(err)
		}
	}
	server.PushBatch(bodies...)
}

// TestG1_G2_ManyChatsThroughHTTP fetches 50 messages of each of 200 chats over HTTP and handles each in 0 to 5 ms.
func TestG1_G2_ManyChatsThroughHTTP(t *testing.T) {
	const chats, each = 200, 50
	server := tgtest.NewServer(t)
	var (
		mu          sync.Mutex
		last        = map[int64]int64{}
		handled     int
		now, most   atomic.Int64
		finished    = make(chan struct{})
		runningChat sync.Map
	)
	bot := newBot(t, server, telegram.Config{
		Constraints: chatOrder,
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			chat, seq := ev.Header.Chat, ev.Update.Message.MessageId
			if _, beside := runningChat.LoadOrStore(chat, seq); beside {
				t.Errorf("chat %d: message %d ran beside another", chat, seq)
			}
			time.Sleep(rand.N(5 * time.Millisecond))
			runningChat.Delete(chat)
			now.Add(-1)
			mu.Lock()
			defer mu.Unlock()
			if seq != last[chat]+1 {
				t.Errorf("chat %d: message %d after %d", chat, seq, last[chat])
			}
			last[chat] = seq
			if handled++; handled == chats*each {
				close(finished)
			}
			return nil
		},
	})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for seq := 1; seq <= each; seq++ {
		var batch []string
		for chat := 1; chat <= chats; chat++ {
			batch = append(batch, message(chat, seq))
		}
		push(t, server, batch...)
	}
	select {
	case <-finished:
	case <-time.After(time.Minute):
		t.Fatalf("%d handled after a minute: %+v", handled, bot.Stats())
	}
	stop(t, bot)
	if handled != chats*each {
		t.Errorf("%d handled, want %d", handled, chats*each)
	}
	if most.Load() < 2 {
		t.Error("never more than one handler at a time")
	}
	if n := server.Pending(); n != 0 {
		t.Errorf("%d updates are not confirmed", n)
	}
}

// TestG6_UndecodableUpdate checks that an update that cannot be decoded goes to the error hook with its id, and that the
// next update is handled.
func TestG6_UndecodableUpdate(t *testing.T) {
	server := tgtest.NewServer(t)
	failed := make(chan string, 10)
	handled := make(chan int64, 10)
	bot := newBot(t, server, telegram.Config{
		Constraints: chatOrder,
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			handled <- ev.Header.ID
			return nil
		},
		OnError: func(_ context.Context, ev *telegram.Event, err error) {
			failed <- fmt.Sprint(ev.Update.UpdateId == ev.Header.ID, ev.Header.ID, err)
		},
	})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer stop(t, bot)
	push(t, server, strings.Replace(message(1, 1), `"number 1"`, `{"no":"text"}`, 1), message(1, 2))
	ok := <-handled
	if got := <-failed; !strings.HasPrefix(got, fmt.Sprintf("true %d ", ok-1)) {
		t.Errorf("the error hook got %q, want the id %d", got, ok-1)
	}
}

// TestG6_PanickingConstraint checks that a panic in a constraint function fails its update and no other.
func TestG6_PanickingConstraint(t *testing.T) {
	server := tgtest.NewServer(t)
	failed := make(chan error, 10)
	handled := make(chan int64, 10)
	bot := newBot(t, server, telegram.Config{
		Constraints: func(u *telegram.Envelope, _ *telegram.Keys) error {
			update, err := u.Decode()
			if err != nil {
				return err
			}
			if update.Message.MessageId == 1 {
				panic("no team")
			}
			return nil
		},
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			handled <- ev.Update.Message.MessageId
			return nil
		},
		OnError: func(_ context.Context, _ *telegram.Event, err error) { failed <- err },
	})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer stop(t, bot)
	push(t, server, message(1, 1), message(1, 2))
	if p, ok := errors.AsType[*runtime.PanicError](<-failed); !ok || p.Value != "no team" {
		t.Error("the error hook did not get the panic")
	}
	if got := <-handled; got != 2 {
		t.Errorf("message %d was handled, want 2", got)
	}
}

// TestG7_StopAndStartAgain checks that Stop returns soon before Start and while a poll waits, and that the bot can be
// started again.
func TestG7_StopAndStartAgain(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }})
	stop(t, bot)
	for range 2 {
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := bot.Start(t.Context()); !errors.Is(err, runtime.ErrStarted) {
			t.Errorf("a second start: %v", err)
		}
		start := time.Now()
		stop(t, bot)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("a stop beside a waiting poll took %v", took)
		}
		if bot.Running() || bot.Err() != nil {
			t.Errorf("after a stop: running %v, error %v", bot.Running(), bot.Err())
		}
	}
}

// TestG9_WrongToken checks that the bot ends with an error that says what to do and does not show the token.
func TestG9_WrongToken(t *testing.T) {
	server := tgtest.NewServer(t)
	const wrong = "123456:AAthis-is-not-the-token"
	bot, err := telegram.New(telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }},
		telegram.WithToken(wrong), telegram.WithAPIURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	err = bot.Run(t.Context())
	answer, ok := errors.AsType[*telegram.APIError](err)
	if !ok || answer.Code != 401 {
		t.Fatalf("the bot ended with %v, want a 401", err)
	}
	if strings.Contains(err.Error(), wrong) {
		t.Errorf("the error shows the token: %v", err)
	}
	if !strings.Contains(err.Error(), "@BotFather") {
		t.Errorf("the error does not say what to do: %v", err)
	}
}

// TestG12_GoexitInAConstraint: a constraint function that ends its goroutine ends the bot with an error. So does a test's
// FailNow in one.
func TestG12_GoexitInAConstraint(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := newBot(t, server, telegram.Config{
		Constraints: func(*telegram.Envelope, *telegram.Keys) error {
			goruntime.Goexit()
			return nil
		},
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	})
	push(t, server, message(1, 1))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := bot.Run(ctx); !errors.Is(err, runtime.ErrGoexit) {
		t.Errorf("the bot ended with %v", err)
	}
}

// TestG2_ManyConstraints: an update with very many constraints takes time in proportion to their number.
func TestG2_ManyConstraints(t *testing.T) {
	keys := telegram.NewKeys(nil)
	begin := time.Now()
	for n := range 200_000 {
		keys.Add(fmt.Sprint(n))
	}
	if took := time.Since(begin); took > 5*time.Second || len(keys.List()) != 200_000 {
		t.Errorf("%d constraints took %v", len(keys.List()), took)
	}
}
