package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	runner "github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A brokenStore is a store that can be down.
type brokenStore struct {
	session.Store
	mu   sync.Mutex
	down bool
}

func (s *brokenStore) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *brokenStore) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, errors.New("down: password=secret")
	}
	return s.Store.Load(ctx, keys)
}

// isAgo reports whether t is as long ago, to the second.
func isAgo(t time.Time, age time.Duration) bool { return time.Since(t).Round(time.Second) == age }

// The page and the JSON of /statusz say who is stuck and since when, and show nothing that a user wrote, no token, and no
// text that a browser takes for code.
func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := &brokenStore{Store: newMemory()}
		release := make(chan struct{})
		bot := newBot(t, server, telegram.Config{
			Delivery: telegram.AtLeastOnce, Constraints: chatOrder, Timeout: 30 * time.Second,
			Calls: telegram.CallsConfig{Journal: true, Attempts: 1},
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				switch ev.Header.Chat {
				case 1:
					ev.Enter("<script>alert(1)</script>")
					<-release
				case 2:
					ev.Enter("Quick")
					time.Sleep(10 * time.Second)
				case 3:
					_, err := ev.Bot.SendMessageWithContext(ctx, 3, "hello", nil)
					return err
				}
				return nil
			},
			OnError: func(context.Context, *telegram.Event, error) {},
		}, telegram.WithHTTPClient(server.Client()), unlogged(), telegram.WithStore(store))
		start(t, bot)
		store.set(true)
		push(t, server, message(1, 1), message(3, 1))
		time.Sleep(40 * time.Second)
		push(t, server, message(1, 2), message(2, 1), message(1, 3))
		time.Sleep(5 * time.Second)

		code, body := ask(bot, "/statusz", "application/json")
		var status struct {
			State string
			Live  struct{ OK bool }
			Ready struct{ OK bool }
			Bot   struct{ Username string }
			Stuck struct {
				Total    int
				Handlers []struct {
					Handler      string
					Chat, Update int64
					Kind         string
					Since        time.Time
					Took         float64 `json:"took_seconds"`
				}
			}
			Running struct {
				Total    int
				Handlers []struct {
					Handler string
					Chat    int64
					Took    float64 `json:"took_seconds"`
				}
			}
			Updates struct {
				Queued, Running, Abandoned int
				Failed                     int
				HasRoom                    bool `json:"has_room"`
				Oldest                     struct {
					Chat int64
					Age  float64 `json:"age_seconds"`
				}
			}
			Polling struct{ Fetched int }
			Journal struct {
				Failing      bool
				Failures     int
				FailingSince time.Time `json:"failing_since"`
			}
		}
		if err := json.Unmarshal([]byte(body), &status); err != nil || code != 200 {
			t.Fatalf("%d: %v: %s", code, err, body)
		}
		if len(status.Stuck.Handlers) != 1 || len(status.Running.Handlers) != 1 || status.Stuck.Total != 1 {
			t.Fatalf("the handlers: %s", body)
		}
		stuck, running, updates := status.Stuck.Handlers[0], status.Running.Handlers[0], status.Updates
		if stuck.Handler != "<script>alert(1)</script>" || stuck.Chat != 1 || math.Round(stuck.Took) != 45 || stuck.Kind != "message" ||
			!isAgo(stuck.Since, 45*time.Second) {
			t.Errorf("stuck: %+v", stuck)
		}
		if running.Handler != "Quick" || running.Chat != 2 || math.Round(running.Took) != 5 {
			t.Errorf("running: %+v", running)
		}
		if updates.Queued != 2 || updates.Running != 1 || updates.Abandoned != 1 || !updates.HasRoom || updates.Oldest.Chat != 1 || math.Round(updates.Oldest.Age) != 5 {
			t.Errorf("updates: %+v", updates)
		}
		if status.State != "running" || !status.Live.OK || !status.Ready.OK || status.Bot.Username != "test_bot" || status.Polling.Fetched != 5 {
			t.Errorf("the state: %s", body)
		}
		if j := status.Journal; !j.Failing || j.Failures != 1 || !isAgo(j.FailingSince, 45*time.Second) || updates.Failed != 1 {
			t.Errorf("the journal: %s", body)
		}

		_, page := ask(bot, "/statusz", "text/html,application/xhtml+xml,*/*;q=0.8")
		for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", "Stuck handlers: 1", "@test_bot: running", "<td>fails</td>"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not have %q: %s", want, page)
			}
		}
		for name, text := range map[string]string{"JSON": body, "page": page} {
			_, secret, _ := strings.Cut(server.Token, ":")
			for _, unwanted := range []string{secret, "number 1", "Ann", "password"} {
				if strings.Contains(text, unwanted) {
					t.Errorf("the %s shows %q: %s", name, unwanted, text)
				}
			}
		}
		if strings.Contains(page, "<script") {
			t.Errorf("the page has a script: %s", page)
		}
		store.set(false)
		push(t, server, message(3, 2))
		time.Sleep(time.Second)
		if _, body = ask(bot, "/statusz", ""); !strings.Contains(body, `"failing": false`) {
			t.Errorf("the store works again: %s", body)
		}
		close(release)
		stop(t, bot)
	})
}

// Activities names what runs: the update, the handler, the shard and the times.
func TestBotActivities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		bot := newBot(t, server, telegram.Config{
			Workers: 3, Constraints: chatOrder, Timeout: 10 * time.Second,
			Dispatch: func(_ context.Context, ev *telegram.Event) error {
				if ev.Header.Chat == 1 {
					ev.Enter("Slow")
				}
				time.Sleep(30 * time.Second)
				return nil
			},
		}, telegram.WithHTTPClient(server.Client()), unlogged())
		start(t, bot)
		push(t, server, message(1, 1))
		time.Sleep(4 * time.Second)
		push(t, server, message(2, 1), message(1, 2))
		time.Sleep(8 * time.Second)
		all := bot.Activities()
		if len(all) != 2 {
			t.Fatalf("%+v", all)
		}
		for i, want := range []telegram.Activity{
			{Handler: "Slow", Shard: runner.KeyOfInt(1).Shard(3), Took: 12 * time.Second, Abandoned: true},
			{Shard: runner.KeyOfInt(2).Shard(3), Took: 8 * time.Second},
		} {
			got := all[i]
			if chat := int64(i + 1); got.Header.Chat != chat || got.Header.ID == 0 {
				t.Errorf("activity %d: %+v", i, got.Header)
			}
			got.Took = got.Took.Round(time.Second)
			if got.Header = (telegram.Header{}); got != want {
				t.Errorf("activity %d: %+v, want %+v", i, got, want)
			}
		}
		time.Sleep(2 * time.Minute)
		if all := bot.Activities(); len(all) != 0 {
			t.Errorf("at the end: %+v", all)
		}
		stop(t, bot)
	})
}

// Logger names the update in every context that belongs to one, and the shard while it is known. Elsewhere it is the default.
func TestLogger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		log := new(logText)
		bot := newBot(t, server, telegram.Config{
			Workers: 1, Constraints: chatOrder, Timeout: 10 * time.Second,
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				telegram.Logger(ctx).Info("a predicate")
				ev.Enter("Buy")
				derived, cancel := context.WithCancel(ctx)
				defer cancel()
				telegram.Logger(derived).Info("a handler, of " + ev.Bot.Token)
				done := make(chan struct{})
				ev.Go(func(ctx context.Context) error {
					defer close(done)
					telegram.Logger(ctx).Info("a function of Go")
					return nil
				})
				<-done
				if ev.Update.Message.MessageId == 2 {
					time.Sleep(15 * time.Second)
				}
				return errors.New("failed on purpose")
			},
			OnError: func(ctx context.Context, ev *telegram.Event, err error) {
				telegram.Logger(ctx).Warn("the error hook", "error", err)
			},
			OnTimeout: func(ctx context.Context, ev *telegram.Event) { telegram.Logger(ctx).Warn("the time-out hook") },
		}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(log.logger()))
		start(t, bot)
		push(t, server, message(7, 1))
		time.Sleep(time.Second)
		push(t, server, message(7, 2))
		time.Sleep(time.Minute)
		stop(t, bot)
		first := "chat=7 update=" + log.update(t, "a predicate")
		for text, want := range map[string]string{
			"a predicate":      first + " kind=message shard=0",
			"a handler":        "handler=Buy " + first + " kind=message shard=0",
			"a function of Go": "handler=Buy " + first + " kind=message",
			"the error hook":   "handler=Buy " + first + " kind=message shard=0 error=\"failed on purpose\"",
		} {
			if lines := log.lines(text); len(lines) != 2 || !strings.HasSuffix(lines[0], " "+want) && !strings.HasSuffix(lines[0], `" `+want) {
				t.Errorf("%s: %q, want %q", text, lines, want)
			}
		}
		if lines := log.lines("the error hook"); !strings.Contains(lines[1], "handler=Buy chat=7 ") || !strings.Contains(lines[1], "after its time-out") {
			t.Errorf("the late error: %q", lines)
		}
		if lines := log.lines("the time-out hook"); len(lines) != 1 || !strings.Contains(lines[0], "handler=Buy chat=7 ") {
			t.Errorf("the time-out: %q", lines)
		}
		if _, secret, _ := strings.Cut(server.Token, ":"); len(log.lines(secret)) != 0 {
			t.Errorf("the log shows the token: %q", log.lines(secret))
		}
	})
	if telegram.Logger(t.Context()) != slog.Default() {
		t.Error("outside of a bot, Logger is not the default")
	}
	ev := &telegram.Event{Update: &gotgbot.Update{}}
	ev.Go(func(ctx context.Context) error {
		if telegram.Logger(ctx) != slog.Default() {
			t.Error("with an event that was made by hand, Logger is not the default")
		}
		return nil
	})
}

// update returns the number of the update in the first line with a text.
func (l *logText) update(t *testing.T, with string) string {
	lines := l.lines(with)
	if len(lines) == 0 {
		t.Fatalf("no line of the log has %q", with)
	}
	_, after, _ := strings.Cut(lines[0], "update=")
	number, _, _ := strings.Cut(after, " ")
	return number
}
