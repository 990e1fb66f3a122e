package telegram_test

import (
	"bytes"
	"context"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

func ignore(context.Context, *telegram.Event) error { return nil }

func commands(names ...string) []gotgbot.BotCommand {
	var list []gotgbot.BotCommand
	for _, name := range names {
		list = append(list, gotgbot.BotCommand{Command: name, Description: "About " + name})
	}
	return list
}

// menuBot starts a bot with menus, and returns its log, to be read after the bot has stopped.
func menuBot(t *testing.T, server *tgtest.Server, menus ...telegram.Menu) (*telegram.Bot, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	bot := newBot(t, server, telegram.Config{Menus: menus, RegisterCommands: true, Dispatch: ignore},
		telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return bot, &log
}

// TestRegisterCommands checks that the bot sets each menu in its scope and language, and only those that differ.
func TestRegisterCommands(t *testing.T) {
	server := tgtest.NewServer(t)
	menus := []telegram.Menu{
		{Commands: commands("start")},
		{Language: "de", Commands: commands("start", "hilfe")},
		{Scope: gotgbot.BotCommandScopeAllGroupChats{}, Commands: commands("start", "ban")},
		{Scope: gotgbot.BotCommandScopeAllPrivateChats{}, Language: "de", Commands: commands("geheim")},
	}
	set := 0
	for _, change := range []int{4, 0, 1} { // how many menus differ
		if change == 1 {
			menus[2].Commands = commands("start")
		}
		set += change
		bot, _ := menuBot(t, server, menus...)
		stop(t, bot)
		for _, menu := range menus {
			got, err := bot.API().GetMyCommands(&gotgbot.GetMyCommandsOpts{Scope: menu.Scope, LanguageCode: menu.Language})
			if err != nil || !reflect.DeepEqual(got, menu.Commands) {
				t.Errorf("menu of scope %v, language %q is %v, want %v: %v", menu.Scope, menu.Language, got, menu.Commands, err)
			}
		}
		if n := len(server.SentBy("setMyCommands")); n != set {
			t.Errorf("menus were set %d times, want %d", n, set)
		}
	}
}

// TestG16_MenuDoesNotDelayUpdates checks that the bot handles updates although the server does not take its menu, and that
// the menu is set when the server takes it.
func TestG16_MenuDoesNotDelayUpdates(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		fault  tgtest.Fault
		log    []string
		set    bool // after ten minutes
	}{
		"set 429":      {"setMyCommands", tgtest.Fault{Code: 429, RetryAfter: 490}, []string{"retry after 490", "call works again"}, true},
		"get 429":      {"getMyCommands", tgtest.Fault{Code: 429, RetryAfter: 490}, []string{"retry after 490", "call works again"}, true},
		"set 502":      {"setMyCommands", tgtest.Fault{Code: 502, Times: 3}, []string{"502", "call works again"}, true},
		"set hangs":    {"setMyCommands", tgtest.Fault{Hang: true}, []string{"deadline", "call works again"}, true},
		"set 400":      {"setMyCommands", tgtest.Fault{Code: 400, Description: "Bad Request: BOT_COMMAND_INVALID", Times: -1}, []string{"level=ERROR", "BOT_COMMAND_INVALID", "correct the spec"}, false},
		"get 400":      {"getMyCommands", tgtest.Fault{Code: 400, Times: -1}, []string{"level=ERROR", "correct the spec"}, false},
		"set 401":      {"setMyCommands", tgtest.Fault{Code: 401, Times: -1}, []string{"level=ERROR", "started again"}, false},
		"429 of years": {"setMyCommands", tgtest.Fault{Code: 429, RetryAfter: 1 << 40}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				server.Fail(test.method, test.fault)
				start := time.Now()
				bot, log := menuBot(t, server, telegram.Menu{Commands: commands("start")})
				push(t, server, message(1, 1))
				if err := server.WaitPending(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("the first update waited %v", took)
				}
				time.Sleep(10 * time.Minute)
				start = time.Now()
				stop(t, bot)
				if took := time.Since(start); took > time.Second {
					t.Errorf("the stop took %v", took)
				}
				if set := len(server.Commands()) > 0; set != test.set {
					t.Errorf("the menu is set: %v, want %v", set, test.set)
				}
				for _, want := range test.log {
					if !strings.Contains(log.String(), want) {
						t.Errorf("the log does not say %q: %s", want, log)
					}
				}
				if test.fault.Times < 0 && len(server.SentBy(test.method)) != 1 {
					t.Errorf("%d calls after a refusal that is final", len(server.SentBy(test.method)))
				}
			})
		})
	}
}

// TestAnEmptyMenuIsRemoved checks that the bot removes a menu that the spec has without commands.
func TestAnEmptyMenuIsRemoved(t *testing.T) {
	server := tgtest.NewServer(t)
	for _, list := range [][]gotgbot.BotCommand{commands("start"), nil, nil} {
		bot, log := menuBot(t, server, telegram.Menu{Commands: list})
		stop(t, bot)
		if got := server.Commands(); len(got) != len(list) {
			t.Errorf("the menu is %v, want %v: %s", got, list, log)
		}
	}
	if n := len(server.SentBy("deleteMyCommands")); n != 1 {
		t.Errorf("the menu was removed %d times, want once", n)
	}
}

// TestG16_OneRefusedMenu checks that a menu that is refused does not keep the others from being set.
func TestG16_OneRefusedMenu(t *testing.T) {
	server := tgtest.NewServer(t)
	bot, log := menuBot(t, server, telegram.Menu{Language: "de", Commands: commands("Start")}, telegram.Menu{Commands: commands("start")})
	stop(t, bot)
	if got := server.Commands(); !reflect.DeepEqual(got, commands("start")) {
		t.Errorf("the menu is %v", got)
	}
	if !strings.Contains(log.String(), "language=de") {
		t.Errorf("the log does not name the menu: %s", log)
	}
}

// TestG7_StopBesideAHangingMenu checks that a Stop waits for a call that sets a menu for a second at most.
func TestG7_StopBesideAHangingMenu(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		server.Fail("setMyCommands", tgtest.Fault{Hang: true, Times: -1})
		bot, _ := menuBot(t, server, telegram.Menu{Commands: commands("start")})
		time.Sleep(5 * time.Second)
		start := time.Now()
		stop(t, bot)
		if took := time.Since(start); took != time.Second {
			t.Errorf("the stop took %v", took)
		}
	})
}
