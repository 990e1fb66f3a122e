package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// callServer calls a method as another process would.
func callServer(t *testing.T, server *tgtest.Server, method, params string) {
	t.Helper()
	response, err := server.Client().Post(server.URL+"/bot"+server.Token+"/"+method, "application/json", strings.NewReader(params))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", method, body, err)
	}
}

const setWebhook = `{"url":"https://example.org/telegram"}`

// sourcePoller makes a poller with a source, an option to drop what is pending, and a log.
func sourcePoller(t *testing.T, server *tgtest.Server, source telegram.UpdateSource, drop bool, log io.Writer) *telegram.Poller {
	t.Helper()
	p, err := telegram.NewPoller(telegram.PollerConfig{
		Token: server.Token, APIURL: server.URL, HTTPClient: server.Client(), Source: source,
		PollingConfig: telegram.PollingConfig{DropPending: drop},
		Logger:        slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A bot ends with an error that says what to do if a webhook is set when it starts, or is set while it polls. The webhook
// stays.
func TestG9_WebhookEndsThePolling(t *testing.T) {
	for _, drop := range []bool{false, true} {
		for name, when := range map[string]time.Duration{"before the start": 0, "while it polls": 10 * time.Second} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := tgtest.NewServer(t, tgtest.InMemory())
					p := sourcePoller(t, server, telegram.SourceAuto, drop, io.Discard)
					if when == 0 {
						callServer(t, server, "setWebhook", setWebhook)
					} else {
						time.AfterFunc(when, func() { callServer(t, server, "setWebhook", setWebhook) })
					}
					start := time.Now()
					_, err := p.Fetch(t.Context(), 100)
					answer, ok := errors.AsType[*telegram.APIError](err)
					if !ok || answer.Code != 409 {
						t.Fatalf("error is %v", err)
					}
					for _, want := range []string{"webhook is set", "deleteWebhook", "source: polling"} {
						if !strings.Contains(err.Error(), want) {
							t.Errorf("error %q does not say %q", err, want)
						}
					}
					if took := time.Since(start) - when; took > 5*time.Second {
						t.Errorf("took %v", took)
					}
					if len(server.SentBy("deleteWebhook")) != 0 {
						t.Error("the webhook was deleted")
					}
				})
			})
		}
	}
}

// With SourcePolling the bot deletes a webhook, and loses no pending update.
func TestSourcePollingDeletesTheWebhook(t *testing.T) {
	for name, when := range map[string]time.Duration{"before the start": 0, "while it polls": 10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				var log bytes.Buffer
				p := sourcePoller(t, server, telegram.SourcePolling, false, &log)
				if when == 0 {
					callServer(t, server, "setWebhook", setWebhook)
					push(t, server, message(1, 1))
				} else {
					time.AfterFunc(when, func() {
						callServer(t, server, "setWebhook", setWebhook)
						push(t, server, message(1, 1))
					})
				}
				server.Fail("deleteWebhook", tgtest.Fault{Code: 429, RetryAfter: 60})
				updates, err := p.Fetch(t.Context(), 100)
				if err != nil || len(updates) != 1 {
					t.Fatalf("%d updates, %v", len(updates), err)
				}
				if !strings.Contains(log.String(), "a webhook was set and is deleted") {
					t.Errorf("the log is %s", &log)
				}
			})
		})
	}
}

// If another process sets the webhook again whenever it is deleted, the bot waits longer and longer between two deletions.
func TestSourcePollingAgainstAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		p := sourcePoller(t, server, telegram.SourcePolling, false, io.Discard)
		server.Fail("getUpdates", tgtest.Fault{Code: 409, Description: "Conflict: can't use getUpdates method while webhook is active", Times: -1})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		if _, err := p.Fetch(ctx, 100); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if n := len(server.SentBy("deleteWebhook")); n < 10 || n > 60 {
			t.Errorf("the webhook was deleted %d times in 10 minutes", n)
		}
	})
}

// DropPending drops what is pending at a start, and nothing that arrives later.
func TestDropPending(t *testing.T) {
	for _, source := range []telegram.UpdateSource{telegram.SourceAuto, telegram.SourcePolling} {
		synctest.Test(t, func(t *testing.T) {
			server := tgtest.NewServer(t, tgtest.InMemory())
			p := sourcePoller(t, server, source, true, io.Discard)
			if source == telegram.SourcePolling {
				callServer(t, server, "setWebhook", setWebhook)
			}
			for life := range 2 { // the second life follows a Close, and drops what came in between
				for i := range 250 {
					push(t, server, message(1, i))
				}
				server.Fail("getUpdates", tgtest.Fault{Code: 502, Times: 2})
				time.AfterFunc(time.Minute, func() { push(t, server, message(1, 1000+life), message(1, 2000+life)) })
				updates, err := p.Fetch(t.Context(), 100)
				if err != nil {
					t.Fatal(err)
				}
				for len(updates) < 2 {
					more, err := p.Fetch(t.Context(), 100)
					if err != nil {
						t.Fatal(err)
					}
					updates = append(updates, more...)
				}
				for i, u := range updates {
					update, err := u.Decode()
					if err != nil {
						t.Fatal(err)
					}
					if got, want := update.Message.MessageId, int64(1000*(i+1)+life); got != want {
						t.Errorf("message %d came, want %d", got, want)
					}
					p.Done(u, nil)
				}
				if err := p.Close(t.Context()); err != nil {
					t.Error(err)
				}
				if n := server.Pending(); n != 0 {
					t.Errorf("%d updates are pending", n)
				}
			}
		})
	}
}
