package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/calls"
	"github.com/tggen/tggen/runtime/tgtest"
)

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestLogOfFailuresShowsNoToken checks that whatever an author's function returns or panics with reaches the bot's logger,
// and no other one, without the token: a request for a file fails with an error that shows its URL.
func TestLogOfFailuresShowsNoToken(t *testing.T) {
	var other lockedBuffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&other)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&other, nil)))
	defer slog.SetDefault(before)

	download := func(ev *telegram.Event) error {
		_, err := http.Get("http://127.0.0.1:1/file/bot" + ev.Bot.Token + "/photos/1.jpg")
		return err
	}
	for name, test := range map[string]struct {
		config telegram.Config
		want   string
	}{
		"error":            {telegram.Config{Dispatch: func(_ context.Context, ev *telegram.Event) error { return download(ev) }}, "handler failed"},
		"panic":            {telegram.Config{Dispatch: func(_ context.Context, ev *telegram.Event) error { panic(download(ev)) }}, "handler failed"},
		"panic with bytes": {telegram.Config{Dispatch: func(_ context.Context, ev *telegram.Event) error { panic([]byte(download(ev).Error())) }}, "handler failed"},
		"panic with a text": {telegram.Config{Dispatch: func(_ context.Context, ev *telegram.Event) error {
			panic(strings.ReplaceAll(download(ev).Error(), ":", "%3a"))
		}}, "handler failed"},
		"constraint": {telegram.Config{
			Constraints: func(*telegram.Envelope, *telegram.Keys) error {
				return download(&telegram.Event{Bot: &gotgbot.Bot{Token: tgtest.DefaultToken}})
			},
			Dispatch: ignore,
		}, "handler failed"},
		"error hook": {telegram.Config{
			Dispatch: func(context.Context, *telegram.Event) error { return errors.New("no") },
			OnError:  func(_ context.Context, ev *telegram.Event, _ error) { panic(download(ev)) },
		}, "the error hook panicked"},
		"time-out hook": {telegram.Config{
			Timeout:   time.Millisecond,
			Dispatch:  func(ctx context.Context, _ *telegram.Event) error { <-ctx.Done(); return nil },
			OnTimeout: func(_ context.Context, ev *telegram.Event) { panic(download(ev)) },
		}, "the time-out hook panicked"},
	} {
		t.Run(name, func(t *testing.T) {
			server := tgtest.NewServer(t)
			var log lockedBuffer
			bot := newBot(t, server, test.config, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			if err := bot.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			push(t, server, message(1, 1))
			if err := server.WaitPending(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			stop(t, bot)
			if !strings.Contains(log.String(), test.want) || !strings.Contains(log.String(), "<token>/photos/1.jpg") {
				t.Errorf("the log does not say %q and name the file: %s", test.want, &log)
			}
			_, secret, _ := strings.Cut(server.Token, ":")
			if strings.Contains(log.String()+other.String(), secret) {
				t.Errorf("the token is in the log: %s %s", &log, &other)
			}
			if other.String() != "" {
				t.Errorf("another logger got %s", &other)
			}
		})
	}
}

// A leakyClient fails as a client that calls net/http and returns its errors.
type leakyClient struct{ gotgbot.BaseBotClient }

func (*leakyClient) RequestWithContext(_ context.Context, token, method string, _ map[string]any, _ *gotgbot.RequestOpts) (json.RawMessage, error) {
	_, err := http.Post("http://127.0.0.1:1/bot"+token+"/"+method, "application/json", nil)
	return nil, fmt.Errorf("calling: %w", err)
}

// TestStartEndsWithAnInvalidToken checks that Start does not retry a call that one of the author's links makes with a token
// that cannot be one.
func TestStartEndsWithAnInvalidToken(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := newBot(t, server, telegram.Config{Dispatch: ignore}, telegram.WithCalls(func(next gotgbot.BotClient) gotgbot.BotClient {
		return calls.Wrap(next, func(ctx context.Context, _, method string, params map[string]any, opts *gotgbot.RequestOpts) (json.RawMessage, error) {
			return next.RequestWithContext(ctx, "", method, params, opts)
		})
	}))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := bot.Start(ctx); err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "the bot's token is empty") {
		t.Errorf("error is %v", err)
	}
}

// TestStartShowsNoToken checks that neither the error nor the log of a Start shows the token if the author's client does.
func TestStartShowsNoToken(t *testing.T) {
	server := tgtest.NewServer(t)
	var log lockedBuffer
	bot := newBot(t, server, telegram.Config{Dispatch: ignore}, telegram.WithCalls(func(gotgbot.BotClient) gotgbot.BotClient { return &leakyClient{} }),
		telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := bot.Start(ctx)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "calling: ") {
		t.Fatalf("error is %v", err)
	}
	if _, secret, _ := strings.Cut(server.Token, ":"); strings.Contains(err.Error()+log.String(), secret) {
		t.Errorf("the token is in the error %q or in the log %s", err, &log)
	}
}
