package telegram_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// ask makes a request to the bot's health and returns its answer.
func ask(bot *telegram.Bot, path, accept string) (status int, body string) {
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	bot.Health().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// expect checks the answers of both probes. An empty text stands for 200, and any other one is part of the reason.
func expect(t *testing.T, bot *telegram.Bot, when, live, ready string) {
	t.Helper()
	for path, fault := range map[string]string{"/livez": live, "/readyz": ready} {
		want := http.StatusOK
		if fault != "" {
			want = http.StatusServiceUnavailable
		}
		if code, body := ask(bot, path, ""); code != want || !strings.Contains(body, fault) {
			t.Errorf("%s: %s answers %d %q, want %d %q", when, path, code, body, want, fault)
		}
	}
}

// unlogged discards the log.
func unlogged() telegram.Option { return telegram.WithLogger(slog.New(slog.DiscardHandler)) }

// A wedge is a transport whose getUpdates does not return, whatever happens to its context, once it is wedged.
type wedge struct {
	http.RoundTripper
	wedged, release chan struct{} // closed
}

func (w *wedge) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/getUpdates") {
		select {
		case <-w.wedged:
			<-w.release
		default:
		}
	}
	return w.RoundTripper.RoundTrip(r)
}

// A bot whose poll is never answered is not live within 41 s, although its calls succeed. When polls are answered again, it
// is live at once.
func TestHealthOfAWedgedPoll(t *testing.T) {
	for name, honoured := range map[string]bool{"the transport hangs": false, "the server hangs": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				user := server.User("Ann")
				client := server.Client()
				w := &wedge{client.Transport, make(chan struct{}), make(chan struct{})}
				bot := newBot(t, server, telegram.Config{
					Dispatch: func(context.Context, *telegram.Event) error { return nil },
				}, telegram.WithHTTPClient(&http.Client{Transport: w}), unlogged())
				start(t, bot)
				user.Send("hello") // ends a poll, so that the next one begins
				synctest.Wait()
				if honoured {
					server.Fail("getUpdates", tgtest.Fault{Hang: true, Times: -1})
				} else {
					close(w.wedged)
				}
				user.Send("hello")
				synctest.Wait() // the answer to this poll is the last one
				for second := range 60 {
					switch {
					case second <= 40:
						expect(t, bot, fmt.Sprintf("after %d s", second), "", "")
					case second > 40:
						expect(t, bot, fmt.Sprintf("after %d s", second), "no poll was answered for", "")
					}
					if _, err := bot.API().SendMessage(user.ID, "still here", nil); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				close(w.release)
				if honoured {
					server.Heal("getUpdates")
					time.Sleep(41*time.Second + 30*time.Second) // the poll that hangs ends, the next one is answered
					expect(t, bot, "after the server is healed", "", "")
				}
				stop(t, bot)
			})
		})
	}
}

// A poll that fails is no sign of life, nor is a conflict with another poller. A 429 is, for as long as the server asks.
func TestHealthOfFailures(t *testing.T) {
	for name, test := range map[string]struct {
		fault tgtest.Fault
		live  time.Duration // for how long the bot is live
	}{
		"502": {tgtest.Fault{Code: 502, Times: -1}, 40500 * time.Millisecond},
		"409": {tgtest.Fault{Code: 409, Times: -1}, 40500 * time.Millisecond},
		"429": {tgtest.Fault{Code: 429, RetryAfter: 600}, 600*time.Second + time.Hour},
		"401": {tgtest.Fault{Code: 401}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				server.Fail("getUpdates", test.fault)
				bot := newBot(t, server, telegram.Config{
					Dispatch: func(context.Context, *telegram.Event) error { return nil },
				}, telegram.WithHTTPClient(server.Client()), unlogged())
				start(t, bot)
				for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(7 * time.Second) {
					synctest.Wait()
					after := time.Since(began)
					code, body := ask(bot, "/livez", "")
					if live := code == http.StatusOK; live != (after < test.live) {
						t.Fatalf("after %v: live is %v: %s", after, live, body)
					}
				}
				if name == "401" {
					expect(t, bot, "at the end", "ended with an error", "ended with an error")
				}
				stop(t, bot)
			})
		})
	}
}

// A bot that does not poll for want of room is live, however long that lasts, and when there is room again.
func TestHealthOfAFullBot(t *testing.T) {
	for name, config := range map[string]telegram.Config{
		"backlog": {Concurrency: 2, Backlog: 10},
		"batch":   {Sink: telegram.Batch},
		"window":  {Delivery: telegram.AtLeastOnce},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithPatience(time.Hour))
				release := make(chan struct{})
				config.Constraints = chatOrder
				config.Dispatch = func(context.Context, *telegram.Event) error {
					<-release
					return nil
				}
				bot := newBot(t, server, config, telegram.WithHTTPClient(server.Client()), unlogged())
				for n := range 100 {
					push(t, server, message(1+n%5, 1+n/5))
				}
				start(t, bot)
				released := false
				for began := time.Now(); time.Since(began) < 4*time.Minute; time.Sleep(time.Second / 4) {
					expect(t, bot, fmt.Sprintf("after %v", time.Since(began)), "", "")
					if !released && time.Since(began) > 2*time.Minute {
						released = true
						close(release)
					}
				}
				stop(t, bot)
			})
		})
	}
}

// A bot is ready from its getMe to its stop, and live all the time.
func TestHealthOfAStartAndAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("getMe", tgtest.Fault{Code: 429, RetryAfter: 300})
		release := make(chan struct{})
		bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error {
			<-release
			return nil
		}}, telegram.WithHTTPClient(server.Client()), unlogged())
		expect(t, bot, "before the start", "", "not started")
		started := make(chan error)
		go func() { started <- bot.Start(t.Context()) }()
		for range 29 {
			time.Sleep(10 * time.Second)
			expect(t, bot, "before getMe", "", "starting")
		}
		if err := <-started; err != nil {
			t.Fatal(err)
		}
		expect(t, bot, "after the start", "", "")
		push(t, server, message(1, 1))
		time.Sleep(time.Second)
		stopped := make(chan error)
		go func() { stopped <- bot.Stop(context.Background()) }()
		for range 30 {
			synctest.Wait()
			expect(t, bot, "during the stop", "", "stopping")
			time.Sleep(10 * time.Second)
		}
		close(release)
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		expect(t, bot, "after the stop", "", "not started")
		start(t, bot)
		expect(t, bot, "after another start", "", "")
		stop(t, bot)

		ctx, cancel := context.WithCancel(t.Context())
		if err := bot.Start(ctx); err != nil {
			t.Fatal(err)
		}
		cancel()
		synctest.Wait()
		expect(t, bot, "after the end of Start's context", "", "stopping")
		stop(t, bot)
	})
}

// A bot that takes webhooks is live while nothing is delivered, and while it has no room. It is not if it has room and does
// not take what is delivered.
func TestHealthOfAWebhook(t *testing.T) {
	for name, full := range map[string]bool{"full": true, "wedged": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithPatience(time.Hour))
				release := make(chan struct{})
				config := telegram.Config{
					Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Concurrency: 1, Backlog: 1,
					Webhook: telegram.WebhookSettings{URL: "http://bot.example.com", Listen: telegram.ListenNone},
					Dispatch: func(context.Context, *telegram.Event) error {
						<-release
						return nil
					},
				}
				if !full {
					config.Constraints = func(u *telegram.Envelope, _ *telegram.Keys) error {
						<-release
						return nil
					}
				}
				bot := newBot(t, server, config, telegram.WithHTTPClient(server.Client()), unlogged())
				server.DeliverTo(bot.Webhook())
				expect(t, bot, "before the start", "", "not started")
				start(t, bot)
				time.Sleep(time.Hour)
				expect(t, bot, "while nothing is delivered", "", "")
				for n := range 5 {
					push(t, server, message(1+n, 1))
				}
				synctest.Wait()
				for began := time.Now(); time.Since(began) < 40*time.Second; time.Sleep(time.Second) {
					fault := ""
					if !full && time.Since(began) > 10*time.Second {
						fault = "no update was taken for"
					}
					expect(t, bot, fmt.Sprintf("after %v", time.Since(began)), fault, "")
				}
				close(release)
				time.Sleep(time.Second)
				expect(t, bot, "when all is handled", "", "")
				stop(t, bot)
			})
		})
	}
}

// The listener of a webhook answers the probes, and shows strangers nothing else.
func TestHealthOnTheListener(t *testing.T) {
	server := tgtest.NewServer(t)
	var log syncBuffer
	bot := newBot(t, server, telegram.Config{
		Source:   telegram.SourceWebhook,
		Webhook:  telegram.WebhookSettings{URL: "http://bot.example.com", Listen: "127.0.0.1:0", Register: telegram.RegisterNever},
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	address := strings.TrimSuffix(listening(t, bot, &log), "/telegram")
	defer stop(t, bot)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, test := range []struct {
		method, path string
		body         string
		want         int
	}{
		{http.MethodGet, "/livez", "", http.StatusOK},
		{http.MethodHead, "/readyz", "", http.StatusOK},
		{http.MethodPost, "/livez", "", http.StatusNotFound},
		{http.MethodGet, "/livez", "a body", http.StatusNotFound},
		{http.MethodGet, "/statusz", "", http.StatusNotFound},
		{http.MethodGet, "/", "", http.StatusNotFound},
		{http.MethodGet, "/telegram", "", http.StatusUnauthorized},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, address+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != test.want {
			t.Errorf("%s %s %q is answered with %d, want %d", test.method, test.path, test.body, answer.StatusCode, test.want)
		}
	}
}
