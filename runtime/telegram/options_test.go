package telegram_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestEnvironment checks that New takes the token and the server from the environment, and that options override both.
func TestEnvironment(t *testing.T) {
	server := tgtest.NewServer(t)
	config := telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }}
	starts := func(opts ...telegram.Option) {
		t.Helper()
		bot, err := telegram.New(config, opts...)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := bot.Start(ctx); err != nil {
			t.Fatal(err)
		}
		stop(t, bot)
	}
	t.Setenv("BOT_TOKEN", server.Token)
	t.Setenv("BOT_API_URL", server.URL)
	starts()
	t.Setenv("BOT_TOKEN", "123456789:AA-another")
	t.Setenv("BOT_API_URL", "http://127.0.0.1:1")
	starts(telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL))
}

// TestNewRefuses checks that the error of New says what was tried and what is wrong.
func TestNewRefuses(t *testing.T) {
	t.Setenv("BOT_TOKEN", "")
	t.Setenv("BOT_API_URL", "")
	dispatch := func(context.Context, *telegram.Event) error { return nil }
	token := telegram.WithToken("123456789:AA")
	for _, test := range []struct {
		config telegram.Config
		opts   []telegram.Option
		want   string
	}{
		{telegram.Config{}, []telegram.Option{token}, "making the bot: Config.Dispatch is nil"},
		{telegram.Config{Dispatch: dispatch}, nil, "making the bot: there is no token: set BOT_TOKEN"},
		{telegram.Config{Dispatch: dispatch, Sink: 9}, []telegram.Option{token}, "making the bot: sink mode 9 does not exist"},
	} {
		if _, err := telegram.New(test.config, test.opts...); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}

// TestNewNamesTheVariable checks that an error about the token or the API URL names the variable or the option that it is
// from, says how to correct it, and shows no token.
func TestNewNamesTheVariable(t *testing.T) {
	const token = "123456789:AAsecretsecretsecretsecretsecret-_"
	for url, want := range map[string]string{
		"127.0.0.1:9":                          "does not start with http:// or https://: did you mean http://127.0.0.1:9?",
		"localhost:8081":                       "did you mean http://localhost:8081?",
		"localhost":                            "did you mean http://localhost?",
		"bot-api:8081/":                        "did you mean http://bot-api:8081?",
		"[::1]:8081":                           "did you mean http://[::1]:8081?",
		"//127.0.0.1:9/x":                      "did you mean http://127.0.0.1:9?",
		"api.telegram.org":                     "did you mean https://api.telegram.org?",
		"user:password@host":                   "does not start with http:// or https://",
		"http:/127.0.0.1:9":                    "does not start with http:// or https://",
		"htp://127.0.0.1:9":                    "does not start with http:// or https://",
		"http://":                              "has no host",
		"http://127.0.0.1:9\n":                 "invalid control character",
		"http://127.0.0.1:8081/bot":            "ends with /bot: leave that out",
		"http://127.0.0.1:8081/bot/":           "ends with /bot: leave that out",
		"https://api.telegram.org/bot" + token: "holds a token: leave it out",
		"https://api.telegram.org/bot123456789%3aAAsecretsecretsecretsecretsecret-_/getMe": "holds a token: leave it out",
		token: "holds a token: leave it out",
	} {
		for _, name := range []string{"BOT_API_URL", "WithAPIURL"} {
			t.Setenv("BOT_TOKEN", token)
			t.Setenv("BOT_API_URL", "")
			var opts []telegram.Option
			if name == "BOT_API_URL" && !strings.Contains(url, "\x00") {
				t.Setenv("BOT_API_URL", url)
			} else {
				opts = append(opts, telegram.WithAPIURL(url))
			}
			_, err := telegram.New(telegram.Config{Dispatch: ignore}, opts...)
			if err == nil || !strings.HasPrefix(err.Error(), "making the bot: "+name+": ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %q: error is %v, want %s", name, url, err, want)
			} else if strings.Contains(err.Error(), "AAsecret") || strings.Contains(err.Error(), "password") {
				t.Errorf("%s %q: the error shows a secret: %v", name, url, err)
			}
		}
	}
	t.Setenv("BOT_API_URL", "")
	for _, bad := range []string{token + "\n", token + "/tests", token + "/test/", token + "/test/test", "/test", token + "/x", "a b"} {
		t.Setenv("BOT_TOKEN", bad)
		_, err := telegram.New(telegram.Config{Dispatch: ignore})
		if err == nil || !strings.HasPrefix(err.Error(), "making the bot: BOT_TOKEN: ") || strings.Contains(err.Error(), "AAsecret") {
			t.Errorf("token %q: error is %v", bad, err)
		}
	}
}

// TestTestEnvironment checks that a bot with a token of Telegram's test environment calls and polls /bot<token>/test/METHOD.
func TestTestEnvironment(t *testing.T) {
	server := tgtest.NewServer(t)
	var mu sync.Mutex
	paths := map[string]int{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		paths[r.URL.Path]++
		mu.Unlock()
		r.URL.Path = strings.Replace(r.URL.Path, "/test/", "/", 1)
		server.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	done := make(chan struct{})
	var log lockedBuffer
	bot, err := telegram.New(telegram.Config{Dispatch: func(_ context.Context, ev *telegram.Event) error {
		defer close(done)
		file := gotgbot.File{FilePath: "a.jpg"}
		if got, want := file.URL(ev.Bot, nil), proxy.URL+"/file/bot"+server.Token+"/test/a.jpg"; got != want {
			t.Errorf("the file's URL is %s, want %s", got, want)
		}
		return errors.New("no file at " + file.URL(ev.Bot, nil))
	}}, telegram.WithToken(server.Token+"/test"), telegram.WithAPIURL(proxy.URL), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	push(t, server, message(1, 1))
	<-done
	stop(t, bot)
	mu.Lock()
	defer mu.Unlock()
	for path := range paths {
		if method, found := strings.CutPrefix(path, "/bot"+server.Token+"/test/"); !found || method != "getMe" && method != "getUpdates" {
			t.Errorf("the bot called %s", path)
		}
	}
	if strings.Contains(log.String(), server.Token) || !strings.Contains(log.String(), "/bot<token>/test/a.jpg") {
		t.Errorf("the log is %s", log.String())
	}
}
