package calls_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/calls"
)

// TestFloodedChatHoldsNoOtherChat checks that calls of other chats do not wait at all while one chat is flooded, and that
// the flooded chat waits exactly as long as the server asks.
func TestFloodedChatHoldsNoOtherChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := times(1, flood(7))
		server := newFake(func(s sent) error {
			if s.chat == int64(1) {
				return refuse(s)
			}
			return nil
		})
		client := retry(server, calls.RetryConfig{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := send(t.Context(), client, int64(1), "hello"); err != nil {
				t.Error(err)
			}
			if took := time.Since(server.start); took != 7*time.Second {
				t.Errorf("the flooded chat waited %v", took)
			}
		})
		synctest.Wait()
		for i := range 100 {
			start := time.Now()
			if err := send(t.Context(), client, int64(2+i), "hello"); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("chat %d waited %v", 2+i, took)
			}
		}
		wg.Wait()
	})
}

// TestWaitersLeaveInOrder checks that one call goes through a gate as a probe, that each answer makes room for one more,
// that calls leave in the order in which they were made, and bulk calls last.
func TestWaitersLeaveInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newFake(times(1, flood(5)))
		server.latency = 100 * time.Millisecond
		client := retry(server, calls.RetryConfig{})
		var wg sync.WaitGroup
		start := func(ctx context.Context, text string) {
			wg.Go(func() {
				// The chat is one and the same in all its forms.
				if err := send(ctx, client, []any{int64(1), "1", " 1"}[len(text)%3], text); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		start(t.Context(), "0")
		time.Sleep(time.Second)
		start(calls.Bulk(t.Context()), "a bulk call")
		for i := 1; i <= 8; i++ {
			start(t.Context(), strings.Repeat("x", i))
		}
		wg.Wait()
		var texts []string
		var at []time.Duration
		requests := server.requests()[1:]
		slices.SortStableFunc(requests, func(a, b sent) int { // those of one instant may arrive in any order
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return len(a.text.(string)) - len(b.text.(string))
		})
		for _, s := range requests {
			texts = append(texts, s.text.(string))
			at = append(at, s.at-5100*time.Millisecond)
		}
		want := []string{"0"}
		for i := 1; i <= 8; i++ {
			want = append(want, strings.Repeat("x", i))
		}
		want = append(want, "a bulk call")
		if fmt.Sprint(texts) != fmt.Sprint(want) {
			t.Errorf("the order is %v", texts)
		}
		if got, want := fmt.Sprint(at), "[0s 100ms 100ms 200ms 200ms 200ms 200ms 300ms 300ms 300ms]"; got != want {
			t.Errorf("the requests went at %v, want %v", got, want)
		}
	})
}

// TestGateOfTheBot checks which refusals hold back all chats: three chats within a second, and a call without a chat.
func TestGateOfTheBot(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		chats  []int64
		every  time.Duration
		wait   int64
		max    time.Duration
		closed bool
	}{
		"two chats":                      {"sendMessage", []int64{1, 2}, 0, 5, 0, false},
		"one chat three times":           {"sendMessage", []int64{1, 1, 1}, 0, 5, 0, false},
		"three chats":                    {"sendMessage", []int64{1, 2, 3}, 0, 5, 0, true},
		"three chats in a second":        {"sendMessage", []int64{1, 2, 3}, 500 * time.Millisecond, 5, 0, true},
		"three chats in two seconds":     {"sendMessage", []int64{1, 2, 3}, 501 * time.Millisecond, 5, 0, false},
		"no chat":                        {"answerCallbackQuery", []int64{0}, 0, 5, 0, true},
		"no chat, longer than it waits":  {"setMyCommands", []int64{0}, 0, 10072, 0, false},
		"no chat, as long as it may be":  {"setMyCommands", []int64{0}, 0, 20, 0, true},
		"no chat, and it does not wait":  {"setMyCommands", []int64{0}, 0, 1, -1, false},
		"three chats, it does not wait":  {"sendMessage", []int64{1, 2, 3}, 0, 5, -1, true},
		"one chat, longer than it waits": {"sendMessage", []int64{1}, 0, 10072, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				refused := true
				server := newFake(func(sent) error {
					if refused {
						return flood(c.wait)
					}
					return nil
				})
				client := retry(server, calls.RetryConfig{MaxWait: c.max})
				ctx, cancel := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer cancel()
				for i, chat := range c.chats {
					if i > 0 {
						time.Sleep(c.every)
					}
					go client.RequestWithContext(ctx, token, c.method, map[string]any{"chat_id": chat}, nil)
					synctest.Wait()
				}
				refused = false
				start := time.Now()
				err := send(t.Context(), client, int64(99), "hello")
				waited := err != nil || time.Since(start) > 0
				if waited != c.closed {
					t.Errorf("the gate of the bot is closed: %v, want %v (%v)", waited, c.closed, err)
				}
			})
		})
	}
}

// TestFloodError checks that a call whose wait is too long ends at once with an error that names the chat, and that it
// shows its own parameters and not those of the call that was refused.
func TestFloodError(t *testing.T) {
	for name, c := range map[string]struct {
		wait     int64
		max      time.Duration
		attempts int
		deadline time.Duration
		ends     bool
	}{
		"20 s":                       {20, 0, 0, 0, false},
		"21 s":                       {21, 0, 0, 0, true},
		"21 s, allowed":              {21, time.Minute, 0, 0, false},
		"no wait is allowed":         {1, -1, 0, 0, true},
		"before the deadline":        {5, 0, 0, 5*time.Second + 1, false},
		"at the deadline":            {5, 0, 0, 5 * time.Second, true},
		"one attempt":                {1, 0, 1, 0, true},
		"longer than a century":      {1 << 62, 0, 0, 0, true},
		"without a number: a second": {0, 0, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newFake(times(1, flood(c.wait)))
				client := retry(server, calls.RetryConfig{MaxWait: c.max, Attempts: c.attempts})
				ctx := t.Context()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				err := send(ctx, client, "@Name", "hello")
				if !c.ends {
					if err != nil {
						t.Error(err)
					}
					return
				}
				e, ok := errors.AsType[*calls.FloodError](err)
				if !ok || time.Since(server.start) != 0 {
					t.Fatalf("after %v the error is %v", time.Since(server.start), err)
				}
				if answer, ok := errors.AsType[*gotgbot.TelegramError](err); !ok || answer.Code != 429 || answer.Params["text"] != "hello" {
					t.Errorf("the error wraps %+v", answer)
				}
				if e.Chat != "@name" || e.Method != "sendMessage" || e.RetryAfter < time.Duration(min(c.wait, 1e9))*time.Second {
					t.Errorf("the error is %+v", e)
				}
				if c.attempts == 1 {
					return
				}
				// The next call of the chat does not even try.
				_, err = client.RequestWithContext(ctx, token, "sendPhoto", map[string]any{"chat_id": "@NAME", "photo": "secret"}, nil)
				e, ok = errors.AsType[*calls.FloodError](err)
				if !ok || e.Method != "sendPhoto" || e.Err.Method != "sendPhoto" || e.Err.Params["photo"] != "secret" || e.Err.Params["text"] != nil {
					t.Errorf("the error of the next call is %+v", err)
				}
				if n := len(server.requests()); n != 1 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

// TestFloodGetsLonger checks that calls that wait end at once when a probe shows that the wait is too long for them.
func TestFloodGetsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := []int64{5, 30}
		server := newFake(func(sent) error {
			wait := waits[0]
			waits = waits[1:]
			return flood(wait)
		})
		client := retry(server, calls.RetryConfig{})
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, ok := errors.AsType[*calls.FloodError](send(t.Context(), client, int64(1), "hello")); !ok {
					t.Error("the call did not end with a FloodError")
				}
				if took := time.Since(server.start); took != 5*time.Second {
					t.Errorf("the call ended after %v", took)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
	})
}

// TestWaitersCostNoGoroutine checks that 10,000 calls that wait have no goroutine but those of their callers, and that all
// end at the moment at which their context does.
func TestWaitersCostNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const waiters = 10_000
		server := newFake(func(sent) error { return flood(15) })
		client := retry(server, calls.RetryConfig{})
		ctx, stop := context.WithCancel(t.Context())
		before := runtime.NumGoroutine()
		var wg sync.WaitGroup
		for i := range waiters {
			wg.Go(func() {
				err := send(ctx, client, int64(i%1000), "hello")
				if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), token) {
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(server.start); took != 3*time.Second {
					t.Errorf("the call ended after %v", took)
				}
			})
		}
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n > waiters {
			t.Errorf("%d goroutines for %d waiters", n, waiters)
		}
		time.Sleep(3 * time.Second)
		stop()
		wg.Wait()
	})
}

// TestServerThatRefusesEverything checks that no call is lost while a server answers 429 to everything for a minute, and
// that few requests are made meanwhile: at most one is in flight for each gate.
func TestServerThatRefusesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const chats, each = 50, 20
		server := newFake(nil)
		server.latency = 20 * time.Millisecond
		client := retry(server, calls.RetryConfig{})
		server.answer = func(sent) error {
			if time.Since(server.start) < time.Minute {
				return flood(3)
			}
			return nil
		}
		var wg sync.WaitGroup
		var done atomic.Int64
		for range each {
			for chat := range chats {
				wg.Go(func() {
					if err := send(t.Context(), client, int64(chat+1), "hello"); err != nil {
						t.Error(err)
					}
					done.Add(1)
				})
			}
		}
		time.Sleep(2 * time.Second) // the first requests of all are in flight at once, since no gate is closed yet
		server.mu.Lock()
		server.most = 0
		first := len(server.arrived)
		server.mu.Unlock()
		time.Sleep(57 * time.Second)
		server.mu.Lock()
		most, during := server.most, len(server.arrived)-first
		server.mu.Unlock()
		if first != chats*each {
			t.Errorf("%d requests before the first answers, want %d", first, chats*each)
		}
		// The bot's gate is closed, so there is one probe at a time; three are refused before it closes again.
		if most != 1 || during == 0 || during > 3*57/3 {
			t.Errorf("%d requests in 57 s, and %d at once", during, most)
		}
		wg.Wait()
		if n := done.Load(); n != chats*each {
			t.Errorf("%d calls ended well, want %d", n, chats*each)
		}
		if took := time.Since(server.start); took > 70*time.Second {
			t.Errorf("the last call ended after %v", took)
		}
	})
}

// TestCancelledWaiters checks that a call whose context ends does not keep its place: neither in the queue, nor as the probe.
func TestCancelledWaiters(t *testing.T) {
	t.Run("in the queue", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := newFake(times(1, flood(5)))
			client := retry(server, calls.RetryConfig{})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if err := send(ctx, client, int64(1), "first"); !errors.Is(err, context.Canceled) || time.Since(server.start) != time.Second {
				t.Errorf("after %v: %v", time.Since(server.start), err)
			}
			if err := send(t.Context(), client, int64(1), "second"); err != nil || time.Since(server.start) != 5*time.Second {
				t.Errorf("after %v: %v", time.Since(server.start), err)
			}
		})
	})
	t.Run("as the probe", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			refuse := times(1, flood(5))
			server := newFake(func(s sent) error {
				if err := refuse(s); err != nil || s.text == "second" {
					return err
				}
				time.Sleep(time.Second)
				return context.Canceled
			})
			client := retry(server, calls.RetryConfig{})
			go func() { _ = send(t.Context(), client, int64(1), "first") }()
			synctest.Wait()
			if err := send(t.Context(), client, int64(1), "second"); err != nil || time.Since(server.start) != 6*time.Second {
				t.Errorf("after %v: %v", time.Since(server.start), err)
			}
		})
	})
}

// TestOneAttemptClosesNoGate checks that without retries a refusal holds back no other call, and that no call waits.
func TestOneAttemptClosesNoGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newFake(func(sent) error { return flood(5) })
		client := retry(server, calls.RetryConfig{Attempts: 1})
		for i := range 5 {
			if e, ok := errors.AsType[*calls.FloodError](send(t.Context(), client, int64(i%2), "hello")); !ok || e.RetryAfter != 5*time.Second {
				t.Errorf("the error is %v", e)
			}
		}
		if n := len(server.requests()); n != 5 || time.Since(server.start) != 0 {
			t.Errorf("%d requests in %v, want 5 at once", n, time.Since(server.start))
		}
	})
}
