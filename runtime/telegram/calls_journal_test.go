package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// An erasure is a commit that deletes records.
type erasure struct {
	records int
	at      time.Time
}

// A watchedStore is a store in memory that notes its commits.
type watchedStore struct {
	session.Store

	mu      sync.Mutex
	present map[string]bool
	loads   int
	puts    int
	erased  []erasure
	down    error // not nil: a delete fails
}

func newWatchedStore() *watchedStore {
	return &watchedStore{Store: session.NewMemory(session.MemoryConfig{}), present: make(map[string]bool)}
}

func (s *watchedStore) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	return s.Store.Load(ctx, keys)
}

func (s *watchedStore) Commit(ctx context.Context, writes []session.Write) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	deletes := 0
	for _, w := range writes {
		if w.Delete {
			deletes++
		}
	}
	if deletes == 0 {
		s.puts++
	} else if s.erased = append(s.erased, erasure{deletes, time.Now()}); s.down != nil {
		return s.down
	}
	if err := s.Store.Commit(ctx, writes); err != nil {
		return err
	}
	for _, w := range writes {
		if s.present[w.Key] = true; w.Delete {
			delete(s.present, w.Key)
		}
	}
	return nil
}

func (s *watchedStore) keys() (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.present {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// journaled is the configuration of a bot with a journal.
func journaled(dispatch func(context.Context, *telegram.Event) error) telegram.Config {
	return telegram.Config{
		Delivery:    telegram.AtLeastOnce,
		Calls:       telegram.CallsConfig{Journal: true},
		Constraints: chatOrder,
		Dispatch:    dispatch,
	}
}

// startJournaled starts such a bot on a server in memory.
func startJournaled(t *testing.T, server *tgtest.Server, config telegram.Config, opts ...telegram.Option) *telegram.Bot {
	t.Helper()
	bot := newBot(t, server, config, append(opts, telegram.WithHTTPClient(server.Client()))...)
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return bot
}

// texts returns the texts of the messages that the server got, in order.
func texts(server *tgtest.Server) (texts []string) {
	for _, call := range server.SentBy("sendMessage") {
		texts = append(texts, call.Text())
	}
	return texts
}

func wantTexts(t *testing.T, server *tgtest.Server, want ...string) {
	t.Helper()
	if got := texts(server); !slices.Equal(got, want) {
		t.Errorf("the server got %q, want %q", got, want)
	}
}

// Another attempt at an update does not send again what was sent, on both ways of a call. It gets the same messages.
func TestJournal_G15_Retry(t *testing.T) {
	link := telegram.WithCalls(func(next gotgbot.BotClient) gotgbot.BotClient { return &struct{ gotgbot.BotClient }{next} })
	for name, opts := range map[string][]telegram.Option{"encoded calls": nil, "calls with a map": {link}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				var ids [][]int64
				config := journaled(func(ctx context.Context, ev *telegram.Event) error {
					ev.Enter("Talk")
					one, err := ev.Reply(ctx, "one", nil)
					if err != nil {
						return err
					}
					two, err := ev.Bot.SendMessageWithContext(ctx, ev.Header.Chat, "two", nil)
					if err != nil {
						return err
					}
					ids = append(ids, []int64{one.MessageId, two.MessageId, one.Chat.Id})
					if ev.Attempt < 3 {
						return errors.New("not yet")
					}
					_, err = ev.Reply(ctx, "three", nil)
					return err
				})
				config.Retry = telegram.Retry{Attempts: 3}
				store := newWatchedStore()
				bot := startJournaled(t, server, config, append(opts, telegram.WithStore(store))...)
				push(t, server, message(7, 1))
				time.Sleep(time.Minute)
				wantTexts(t, server, "one", "two", "three")
				if len(ids) != 3 || !slices.Equal(ids[0], ids[1]) || !slices.Equal(ids[0], ids[2]) || ids[0][0] == 0 || ids[0][2] != 7 {
					t.Errorf("the messages of the attempts are %v", ids)
				}
				if store.loads != 1 || store.puts != 3 {
					t.Errorf("%d loads and %d commits", store.loads, store.puts)
				}
				stop(t, bot)
			})
		})
	}
}

// The next process does not send again what an update's handler had sent when the process ended.
func TestJournal_G8_Redelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := newWatchedStore()
		var runs atomic.Int32
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			for _, text := range []string{"one", "two", "two"} {
				if _, err := ev.Reply(ctx, text, nil); err != nil {
					return err
				}
			}
			if runs.Add(1) < 3 {
				<-ctx.Done() // until the stop cancels it
				return ctx.Err()
			}
			_, err := ev.Reply(ctx, "three", nil)
			return err
		})
		for range 2 {
			bot := startJournaled(t, server, config, telegram.WithStore(store))
			if runs.Load() == 0 {
				push(t, server, message(7, 1))
			}
			time.Sleep(time.Second)
			cancelled, cancel := context.WithCancel(t.Context())
			cancel()
			if err := bot.Stop(cancelled); err == nil {
				t.Error("the update is not unfinished")
			}
		}
		first := server.Pending()
		if keys := store.keys(); first != 1 || len(keys) != 1 || !strings.HasSuffix(keys[0], "/0") || !strings.HasPrefix(keys[0], strings.Split(server.Token, ":")[0]+"/journal/") {
			t.Errorf("%d updates are not confirmed, the records are %q", first, keys)
		}
		bot := startJournaled(t, server, config, telegram.WithStore(store))
		time.Sleep(time.Second)
		stop(t, bot)
		wantTexts(t, server, "one", "two", "two", "three")
		if keys := store.keys(); len(keys) != 0 || server.Pending() != 0 {
			t.Errorf("%d updates are not confirmed, the records are %q", server.Pending(), keys)
		}
	})
}

// Only the calls of an update's handlers are journaled, and only if they may not be repeated.
func TestJournal_WhichCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := newWatchedStore()
		other := caller(t, server.URL, telegram.Config{Delivery: telegram.AtLeastOnce, Calls: telegram.CallsConfig{Journal: true}},
			telegram.WithStore(store), telegram.WithToken(server.Token), telegram.WithHTTPClient(server.Client()))
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			ev.Go(func(ctx context.Context) error {
				_, err := ev.Bot.SendMessageWithContext(ctx, 7, "go", nil)
				return err
			})
			if _, err := ev.Bot.SendMessage(7, "no context", nil); err != nil {
				return err
			}
			if _, err := other.SendMessageWithContext(ctx, 7, "another bot", nil); err != nil {
				return err
			}
			if err := ev.Typing(ctx); err != nil {
				return err
			}
			return errors.New("again")
		})
		config.Retry = telegram.Retry{Attempts: 2}
		config.OnError = func(ctx context.Context, ev *telegram.Event, err error) {
			if _, err := ev.Reply(ctx, "sorry", nil); err != nil {
				t.Error(err)
			}
		}
		bot := startJournaled(t, server, config, telegram.WithStore(store))
		push(t, server, message(7, 1))
		time.Sleep(time.Minute)
		stop(t, bot)
		got := texts(server)
		slices.Sort(got)
		if want := []string{"another bot", "another bot", "go", "go", "no context", "no context", "sorry"}; !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}
		if store.loads != 1 || store.puts != 1 { // of the error hook
			t.Errorf("%d loads and %d commits", store.loads, store.puts)
		}
	})
}

// What a handler does after its time-out changes no journal.
func TestJournal_G5_Late(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := newWatchedStore()
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			time.Sleep(2 * time.Second)
			_, err := ev.Bot.SendMessageWithContext(context.WithoutCancel(ctx), 7, "late", nil)
			return err
		})
		config.Timeout = time.Second
		bot := startJournaled(t, server, config, telegram.WithStore(store), telegram.WithLogger(slog.New(slog.DiscardHandler)))
		push(t, server, message(7, 1))
		time.Sleep(time.Minute)
		wantTexts(t, server, "late")
		if store.loads != 0 || store.puts != 0 {
			t.Errorf("%d loads and %d commits", store.loads, store.puts)
		}
		stop(t, bot)
	})
}

// New refuses a journal that serves no purpose, and warns of one that ends with the process.
func TestJournal_New(t *testing.T) {
	token := telegram.WithToken("123456789:AA")
	config := journaled(unused)
	config.Delivery = telegram.AtMostOnce
	want := "making the bot: Config.Calls: the journal needs Config.Delivery to be AtLeastOnce"
	if _, err := telegram.New(config, token); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is %v", err)
	}
	for _, test := range []struct {
		opts []telegram.Option
		want int
	}{{nil, 1}, {[]telegram.Option{telegram.WithStore(newWatchedStore())}, 0}} {
		var log bytes.Buffer
		opts := append(test.opts, token, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if _, err := telegram.New(journaled(unused), opts...); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(log.String(), "WithStore"); n != test.want || strings.Count(log.String(), "\n") != test.want {
			t.Errorf("with %d options the log is %q", len(test.opts), log.String())
		}
	}
}

// An observer is told a call that is recalled, as any other.
func TestJournal_Observed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			if _, err := ev.Reply(ctx, "hello", nil); err != nil || ev.Attempt == 2 {
				return err
			}
			return errors.New("again")
		})
		config.Retry = telegram.Retry{Attempts: 2}
		observer := new(callObserver)
		bot := startJournaled(t, server, config, telegram.WithStore(newWatchedStore()), telegram.WithObserver(observer))
		push(t, server, message(1, 1))
		time.Sleep(time.Minute)
		stop(t, bot)
		wantTexts(t, server, "hello")
		if n := strings.Count(fmt.Sprint(observer), "sendMessage"); n != 2 {
			t.Errorf("observed %v", observer)
		}
	})
}
