package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// newHooked makes a bot that takes webhooks, in a synctest bubble, for tests of what it registers.
func newHooked(t *testing.T, server *tgtest.Server, log *bytes.Buffer, change func(*telegram.Config)) *telegram.Bot {
	t.Helper()
	config := telegram.Config{
		AllowedUpdates: []string{"message", "callback_query"},
		Webhook:        telegram.WebhookSettings{URL: "https://bot.example.com", Secret: hookSecret, Listen: telegram.ListenNone},
		Dispatch:       func(context.Context, *telegram.Event) error { return nil },
	}
	if change != nil {
		change(&config)
	}
	return newBot(t, server, config, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
}

// A bot sets its webhook if none is set, or another one, and never otherwise. It does not delete it.
func TestWebhookRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		var log bytes.Buffer
		for _, step := range []struct {
			name    string
			change  func(*telegram.Config)
			because string
		}{
			{"none is set", nil, "none was set"},
			{"the same", nil, ""},
			{"the same by replicas", func(c *telegram.Config) { c.AllowedUpdates = []string{"callback_query", "message"} }, ""},
			{"another secret", func(c *telegram.Config) { c.Webhook.Secret = "another" }, "another address, secret or list of updates was set"},
			{"the first secret", nil, "another address, secret or list of updates was set"},
			{"another list", func(c *telegram.Config) { c.AllowedUpdates = []string{"message"} }, "another address, secret or list of updates was set"},
			{"no list", func(c *telegram.Config) { c.AllowedUpdates = nil }, "another address, secret or list of updates was set"},
			{"other connections", func(c *telegram.Config) { c.AllowedUpdates, c.Webhook.Connections = nil, 100 }, "max_connections was 40"},
			{"another address", func(c *telegram.Config) { c.Webhook.URL = "https://bot.example.com:8443/hook?a=b" }, "another address, secret or list of updates was set"},
			{"never", func(c *telegram.Config) { c.Webhook.Register = telegram.RegisterNever }, ""},
		} {
			log.Reset()
			before := len(server.SentBy("setWebhook"))
			bot := newHooked(t, server, &log, step.change)
			start(t, bot)
			time.Sleep(time.Minute)
			stop(t, bot)
			calls := server.SentBy("setWebhook")[before:]
			if want := step.because != ""; want != (len(calls) == 1) || len(calls) > 1 {
				t.Errorf("%s: %d calls of setWebhook: %s", step.name, len(calls), &log)
			}
			if !strings.Contains(log.String(), step.because) {
				t.Errorf("%s: the log does not say %q: %s", step.name, step.because, &log)
			}
			if strings.Contains(log.String(), hookSecret) {
				t.Errorf("%s: the log shows the secret: %s", step.name, &log)
			}
			time.Sleep(time.Minute)
		}
		last := server.SentBy("setWebhook")
		first, address := last[0].Params, last[len(last)-1].Params["url"]
		if !strings.HasPrefix(first["url"], "https://bot.example.com/telegram?v=") || first["secret_token"] != hookSecret ||
			first["max_connections"] != "40" || first["allowed_updates"] != `["message","callback_query"]` {
			t.Errorf("registered with %v", first)
		}
		if !strings.HasPrefix(address, "https://bot.example.com:8443/hook?a=b&v=") {
			t.Errorf("registered at %s", address)
		}
		if n := len(server.SentBy("deleteWebhook")); n != 0 {
			t.Errorf("the webhook was deleted %d times", n)
		}
	})
}

// However the registration fails, the bot handles what is delivered meanwhile, and tries again. It waits as long as the server
// asks.
func TestG16_WebhookRegistrationFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault tgtest.Fault
		after time.Duration
	}{
		"429": {tgtest.Fault{Code: 429, RetryAfter: 60}, time.Minute},
		"400": {tgtest.Fault{Code: 400, Description: "Bad Request: bad webhook: Failed to resolve host: Name or service not known"}, 0},
		"500": {tgtest.Fault{Code: 500}, 0},
	} {
		for _, method := range []string{"getWebhookInfo", "setWebhook"} {
			t.Run(name+" "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					begin := time.Now()
					handled := 0
					bot, p, server := hooked(t, telegram.Config{
						Delivery: telegram.AtLeastOnce,
						Dispatch: func(context.Context, *telegram.Event) error { handled++; return nil },
					})
					c.fault.Times = 2
					server.Fail(method, c.fault)
					start(t, bot)
					p.push("chat 1", 1, delivered(1, 1, 1))
					p.wait()
					if handled != 1 || time.Since(begin) != 0 {
						t.Errorf("%d updates were handled after %v", handled, time.Since(begin))
					}
					time.Sleep(2*c.after - time.Millisecond)
					if c.after > 0 && len(server.SentBy(method)) > 2 {
						t.Error("it did not wait as long as the server asked")
					}
					time.Sleep(time.Minute)
					if n := len(server.SentBy("setWebhook")); n == 0 || !server.SentBy("setWebhook")[n-1].OK() {
						t.Errorf("the webhook is not set after %d calls", n)
					}
					stop(t, bot)
				})
			})
		}
	}
}

// The log names the call that failed.
func TestWebhookRegistrationNamesTheCall(t *testing.T) {
	for _, method := range []string{"getWebhookInfo", "setWebhook"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				server.Fail(method, tgtest.Fault{Code: 502, Times: 1})
				var log bytes.Buffer
				bot := newHooked(t, server, &log, nil)
				start(t, bot)
				time.Sleep(time.Minute)
				stop(t, bot)
				if !strings.Contains(log.String(), `error="`+method+": 502") {
					t.Errorf("the log says: %s", &log)
				}
			})
		})
	}
}

// A stop does not wait for a registration.
func TestG7_StopInterruptsRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("getWebhookInfo", tgtest.Fault{Code: 429, RetryAfter: 3600, Times: 1})
		var log bytes.Buffer
		bot := newHooked(t, server, &log, nil)
		start(t, bot)
		time.Sleep(time.Second)
		begin := time.Now()
		stop(t, bot)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("the stop took %v", took)
		}
	})
}

// The environment says where a webhook is, and an option says more than the environment. What is wrong is an error that says
// what to do.
func TestWebhookSettings(t *testing.T) {
	const address = "BOT_WEBHOOK_URL"
	for name, c := range map[string]struct {
		env    map[string]string
		config telegram.Config
		api    string
		want   string // a part of the error
	}{
		"nothing":            {want: ""},
		"an address":         {env: map[string]string{address: "https://a.example"}},
		"no address":         {config: telegram.Config{Source: telegram.SourceWebhook}, want: "there is no public address: set BOT_WEBHOOK_URL"},
		"never":              {config: telegram.Config{Source: telegram.SourceWebhook, Webhook: telegram.WebhookSettings{Register: telegram.RegisterNever}}},
		"no scheme":          {env: map[string]string{address: "a.example"}, want: "BOT_WEBHOOK_URL): does not start with https://"},
		"another scheme":     {env: map[string]string{address: "ftp://a.example"}, want: "does not start with https://"},
		"http":               {env: map[string]string{address: "http://a.example"}, want: "Telegram takes only https"},
		"http, local":        {env: map[string]string{address: "http://a.example"}, api: "http://localhost:8081"},
		"a port":             {env: map[string]string{address: "https://a.example:8080"}, want: "the port 8080"},
		"a port, local":      {env: map[string]string{address: "https://a.example:8080"}, api: "http://localhost:8081"},
		"a port, no host":    {env: map[string]string{address: "https://:8443"}, want: "has no host"},
		"no host":            {env: map[string]string{address: "https:///x"}, want: "has no host"},
		"a password":         {env: map[string]string{address: "https://u:p@a.example"}, want: "a user or a password"},
		"a fragment":         {env: map[string]string{address: "https://a.example/#x"}, want: "a fragment"},
		"not a URL":          {env: map[string]string{address: "https://a b"}, want: "BOT_WEBHOOK_URL): "},
		"no port":            {env: map[string]string{address: "https://a.example", "BOT_WEBHOOK_LISTEN": "localhost"}, want: `the address "localhost" (BOT_WEBHOOK_LISTEN)`},
		"an empty port":      {env: map[string]string{address: "https://a.example", "BOT_WEBHOOK_LISTEN": ":"}, want: `the address ":" (BOT_WEBHOOK_LISTEN)`},
		"a secret":           {env: map[string]string{address: "https://a.example", "BOT_WEBHOOK_SECRET": "a b"}, want: "BOT_WEBHOOK_SECRET: character 2 of the secret"},
		"none":               {env: map[string]string{address: "none", "BOT_WEBHOOK_SECRET": "a b"}},
		"none of a webhook":  {env: map[string]string{address: "none"}, config: telegram.Config{Source: telegram.SourceWebhook}, want: "there is no public address"},
		"polling, anyway":    {env: map[string]string{address: "nonsense", "BOT_WEBHOOK_SECRET": "a b"}, config: telegram.Config{Source: telegram.SourcePolling}},
		"connections":        {env: map[string]string{address: "https://a.example"}, config: telegram.Config{Webhook: telegram.WebhookSettings{Connections: 101}}, want: "101 connections"},
		"answer within":      {env: map[string]string{address: "https://a.example"}, config: telegram.Config{Webhook: telegram.WebhookSettings{AnswerWithin: -1}}, want: "negative"},
		"a path":             {env: map[string]string{address: "https://a.example"}, config: telegram.Config{Webhook: telegram.WebhookSettings{Path: "telegram"}}, want: "the path"},
		"half a certificate": {env: map[string]string{address: "https://a.example"}, config: telegram.Config{Webhook: telegram.WebhookSettings{CertFile: "a"}}, want: "CertFile and KeyFile"},
		"a source":           {config: telegram.Config{Source: 9}, want: "source 9 does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{address, "BOT_WEBHOOK_SECRET", "BOT_WEBHOOK_LISTEN"} {
				t.Setenv(variable, c.env[variable])
			}
			c.config.Dispatch = func(context.Context, *telegram.Event) error { return nil }
			_, err := telegram.New(c.config, telegram.WithToken("1:A"), telegram.WithAPIURL(c.api))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "a b") && name != "not a URL" || strings.Contains(err.Error(), "u:p")) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
	t.Setenv(address, "https://a.example")
	t.Setenv("BOT_WEBHOOK_LISTEN", ":1")
	t.Setenv("BOT_WEBHOOK_SECRET", "secret")
	var got telegram.WebhookSettings
	config := telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }, Webhook: telegram.WebhookSettings{Listen: ":2"}}
	change := telegram.WithConfig(func(c *telegram.Config) { got = c.Webhook })
	if _, err := telegram.New(config, telegram.WithToken("1:A"), change); err != nil {
		t.Fatal(err)
	}
	if want := (telegram.WebhookSettings{URL: "https://a.example", Listen: ":1", Secret: "secret"}); got != want {
		t.Errorf("the options see %#v", got)
	}
}

// /statusz says whether the webhook is set, and what the server said about its last failed delivery. It asks the server once a
// minute at most, and only if somebody looks.
func TestStatusOfWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithPatience(time.Hour))
		var log bytes.Buffer
		bot := newHooked(t, server, &log, nil)
		fail := false
		server.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if fail {
				fail = false
				w.WriteHeader(http.StatusBadGateway) // as a proxy does
				return
			}
			bot.Webhook().ServeHTTP(w, r)
		}))
		look := func() (r struct {
			State, Error string
			Asked        time.Time
			Pending      int
			LastError    string    `json:"last_error"`
			LastErrorAt  time.Time `json:"last_error_at"`
		}) {
			t.Helper()
			_, body := ask(bot, "/statusz", "application/json")
			var status struct {
				Webhook struct{ Registration json.RawMessage }
			}
			if err := json.Unmarshal([]byte(body), &status); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if err := json.Unmarshal(status.Webhook.Registration, &r); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if strings.Contains(body, hookSecret) || strings.Contains(body, server.Token) {
				t.Errorf("a secret is shown: %s", body)
			}
			return r
		}
		if r := look(); r.State != "not set yet" || !r.Asked.IsZero() {
			t.Errorf("before the start: %+v", r)
		}
		server.Fail("setWebhook", tgtest.Fault{Code: 400, Description: "Bad Request: bad webhook: no such host", Times: 1})
		start(t, bot)
		synctest.Wait()
		if r := look(); r.State != "not set" || !strings.Contains(r.Error, "no such host") || !isAgo(r.Asked, 0) {
			t.Errorf("after a failed registration: %+v", r)
		}
		time.Sleep(30 * time.Second)
		if r := look(); r.State != "set" || r.Error != "" || r.LastError != "" || !r.LastErrorAt.IsZero() {
			t.Errorf("after the registration: %+v", r)
		}
		fail = true
		push(t, server, message(1, 1))
		if err := server.WaitPending(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		failed := time.Now()
		asked := len(server.SentBy("getWebhookInfo"))
		time.Sleep(time.Hour)
		if n := len(server.SentBy("getWebhookInfo")); n != asked {
			t.Errorf("the server was asked %d times while nobody looked", n-asked)
		}
		for range 5 {
			if r := look(); !strings.Contains(r.LastError, "502 Bad Gateway") || !r.LastErrorAt.Equal(failed.Truncate(time.Second)) || !isAgo(r.Asked, 0) || r.State != "set" {
				t.Errorf("after a failed delivery: %+v", r)
			}
		}
		if _, page := ask(bot, "/statusz", "text/html"); !strings.Contains(page, look().LastError) {
			t.Errorf("the page does not have %q: %s", look().LastError, page)
		}
		server.Fail("getWebhookInfo", tgtest.Fault{Code: 502, Times: 10})
		time.Sleep(2 * time.Minute)
		for range 5 {
			if r := look(); r.LastError == "" || !isAgo(r.Asked, 2*time.Minute) {
				t.Errorf("when the server does not answer: %+v", r)
			}
		}
		if n := len(server.SentBy("getWebhookInfo")); n != asked+2 {
			t.Errorf("the server was asked %d times", n-asked)
		}
		stop(t, bot)
		time.Sleep(time.Hour)
		if r := look(); r.LastError == "" || len(server.SentBy("getWebhookInfo")) != asked+2 {
			t.Errorf("a bot that is stopped asked: %+v", r)
		}
	})
}
