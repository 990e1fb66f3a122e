package tgtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/tgtest"
)

// TestPatience checks that every method that waits gives up, whatever its context is, and says what the bot did instead.
func TestPatience(t *testing.T) {
	const patience = 7 * time.Second
	never := func(*tgtest.Call) bool { return false }
	for name, test := range map[string]struct {
		wait func(ctx context.Context, srv *tgtest.Server, alice *tgtest.User) error
		want string
	}{
		"Wait": {func(ctx context.Context, _ *tgtest.Server, alice *tgtest.User) error {
			_, err := alice.Wait(ctx, func(m *tgtest.Message) bool { return m.Text == "bye" })
			return err
		}, `waiting for the bot in Alice: gave up after 7s; it wrote "hello"`},
		"WaitFor": {func(ctx context.Context, _ *tgtest.Server, alice *tgtest.User) error {
			_, err := alice.WaitFor(ctx, "bye")
			return err
		}, `"bye": waiting for the bot in Alice: gave up after 7s; it wrote "hello"`},
		"Wait elsewhere": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			_, err := srv.User("Bob").Wait(ctx, nil)
			return err
		}, `waiting for the bot in Bob: gave up after 7s; it wrote nothing; the bot made 1 calls, the last sendMessage to 7 "hello"`},
		"Answer": {func(ctx context.Context, _ *tgtest.Server, alice *tgtest.User) error {
			_, err := alice.Ask("tea").Answer(ctx)
			return err
		}, `waiting for the answer to "tea": gave up after 7s; the bot made 1 calls, the last sendMessage to 7 "hello", it never called getUpdates, 2 updates are not confirmed`},
		"WaitSent": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			_, err := srv.WaitSent(ctx, never)
			return err
		}, `waiting for a call: gave up after 7s; the bot made 1 calls`},
		"WaitCount": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			return srv.WaitCount(ctx, "getMe", 2)
		}, `waiting for 2 calls of getMe: gave up after 7s; the bot made 1 calls`},
		"WaitPending": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			return srv.WaitPending(ctx, 0)
		}, `waiting for at most 0 pending updates: gave up after 7s; `},
		"WaitConfirmed": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			return srv.WaitConfirmed(ctx, 1001)
		}, `waiting for the updates below 1001 to be confirmed: gave up after 7s; `},
		"WaitPolling": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			return srv.WaitPolling(ctx)
		}, `waiting for a getUpdates that waits: gave up after 7s; `},
		"WaitPoll": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			_, err := srv.WaitPoll(ctx, 3)
			return err
		}, `waiting for getUpdates number 3: gave up after 7s; `},
		"WaitReady": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			return srv.WaitReady(ctx)
		}, `waiting for a getUpdates that waits, or a webhook without pending updates: gave up after 7s; `},
		"WaitDelivery": {func(ctx context.Context, srv *tgtest.Server, _ *tgtest.User) error {
			srv.DeliverTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Second) }))
			call(t, srv, "setWebhook", anyHook)
			_, err := srv.WaitDelivery(ctx, func(d tgtest.Delivery) bool { return d.Kind == "poll" })
			return err
		}, `waiting for a delivery to the webhook: gave up after 7s; the bot made 2 calls, the last sendMessage to 7 "hello", setWebhook, its webhook is https://bot.example/hook, 1 updates are being delivered, nothing was delivered, 1 updates are not confirmed`},
		"WaitNotPolling": {func(ctx context.Context, srv *tgtest.Server, alice *tgtest.User) error {
			call(t, srv, "getUpdates", `{"offset":-1}`)
			polling, cancel := context.WithCancel(ctx)
			defer cancel()
			go try(polling, srv, "getUpdates", `{"offset":1001,"timeout":50}`)
			if err := srv.WaitPolling(ctx); err != nil {
				return err
			}
			return srv.WaitNotPolling(ctx)
		}, `waiting for the end of getUpdates: gave up after 7s; the bot made 1 calls, the last sendMessage to 7 "hello", it waits for updates, 0 updates are not confirmed`},
	} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, func(t *testing.T, srv *tgtest.Server) {
				alice := srv.User("Alice", tgtest.ID(7))
				alice.Send("hi")
				call(t, srv, "sendMessage", `{"chat_id":7,"text":"hello"}`)
				start := time.Now()
				err := test.wait(t.Context(), srv, alice)
				if took := time.Since(start); took != patience {
					t.Errorf("gave up after %v", took)
				}
				if err == nil || !strings.HasPrefix(err.Error(), test.want) || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want %s", err, test.want)
				}
				// An earlier end of the context counts.
				short, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start = time.Now()
				if err := test.wait(short, srv, alice); err == nil || time.Since(start) != time.Second {
					t.Errorf("with a context of a second: %v after %v", err, time.Since(start))
				}
			}, tgtest.WithPatience(patience))
		})
	}
}

// echo is a bot that confirms an update when it fetches it, and answers it after some time. The answer is empty for none.
func echo(ctx context.Context, srv *tgtest.Server, after time.Duration, answer string) {
	for offset := int64(0); ctx.Err() == nil; {
		got := try(ctx, srv, "getUpdates", fmt.Sprintf(`{"offset":%d,"timeout":50}`, offset))
		for _, id := range got.updates {
			offset = id + 1
			go func() {
				time.Sleep(after)
				if answer != "" {
					try(ctx, srv, "sendMessage", `{"chat_id":7,"text":"`+answer+`"}`)
				}
			}()
		}
	}
}

// message returns how f fails the test of the server, or "".
func message(f *failing, act func()) string {
	f.message = ""
	done := make(chan struct{})
	go func() {
		defer close(done)
		act()
	}()
	<-done
	return f.message
}

func TestExpectNothing(t *testing.T) {
	for name, test := range map[string]struct {
		after  time.Duration
		answer string
		late   time.Duration // the bot starts after that time
		delay  time.Duration // of the call
		want   string
	}{
		"silent bot":    {want: ""},
		"answer":        {answer: "hello", want: `the bot should write nothing in Alice, but it wrote "hello"`},
		"slow handler":  {after: 40 * time.Millisecond, answer: "hello", want: `the bot should write nothing in Alice, but it wrote "hello"`},
		"slow call":     {delay: 5 * time.Second, answer: "hello", want: `the bot should write nothing in Alice, but it wrote "hello"`},
		"late bot":      {late: 5 * time.Second, after: 40 * time.Millisecond, answer: "hello", want: `the bot should write nothing in Alice, but it wrote "hello"`},
		"late and mute": {late: 5 * time.Second, want: ""},
		"no bot":        {late: time.Hour, want: "waiting for the bot to finish: gave up after 10s; the bot called no method, it never called getUpdates, 1 updates are not confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &failing{TB: t}
				srv := tgtest.NewServer(f, tgtest.InMemory())
				alice := srv.User("Alice", tgtest.ID(7))
				srv.Fail("sendMessage", tgtest.Fault{Delay: test.delay, Times: -1})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					select {
					case <-time.After(test.late):
						echo(ctx, srv, test.after, test.answer)
					case <-ctx.Done():
					}
				}()
				alice.Send("hi")
				if got := message(f, func() { alice.ExpectNothing() }); got != test.want {
					t.Errorf("failed with %q, want %q", got, test.want)
				}
			})
		})
	}
}

// TestExpectNothingWaitsForNothing checks that it does not sleep if the bot has been quiet, and that it counts what no
// Expect has returned.
func TestExpectNothingWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &failing{TB: t}
		srv := tgtest.NewServer(f, tgtest.InMemory())
		alice := srv.User("Alice", tgtest.ID(7))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go echo(ctx, srv, 0, "hello")
		alice.Send("hi")
		alice.Expect("hello")
		time.Sleep(time.Second)
		start := time.Now()
		alice.ExpectNothing()
		srv.User("Bob").ExpectNothing()
		if took := time.Since(start); took != 0 || f.message != "" {
			t.Errorf("took %v, failed with %q", took, f.message)
		}
		alice.Send("hi")
		alice.Send("hi")
		alice.Expect("hello")
		time.Sleep(time.Second)
		if got := message(f, alice.ExpectNothing); !strings.Contains(got, `it wrote "hello"`) {
			t.Errorf("a second answer: failed with %q", got)
		}
		srv.User("Bob").ExpectNothing()
	})
}
