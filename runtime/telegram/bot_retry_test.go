package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	runner "github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestG15_Retry: an update whose handler fails is handled again after a back-off, in the order of its chat. Each attempt
// has a fresh event. Its offset waits for it. After the last attempt, the error goes to on_error.
func TestG15_Retry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		var mu sync.Mutex
		var log []string
		note := func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, fmt.Sprintf(format, args...))
		}
		bot := newBot(t, server, telegram.Config{
			Delivery:    telegram.AtLeastOnce,
			Retry:       telegram.Retry{Attempts: 3, Backoff: 10 * time.Second},
			Constraints: chatOrder,
			Dispatch: func(_ context.Context, ev *telegram.Event) error {
				ev.Enter("Talk")
				note("%s.%d", ev.Update.Message.Text, ev.Attempt)
				switch ev.Update.Message.Text += " changed"; {
				case ev.Header.Chat == 1 && ev.Update.Message.MessageId == 1 && ev.Attempt < 3, ev.Header.Chat == 2:
					return errors.New("the database is down")
				case ev.Header.Chat == 3:
					return telegram.Permanent(errors.New("no such order"))
				}
				return nil
			},
			OnError: func(_ context.Context, ev *telegram.Event, err error) {
				note("chat %d, %s, attempt %d: %v", ev.Header.Chat, ev.Handler, ev.Attempt, err)
			},
		}, telegram.WithHTTPClient(server.Client()))
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		push(t, server, message(1, 1), message(1, 2), message(2, 4), message(3, 5), `{"message":{"message_id":"x"}}`)
		time.Sleep(4 * time.Second)
		if stats := bot.Stats().Sink; stats.Retrying != 2 || stats.Queued != 1 || bot.Len() != 3 || server.Pending() != 5 {
			t.Errorf("%+v, %d updates are not confirmed", stats, server.Pending())
		}
		time.Sleep(time.Hour)
		if server.Pending() != 0 {
			t.Errorf("%d updates are not confirmed", server.Pending())
		}
		stop(t, bot)
		mu.Lock()
		defer mu.Unlock()
		if first, second := slices.Index(log, "number 1.3"), slices.Index(log, "number 2.1"); first < 0 || second < first {
			t.Errorf("the chat is out of order: %q", log)
		}
		for what, want := range map[string]int{
			"number 1.1": 1, "number 1.2": 1, "number 4.1": 1, "number 4.2": 1, "number 4.3": 1, "number 5.1": 1,
			"chat 2, Talk, attempt 3: the database is down": 1, "chat 3, Talk, attempt 1: no such order": 1,
		} {
			if n := count(log, what); n != want {
				t.Errorf("%q is %d times in %q", what, n, log)
			}
		}
		if len(log) != 11 { // the last one is the error of the update that cannot be decoded, which is not tried again
			t.Errorf("%d lines: %q", len(log), log)
		}
	})
}

func count(all []string, what string) (n int) {
	for _, s := range all {
		if s == what {
			n++
		}
	}
	return n
}

// TestG15_RetryOfOneHandlerOfSeveral: where several handlers run for one update, only those are run again that failed and
// have attempts left. What the others returned is part of the update's error.
func TestG15_RetryOfOneHandlerOfSeveral(t *testing.T) {
	for _, c := range []struct {
		name      string
		succeeds  int // the attempt in which Last succeeds
		panics    int // the attempt in which Last panics
		permanent bool
		runs      map[string]int
		errors    []string
	}{
		{"last succeeds", 3, 0, false, map[string]int{"Seen": 1, "Broken": 1, "Flaky": 2, "Last": 3}, []string{"Broken: always"}},
		{"last gives up", 9, 0, false, map[string]int{"Seen": 1, "Broken": 1, "Flaky": 2, "Last": 4}, []string{"Broken: always\nnot yet"}},
		{"last panics", 9, 2, false, map[string]int{"Seen": 1, "Broken": 1, "Flaky": 2, "Last": 2}, []string{"panic: on purpose"}},
		{"last is permanent", 9, 0, true, map[string]int{"Seen": 1, "Broken": 1, "Flaky": 2, "Last": 1}, []string{"Broken: always\nnot yet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				runs := make(map[string]int)
				var told []string
				run := func(ev *telegram.Event, name string, retry telegram.Retry, handler func() error) error {
					ev.Enter(name)
					return ev.Try(retry, func() error {
						runs[name]++
						return handler()
					})
				}
				bot := newBot(t, server, telegram.Config{
					Dispatch: func(_ context.Context, ev *telegram.Event) (err error) { // as generated code does it
						join := func(name string, failed error) {
							if failed != nil {
								err = errors.Join(err, &telegram.HandlerError{Handler: name, Err: failed})
							}
						}
						join("Seen", run(ev, "Seen", telegram.Retry{Attempts: 3}, func() error { return nil }))
						join("Broken", run(ev, "Broken", telegram.Retry{Attempts: 1}, func() error { return errors.New("always") }))
						join("Flaky", run(ev, "Flaky", telegram.Retry{Attempts: 2}, func() error {
							if ev.Attempt == 1 {
								return errors.New("once")
							}
							return nil
						}))
						return errors.Join(err, run(ev, "Last", telegram.Retry{Attempts: 4}, func() error {
							err := errors.New("not yet")
							switch {
							case ev.Attempt == c.panics:
								panic("on purpose")
							case c.permanent:
								return telegram.Permanent(err)
							case ev.Attempt < c.succeeds:
								return err
							}
							return nil
						}))
					},
					OnError: func(_ context.Context, _ *telegram.Event, err error) { told = append(told, err.Error()) },
				}, telegram.WithHTTPClient(server.Client()))
				if err := bot.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				push(t, server, message(1, 1))
				time.Sleep(time.Hour)
				stop(t, bot)
				for name, want := range c.runs {
					if runs[name] != want {
						t.Errorf("%s ran %d times, want %d", name, runs[name], want)
					}
				}
				if !slices.Equal(told, c.errors) {
					t.Errorf("on_error was told %q, want %q", told, c.errors)
				}
			})
		})
	}
}

// TestG7_G15_StopDuringABackoff: a stop does not wait for a back-off. The update is not confirmed, and comes again.
func TestG7_G15_StopDuringABackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		fails, handled := true, 0
		config := telegram.Config{
			Delivery: telegram.AtLeastOnce,
			Retry:    telegram.Retry{Attempts: 100, Backoff: time.Hour},
			Dispatch: func(context.Context, *telegram.Event) error {
				if fails {
					return errors.New("the database is down")
				}
				handled++
				return nil
			},
		}
		bot := newBot(t, server, config, telegram.WithHTTPClient(server.Client()))
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		push(t, server, message(1, 1))
		time.Sleep(time.Minute)
		begin := time.Now()
		err := bot.Stop(t.Context())
		if unfinished, ok := errors.AsType[*runner.UnfinishedError](err); !ok || unfinished.Retrying != 1 || time.Since(begin) != 0 {
			t.Errorf("Stop took %v: %v", time.Since(begin), err)
		}
		if server.Pending() != 1 {
			t.Errorf("%d updates are not confirmed", server.Pending())
		}
		fails = false
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		stop(t, bot)
		if server.Pending() != 0 || handled != 1 {
			t.Errorf("handled %d times, %d updates are not confirmed", handled, server.Pending())
		}
	})
}
