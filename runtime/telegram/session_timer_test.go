package telegram_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

func inBubble(t *testing.T, name string, run func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, run) })
}

func newMemory() *session.Memory { return session.NewMemory(session.MemoryConfig{}) }

// TestSessionTimers checks when the handler of a time-out runs, and that it runs once.
func TestSessionTimers(t *testing.T) {
	inBubble(t, "a state that is not left", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.send(7, "age")
		r.at(time.Hour)
		r.saw("0s: age 7 at 0", `10m0s: expired 7 "age"`)
		if at := r.state(7); at != signupIdle {
			t.Errorf("the session is in state %d", at)
		}
		if held := storeRecords(t, r.store); len(held) > 0 {
			t.Errorf("the store has %v", held)
		}
		stop(t, r.bot)
	})
	inBubble(t, "a state that is left", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.send(7, "age", "name")
		r.at(time.Hour)
		r.saw("0s: age 7 at 0", "1s: name 7 at 2")
		stop(t, r.bot)
	})
	inBubble(t, "a state that is entered anew", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.send(7, "age")
		r.at(9 * time.Minute)
		r.send(7, "age", "show", "fail")
		r.at(time.Hour)
		r.saw("0s: age 7 at 0", "9m0s: age 7 at 2", "9m1s: show 7 at 2", "9m2s: fail 7 at 2", "9m2s: error 7 failed", `19m0s: expired 7 "age"`)
		stop(t, r.bot)
	})
	inBubble(t, "order with the updates of the chat", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.send(7, "age")
		r.at(10*time.Minute - 2*time.Second)
		r.push(7, "wait") // for 5 s
		r.push(7, "name")
		r.at(10*time.Minute + time.Second)
		r.push(7, "show")
		r.at(time.Hour)
		// When the handler of the time-out has its turn, the session has left the state.
		r.saw("0s: age 7 at 0", "9m58s: wait 7 at 2", "10m3s: name 7 at 2", "10m3s: show 7 at 1")
		stop(t, r.bot)
	})
	inBubble(t, "order after a change from outside", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), func(c *telegram.Config) {
			c.Constraints = func(u *telegram.Envelope, keys *telegram.Keys) error {
				if update, err := u.Decode(); err != nil || update.Message.Text == "" {
					return err // no handler with the session gets it
				}
				keys.Chat(u.Header)
				return nil
			}
		})
		err := r.signup.Update(t.Context(), r.bot, dispatch.FormatChat(7), func(signup) (signup, bool, error) {
			return signup{State: signupAge}, true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r.at(10*time.Minute - 2*time.Second)
		r.push(7, "wait") // for 5 s
		r.push(7, "name")
		r.at(time.Hour)
		r.saw("9m58s: wait 7 at 2", "10m3s: name 7 at 2")
		stop(t, r.bot)
	})
	inBubble(t, "many chats", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		for chat := range 300 {
			r.push(chat+1, "age")
		}
		r.at(time.Minute)
		r.forget()
		r.at(time.Hour)
		if n := r.forget(); n != 300 {
			t.Errorf("%d time-outs, want 300", n)
		}
		stop(t, r.bot)
	})
	inBubble(t, "a handler that fails", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		r.fail(errors.New("no luck"))
		r.send(7, "age")
		r.at(25 * time.Minute)
		r.saw("0s: age 7 at 0", `10m0s: expired 7 "age"`, "10m0s: error 7 no luck", `20m0s: expired 7 "age"`, "20m0s: error 7 no luck")
		r.fail(nil)
		r.at(time.Hour)
		r.saw(`30m0s: expired 7 "age"`)
		stop(t, r.bot)
	})
	inBubble(t, "a change from outside", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		enter := func(state int) {
			err := r.signup.Update(t.Context(), r.bot, dispatch.FormatChat(7), func(signup) (signup, bool, error) {
				return signup{State: state}, true, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		enter(signupAge)
		r.at(time.Minute)
		enter(signupName)
		r.at(2 * time.Minute)
		enter(signupAge)
		r.at(time.Hour)
		r.saw(`12m0s: expired 7 ""`)
		stop(t, r.bot)
	})
}

// TestSessionTimersRestart checks that time-outs survive the bot: one that is due later comes in time, and one that was due
// meanwhile comes at the start.
func TestSessionTimersRestart(t *testing.T) {
	for _, start := range []time.Duration{5 * time.Minute, 30 * time.Minute} {
		inBubble(t, start.String(), func(t *testing.T) {
			r := newSessionRig(t, newMemory(), nil)
			r.send(7, "age")
			stop(t, r.bot)
			r.at(start)
			r.saw("0s: age 7 at 0")
			r.start(nil)
			r.at(time.Hour)
			want := `10m0s: expired 7 "age"`
			if start == 30*time.Minute {
				want = `30m0s: expired 7 "age"`
			}
			r.saw(want)
			// The same bot again: nothing is left.
			stop(t, r.bot)
			if err := r.bot.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.at(2 * time.Hour)
			r.saw()
			stop(t, r.bot)
		})
	}
}

// TestSessionTimersStoreDown checks that a time-out waits for a store that is down.
func TestSessionTimersStoreDown(t *testing.T) {
	inBubble(t, "at the time", func(t *testing.T) {
		store := newFaultyStore(1)
		r := newSessionRig(t, store, nil)
		r.send(7, "age")
		store.set(faults{refused: 1}, faults{refused: 1})
		r.at(30 * time.Minute)
		r.saw("0s: age 7 at 0")
		store.set(faults{}, faults{refused: 1})
		r.at(40 * time.Minute)
		if entered := r.forget(); entered != 1 { // its commit is repeated, and not the handler
			t.Errorf("the handler ran %d times", entered)
		}
		store.set(faults{}, faults{})
		r.at(41 * time.Minute)
		if at := r.state(7); at != signupIdle {
			t.Errorf("the session is in state %d", at)
		}
		stop(t, r.bot)
	})
	inBubble(t, "stopped meanwhile", func(t *testing.T) {
		store := newFaultyStore(1)
		r := newSessionRig(t, store, nil)
		r.send(7, "age")
		store.set(faults{refused: 1}, faults{refused: 1})
		r.at(30 * time.Minute)
		stop(t, r.bot)
		store.set(faults{}, faults{})
		r.start(func(c *telegram.Config) { c.Delivery = telegram.AtLeastOnce })
		r.at(31 * time.Minute)
		r.saw("0s: age 7 at 0", `30m0s: expired 7 "age"`)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.bot.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

// TestSessionTimersJournal checks that the journal of calls takes two time-outs for two, although no update of their own stands
// behind them.
func TestSessionTimersJournal(t *testing.T) {
	inBubble(t, "", func(t *testing.T) {
		r := newSessionRig(t, newMemory(), nil)
		stop(t, r.bot)
		r.start(func(c *telegram.Config) {
			c.Delivery, c.Calls.Journal = telegram.AtLeastOnce, true
			expire := c.Expire
			c.Expire = func(ctx context.Context, ev *telegram.Event) error {
				ev.Enter("TooSlow")
				if _, err := ev.Bot.SendMessageWithContext(ctx, ev.Header.Chat, "Too slow.", nil); err != nil {
					t.Error(err)
				}
				return expire(ctx, ev)
			}
		})
		ann := r.server.User("Ann")
		for range 2 {
			err := r.signup.Update(t.Context(), r.bot, dispatch.FormatChat(ann.ID), func(signup) (signup, bool, error) {
				return signup{State: signupAge}, true, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(signupAfter + time.Second)
		}
		if n := len(r.server.SentBy("sendMessage")); n != 2 {
			t.Errorf("%d messages were sent, want 2", n)
		}
		stop(t, r.bot)
	})
}
