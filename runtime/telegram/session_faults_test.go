package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

// storeObserver counts the calls of the store.
type storeObserver struct {
	telegram.NopObserver
	called, failed atomic.Int64
}

func (o *storeObserver) StoreCalled(_ string, _ time.Duration, failed error) {
	o.called.Add(1)
	if failed != nil {
		o.failed.Add(1)
	}
}

// TestSessionStoreDown has the store refuse loads or commits for a while. Updates that need it wait, others do not. Then each
// handler runs once, and each change is made once.
func TestSessionStoreDown(t *testing.T) {
	for name, down := range map[string][2]faults{"load": {{refused: 1}, {}}, "commit": {{}, {refused: 1}}, "lost answers": {{}, {lost: 1}}} {
		inBubble(t, name, func(t *testing.T) {
			store, observer, log := newFaultyStore(1), new(storeObserver), new(logText)
			r := newSessionRig(t, store, func(c *telegram.Config) { c.Timeout, c.Concurrency = time.Second, 2 },
				telegram.WithObserver(observer), telegram.WithLogger(log.logger()))
			store.set(down[0], down[1])
			for chat := range 20 {
				r.push(chat+1, "name")
			}
			r.at(10 * time.Second)
			ran := r.forget()
			if want := map[string]int{"load": 0}[name]; name == "load" && ran != want || name != "load" && ran != 20 {
				t.Errorf("%d handlers ran", ran)
			}
			if retrying := r.bot.Stats().Sink.Retrying; retrying != 20 {
				t.Errorf("%d updates wait without a slot, want 20", retrying)
			}
			r.send(50, "plain")
			r.saw("10s: plain 50")
			r.at(time.Minute)
			store.set(faults{}, faults{})
			r.at(70 * time.Second)
			if ran += r.forget(); ran != 20 {
				t.Errorf("%d handlers ran, want 20", ran)
			}
			for chat := range 20 {
				if at := r.state(int64(chat + 1)); at != signupName {
					t.Errorf("chat %d is in state %d", chat+1, at)
				}
			}
			stop(t, r.bot)
			if n, m := len(log.lines("the store fails")), len(log.lines("the store works again")); n != 1 || m != 1 {
				t.Errorf("%d lines say that the store fails, and %d that it works again", n, m)
			}
			if observer.failed.Load() < 20 || observer.called.Load() < observer.failed.Load()+20 {
				t.Errorf("the observer saw %d calls, %d of them failed", observer.called.Load(), observer.failed.Load())
			}
		})
	}
}

// TestSessionStoreSlow has a store that takes up to 2 s for each call. That costs neither a slot nor the time of the handlers.
func TestSessionStoreSlow(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		store := newFaultyStore(1)
		store.set(faults{slow: 2 * time.Second}, faults{slow: 2 * time.Second})
		r := newSessionRig(t, store, func(c *telegram.Config) {
			c.Timeout, c.Concurrency = 100*time.Millisecond, 3
			c.OnTimeout = func(_ context.Context, ev *telegram.Event) { t.Errorf("chat %d timed out", ev.Header.Chat) }
		})
		for chat := range 9 {
			r.push(chat+1, "name")
		}
		r.push(50, "plain")
		r.at(100 * time.Millisecond)
		r.saw("0s: plain 50")
		r.at(time.Minute)
		if ran := r.forget(); ran != 9 {
			t.Errorf("%d handlers ran, want 9", ran)
		}
		for chat := range 9 {
			if at := r.state(int64(chat + 1)); at != signupName {
				t.Errorf("chat %d is in state %d", chat+1, at)
			}
		}
		if store.most != 3 {
			t.Errorf("%d calls of the store were under way at once, want 3", store.most)
		}
		stop(t, r.bot)
	})
}

// TestSessionConflict changes a session from outside while its handler runs.
func TestSessionConflict(t *testing.T) {
	for _, conflicts := range []int{1, 10, 11} {
		inBubble(t, fmt.Sprint(conflicts), func(t *testing.T) {
			r := newSessionRig(t, newMemory(), nil)
			runs := 0
			handler := func(ctx context.Context, ev *telegram.Event) error {
				value, _, err := r.signup.Get(ctx, ev)
				if err != nil {
					return err
				}
				if runs++; ev.Attempt != 1 {
					t.Errorf("attempt %d", ev.Attempt)
				}
				if runs <= conflicts {
					err := r.signup.Update(ctx, r.bot, dispatch.FormatChat(7), func(v signup) (signup, bool, error) {
						v.State = signupName
						v.Names = append(v.Names, "outside")
						return v, true, nil
					})
					if err != nil {
						t.Error(err)
					}
				}
				value.State = signupName
				value.Names = append(value.Names, "handler")
				return r.signup.Set(ev, value)
			}
			stop(t, r.bot)
			r.start(func(c *telegram.Config) { c.Dispatch = handler })
			r.send(7, "x")
			r.at(time.Minute)
			v, err := r.signup.Load(t.Context(), r.bot, dispatch.FormatChat(7))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Repeat("outside ", conflicts) + "handler"
			if conflicts > 10 {
				want = strings.TrimSuffix(strings.Repeat("outside ", 11), " ")
			}
			if got := strings.Join(v.Names, " "); got != want || runs != min(conflicts+1, 11) {
				t.Errorf("%d runs, and the session has %q, want %q", runs, got, want)
			}
			if conflicts > 10 {
				r.mu.Lock()
				if len(r.log) != 1 || !strings.Contains(r.log[0], "have changed meanwhile 11 times") {
					t.Errorf("the hooks saw %q", r.log)
				}
				r.mu.Unlock()
			}
			stop(t, r.bot)
		})
	}
}

// TestSessionErrors checks that a record that cannot be used is reported and stays as it is.
func TestSessionErrors(t *testing.T) {
	for name, test := range map[string]struct{ data, want string }{
		"garbage":       {"garbage", "the record is not that of a session"},
		"no data":       {"", "the record is not that of a session"},
		"later version": {"tggen1 7 Name 0 0 0 -\n{}", "reading version 7: this bot has version 1"},
		"unknown state": {"tggen1 1 Gone 0 0 0 -\n{}", `reading the state "Gone": there is no such state`},
		"broken data":   {"tggen1 1 Name 0 0 0 -\n{", "decoding: unexpected end of JSON input"},
	} {
		inBubble(t, name, func(t *testing.T) {
			store := newMemory()
			var got error
			r := newSessionRig(t, store, nil)
			stop(t, r.bot)
			r.start(func(c *telegram.Config) {
				c.Retry = telegram.Retry{Attempts: 3}
				c.Dispatch = func(ctx context.Context, ev *telegram.Event) error {
					if _, err := r.signup.At(ctx, ev); err != nil {
						return err
					}
					_, _, err := r.signup.Get(ctx, ev)
					return err
				}
				c.OnError = func(_ context.Context, _ *telegram.Event, err error) { got = errors.Join(got, err) }
			})
			key, _, _ := strings.Cut(r.server.Token, ":")
			key += "/session/Signup/7"
			if err := store.Commit(t.Context(), []session.Write{session.Record{Key: key}.Put([]byte(test.data), time.Time{})}); err != nil {
				t.Fatal(err)
			}
			r.send(7, "x")
			stop(t, r.bot)
			var broken *telegram.SessionError
			if !errors.As(got, &broken) || broken.Session != "Signup" || broken.Key != "7" || got.Error() != `session Signup of "7": `+test.want {
				t.Errorf("the error hook got %v", got)
			}
			if held := storeRecords(t, store)[key]; held != test.data {
				t.Errorf("the record became %q", held)
			}
		})
	}
}

// TestSessionStoreClosed checks that a store that was closed is an error, and not waited for.
func TestSessionStoreClosed(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		r := newSessionRig(t, closedStore{newMemory()}, func(c *telegram.Config) { c.Expire = nil })
		r.send(7, "name")
		r.saw("0s: error 7 session Signup of \"7\": loading: the store is closed")
		stop(t, r.bot)
	})
}

type closedStore struct{ session.Store }

func (closedStore) Load(context.Context, []string) ([]session.Record, error) {
	return nil, session.ErrClosed
}
