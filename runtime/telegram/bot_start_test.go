package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestG9_StartRetries checks that Start repeats its calls after failures that may pass, with the waits of the policy, and
// logs each failure.
func TestG9_StartRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("getMe", tgtest.Fault{Code: 502, Times: 2})
		server.Fail("getMe", tgtest.Fault{Code: 429, RetryAfter: 7})
		var log bytes.Buffer
		bot := newBot(t, server, telegram.Config{
			Polling:  telegram.PollingConfig{Retry: telegram.RetryPolicy{Interval: telegram.RetryFixed, Fixed: time.Second}},
			Dispatch: func(context.Context, *telegram.Event) error { return nil },
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		start := time.Now()
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("Start took %v, want twice 1 s and then 7 s", took)
		}
		if n := strings.Count(log.String(), "call failed, will try again"); n != 3 {
			t.Errorf("%d failures were logged, want 3: %s", n, &log)
		}
		stop(t, bot)
	})
}

// TestG7_StartIsInterrupted checks that Start returns when its context ends while it waits for the next try, and says both
// what failed and why it stopped.
func TestG7_StartIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("getMe", tgtest.Fault{Code: 502, Times: -1})
		bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }},
			telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.DiscardHandler)))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := bot.Start(ctx)
		if answer, ok := errors.AsType[*telegram.APIError](err); !ok || answer.Code != 502 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("Start took %v", took)
		}
	})
}

// TestG7_StopInterruptsStart checks that a Stop ends a Start at once, whether that waits for an answer or for the next try,
// that nothing is polled afterwards, and that the bot can be started again.
func TestG7_StopInterruptsStart(t *testing.T) {
	for name, fault := range map[string]tgtest.Fault{
		"back-off":     {Code: 502, Times: -1},
		"429 of years": {Code: 429, RetryAfter: 1 << 40, Times: -1},
		"no answer":    {Hang: true, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				server.Fail("getMe", fault)
				bot := newBot(t, server, telegram.Config{
					Polling:  telegram.PollingConfig{Retry: telegram.RetryPolicy{Interval: telegram.RetryFixed, Fixed: time.Hour}},
					Dispatch: ignore,
				}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.DiscardHandler)))
				started := make(chan error, 1)
				go func() { started <- bot.Start(t.Context()) }()
				time.Sleep(20 * time.Second)
				if err := bot.Start(t.Context()); !errors.Is(err, runtime.ErrStarted) {
					t.Errorf("a second Start: %v", err)
				}
				start := time.Now()
				stop(t, bot)
				if err := <-started; !errors.Is(err, telegram.ErrStopped) {
					t.Errorf("Start returned %v", err)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("the stop took %v", took)
				}
				time.Sleep(time.Hour)
				if n := len(server.Polls()); n != 0 {
					t.Errorf("%d polls after the stop", n)
				}
				server.Heal("getMe")
				if err := bot.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				stop(t, bot)
			})
		})
	}
}

// TestG9_StartWaitsForTooManyRequests checks that Start waits as long as the server asks, whatever max_elapsed is.
func TestG9_StartWaitsForTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("getMe", tgtest.Fault{Code: 429, RetryAfter: 40000})
		var log bytes.Buffer
		bot := newBot(t, server, telegram.Config{
			Polling:  telegram.PollingConfig{Retry: telegram.RetryPolicy{MaxElapsed: 10 * time.Second}},
			Dispatch: ignore,
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		start := time.Now()
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 40000*time.Second {
			t.Errorf("Start took %v", took)
		}
		stop(t, bot)
		if !strings.Contains(log.String(), `msg="call works again" method=getMe failures=1 after=11h6m40s`) {
			t.Errorf("the log is %s", &log)
		}
	})
}

// TestRunEndsWithStop checks that Run returns nil if Stop ends it, before and after the start is complete.
func TestRunEndsWithStop(t *testing.T) {
	for _, after := range []time.Duration{time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			server := tgtest.NewServer(t, tgtest.InMemory())
			server.Fail("getMe", tgtest.Fault{Delay: 10 * time.Second})
			bot := newBot(t, server, telegram.Config{Dispatch: ignore},
				telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.DiscardHandler)))
			ended := make(chan error, 1)
			go func() { ended <- bot.Run(t.Context()) }()
			time.Sleep(after)
			stop(t, bot)
			if err := <-ended; err != nil {
				t.Errorf("Run returned %v", err)
			}
		})
	}
}

// TestG13_ConcurrentStarts starts, stops and reads a bot from many goroutines, while a handler that a Stop has left reads
// who the bot is, and the server's answer changes. The race detector judges.
func TestG13_ConcurrentStarts(t *testing.T) {
	server := tgtest.NewServer(t)
	release, entered := make(chan struct{}), make(chan struct{})
	names := make(chan string, 1)
	var once sync.Once
	bot := newBot(t, server, telegram.Config{
		Constraints: chatOrder,
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			once.Do(func() {
				close(entered)
				<-release
				for range 1000 {
					_ = ev.Bot.Username
				}
				names <- ev.Bot.Username
			})
			return nil
		},
	}, telegram.WithLogger(slog.New(slog.DiscardHandler)))
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	push(t, server, message(1, 1))
	<-entered
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := bot.Stop(ended); err == nil {
		t.Error("Stop did not report the handler that it left")
	}
	server.Fail("getMe", tgtest.Fault{Body: `{"ok":true,"result":{"id":7,"is_bot":true,"first_name":"New","username":"new_bot"}}`, Times: -1})
	close(release)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				if err := bot.Start(t.Context()); err != nil && !errors.Is(err, runtime.ErrStarted) && !errors.Is(err, telegram.ErrStopped) {
					t.Error(err)
				}
				_ = bot.API().User
				stop(t, bot)
			}
		})
	}
	group.Wait()
	if name := <-names; name != "test_bot" {
		t.Errorf("the handler saw the name %q", name)
	}
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := bot.API().Username; got != "new_bot" {
		t.Errorf("after another Start the name is %q", got)
	}
	stop(t, bot)
}

// TestStartAndEndAreLogged checks that the bot says who it is and how it gets its updates, and at its end what it did.
func TestStartAndEndAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		var log bytes.Buffer
		bot := newBot(t, server, telegram.Config{
			Delivery: telegram.AtLeastOnce, Timeout: time.Second, Concurrency: 7,
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				switch ev.Update.Message.MessageId {
				case 1:
					return errors.New("no")
				case 2:
					<-ctx.Done()
				}
				return nil
			},
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for _, want := range []string{"handled=2 failed=1 timed_out=1 stuck=0 left=0 after=1m0s", "handled=0 failed=0 timed_out=0 stuck=0 left=0 after=1m0s"} {
			log.Reset()
			if err := bot.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(want, "failed=1") {
				push(t, server, message(1, 1), message(2, 2), message(3, 3))
			}
			time.Sleep(time.Minute)
			stop(t, bot)
			if first := `level=INFO msg="polling as @test_bot" id=7000000001 delivery=at_least_once concurrency=7`; !strings.Contains(log.String(), first) {
				t.Errorf("the log does not say %s: %s", first, &log)
			}
			if last := "level=INFO msg=stopped " + want; !strings.Contains(log.String(), last) {
				t.Errorf("the log does not say %s: %s", last, &log)
			}
		}
	})
}

// TestStartWithTLSAtALocalServer checks that Start ends at once with an error that says what to write, if the API URL begins
// with https:// and the server answers with plain HTTP.
func TestStartWithTLSAtALocalServer(t *testing.T) {
	server := tgtest.NewServer(t)
	bot, err := telegram.New(telegram.Config{Dispatch: ignore}, telegram.WithToken(server.Token),
		telegram.WithAPIURL(strings.Replace(server.URL, "http:", "https:", 1)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := bot.Start(ctx); err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "write http:// instead of https://") {
		t.Errorf("error is %v", err)
	}
}

// TestEndCountsWhatComesBack checks that the last line of the log counts an update whose handler the stop cancelled, and one
// that waits for another attempt: both are unfinished.
func TestEndCountsWhatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		var log bytes.Buffer
		bot := newBot(t, server, telegram.Config{
			Delivery: telegram.AtLeastOnce, Retry: telegram.Retry{Attempts: 2, Backoff: time.Hour, MaxBackoff: time.Hour},
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				if ev.Update.Message.MessageId == 1 {
					return errors.New("no")
				}
				<-ctx.Done()
				return ctx.Err()
			},
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		push(t, server, message(1, 1), message(2, 2))
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := bot.Stop(ctx); err == nil {
			t.Error("Stop left two updates and returned no error")
		}
		if !strings.Contains(log.String(), " left=2 ") {
			t.Errorf("the log does not count both updates: %s", &log)
		}
	})
}
