package telegram_test

import (
	"context"
	"strings"
	"testing"
	"time"

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
		{telegram.Config{Dispatch: dispatch}, []telegram.Option{token, telegram.WithAPIURL("localhost")}, "making the poller: API URL: "},
		{telegram.Config{Dispatch: dispatch, Sink: 9}, []telegram.Option{token}, "making the bot: sink mode 9 does not exist"},
	} {
		if _, err := telegram.New(test.config, test.opts...); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}
