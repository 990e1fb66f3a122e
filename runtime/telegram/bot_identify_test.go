package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
