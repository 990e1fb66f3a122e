package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

const hookSecret = "The_secret-1"

// hooked makes a bot that takes webhooks and does not listen itself, in a synctest bubble, and the pusher that delivers to it.
func hooked(t *testing.T, config telegram.Config, opts ...telegram.Option) (*telegram.Bot, *pusher, *tgtest.Server) {
	t.Helper()
	server := tgtest.NewServer(t, tgtest.InMemory())
	config.Webhook.URL, config.Webhook.Secret, config.Webhook.Listen = "https://bot.example.com", hookSecret, telegram.ListenNone
	opts = append([]telegram.Option{telegram.WithHTTPClient(server.Client()), telegram.WithLogger(slog.New(slog.DiscardHandler))}, opts...)
	bot := newBot(t, server, config, opts...)
	p := newPusher(t, "http://bot/telegram", hookSecret, 40)
	p.client = &http.Client{Transport: toHandler{bot.Webhook()}}
	return bot, p, server
}

func start(t *testing.T, bot *telegram.Bot) {
	t.Helper()
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A syncBuffer is a log that goroutines may write at the same time.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// listening starts a bot that listens on a port of its own, and returns the URL of its webhook.
func listening(t *testing.T, bot *telegram.Bot, log *syncBuffer) string {
	t.Helper()
	start(t, bot)
	found := regexp.MustCompile(`listening on ([0-9.]+:[0-9]+)`).FindStringSubmatch(log.String())
	if found == nil {
		t.Fatalf("the log does not say where the bot listens: %s", log)
	}
	return "http://" + found[1] + "/telegram"
}

// TestG1_Webhook delivers the messages of 200 chats, and presses of buttons below them, over 40 connections. The updates of a
// chat run one at a time, its messages in order, and each of them once. The presses of a user are a queue of their own.
func TestG1_Webhook(t *testing.T) {
	const chats, messages = 200, 50
	server := tgtest.NewServer(t)
	var log syncBuffer
	var running [chats + 1]atomic.Int32
	var last [chats + 1]int64
	var handled atomic.Int64
	bot := newBot(t, server, telegram.Config{
		Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Constraints: chatOrder,
		Webhook: telegram.WebhookSettings{URL: "http://bot", Listen: "127.0.0.1:0", Secret: hookSecret},
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			chat := ev.Header.Chat
			if running[chat].Add(1) != 1 {
				t.Errorf("two updates of chat %d run at once", chat)
			}
			defer running[chat].Add(-1)
			defer handled.Add(1)
			time.Sleep(rand.N(5 * time.Millisecond)) // the handler's work
			if m := ev.Update.Message; m != nil {
				if m.MessageId != last[chat]+1 {
					t.Errorf("chat %d: message %d after %d", chat, m.MessageId, last[chat])
				}
				last[chat] = m.MessageId
			}
			return nil
		},
	}, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	p := newPusher(t, listening(t, bot, &log), hookSecret, 40)
	id := int64(0)
	for seq := 1; seq <= messages; seq++ {
		for chat := 1; chat <= chats; chat++ {
			id++
			p.push("chat "+string(rune(chat)), id, delivered(id, chat, seq))
			if seq%10 == 0 {
				id++
				p.push("user "+string(rune(chat)), id, press(id, chat, chat, seq))
			}
		}
	}
	p.wait()
	stop(t, bot)
	if n := handled.Load(); n != id {
		t.Errorf("%d updates were handled, and %d delivered", n, id)
	}
	for chat := 1; chat <= chats; chat++ {
		if last[chat] != messages {
			t.Errorf("chat %d: the last message is %d", chat, last[chat])
		}
	}
}

// TestG3_G4_StuckWebhook delivers 10,000 updates to a bot whose handlers are stuck. It holds no more than its backlog, each
// update is tried at most once a second after its first two tries, and all are handled once when the handlers go on.
func TestG3_G4_StuckWebhook(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		t.Run(delivery.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const all, backlog = 10_000, 100
				free := make(chan struct{})
				var mu sync.Mutex
				times := map[int64]int{}
				bot, p, _ := hooked(t, telegram.Config{
					Source: telegram.SourceWebhook, Delivery: delivery, Concurrency: 10, Backlog: backlog,
					Dispatch: func(_ context.Context, ev *telegram.Event) error {
						<-free
						mu.Lock()
						times[ev.Header.ID]++
						mu.Unlock()
						return nil
					},
				})
				start(t, bot)
				for id := range int64(all) {
					p.push("chat "+string(rune(id)), id+1, delivered(id+1, int(id+1), 1))
				}
				for range 20 {
					time.Sleep(7 * time.Second)
					synctest.Wait()
					if n := bot.Len(); n > backlog {
						t.Fatalf("the bot holds %d updates", n)
					}
				}
				if refused := bot.Stats().Webhook.Refused; refused == 0 {
					t.Error("no update was refused")
				}
				close(free)
				p.wait()
				for bot.Len() > 0 {
					time.Sleep(time.Second)
				}
				stop(t, bot)
				for id := int64(1); id <= all; id++ {
					if times[id] != 1 {
						t.Errorf("update %d was handled %d times", id, times[id])
					}
					for i := 2; i < len(p.tries[id]); i++ {
						if apart := p.tries[id][i].Sub(p.tries[id][i-1]); apart < time.Second {
							t.Errorf("update %d was tried again after %v", id, apart)
						}
					}
				}
			})
		})
	}
}

// A handler of 70 s runs once, however often the server delivers its update meanwhile.
func TestG8_WebhookSlowHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		bot, p, _ := hooked(t, telegram.Config{Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Constraints: chatOrder,
			Dispatch: func(context.Context, *telegram.Event) error {
				runs.Add(1)
				time.Sleep(70 * time.Second)
				return nil
			}})
		start(t, bot)
		begin := time.Now()
		p.push("chat 1", 1, delivered(1, 1, 1))
		p.push("chat 1", 2, delivered(2, 1, 2))
		p.wait()
		if took := time.Since(begin); took != 140*time.Second || runs.Load() != 2 || len(p.triesOf(1)) != 2 {
			t.Errorf("%d runs in %v, after %d deliveries of the first update", runs.Load(), took, len(p.triesOf(1)))
		}
		stop(t, bot)
	})
}

// With at_most_once, an update is answered before it is handled. With at_least_once, it is answered when it is handled, and a
// final error is an end, too.
func TestG8_WebhookDelivery(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			var runs atomic.Int32
			bot, p, _ := hooked(t, telegram.Config{Source: telegram.SourceWebhook, Delivery: delivery,
				Retry: telegram.Retry{Attempts: 3, Backoff: time.Second, MaxBackoff: time.Second},
				Dispatch: func(context.Context, *telegram.Event) error {
					runs.Add(1)
					time.Sleep(5 * time.Second)
					return errors.New("failed")
				}, OnError: func(context.Context, *telegram.Event, error) {}})
			start(t, bot)
			begin := time.Now()
			p.push("chat 1", 1, delivered(1, 1, 1))
			p.wait()
			took, want := time.Since(begin), time.Duration(0)
			if delivery == telegram.AtLeastOnce {
				want = 15 * time.Second // and two back-offs, of which a part is left to chance
			}
			if took < want || took > want+2*time.Second {
				t.Errorf("%v: answered after %v", delivery, took)
			}
			time.Sleep(time.Minute) // until the attempts are made
			stop(t, bot)
			if n := runs.Load(); n != 3 {
				t.Errorf("%v: %d attempts", delivery, n)
			}
		})
	}
}

// What is not an update goes to on_error once, and the next update is handled.
func TestG6_WebhookNotAnUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := map[string]int{}
		handled := 0
		bot, p, _ := hooked(t, telegram.Config{Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Constraints: chatOrder, Concurrency: 1,
			Kinds: wire.Kinds(wire.KindMessage), Retry: telegram.Retry{Attempts: 5},
			Dispatch: func(context.Context, *telegram.Event) error { handled++; return nil },
			OnError: func(_ context.Context, ev *telegram.Event, err error) {
				_, split := errors.AsType[*wire.SplitError](err)
				_, decode := errors.AsType[*wire.DecodeError](err)
				if id := ev.Update.UpdateId; split && id != 0 || decode && id != 5 && id != 6 || split == decode {
					t.Errorf("update %d: %v", id, err)
				}
				failed[err.Error()]++
			}})
		start(t, bot)
		both := strings.TrimSuffix(delivered(6, 1, 1), "}") + `,"callback_query":{"id":"1"}}`
		unknown := strings.TrimSuffix(delivered(8, 1, 3), "}") + `,"a_later_kind":{"id":"1"},"poll":null}`
		huge := `{"update_id":99999999999999999999,"message":{"message_id":1}}`
		bodies := []string{"", `{"update_id":1,"message":{"tex`, `<html>`, `{"update_id":5,"message":[]}`, both, huge, delivered(7, 1, 2), unknown}
		for i, body := range bodies {
			p.push("chat 1", int64(i+1), body)
		}
		p.wait()
		if handled != 2 || len(failed) != 6 {
			t.Errorf("%d updates were handled, errors %v", handled, failed)
		}
		for _, want := range []string{
			"decoding update 6: not of one kind but of several, message and callback_query, at byte 0",
			"reading the body of a webhook's request: an update whose update_id is not a number from 1 to 9223372036854775806, at byte 0",
		} {
			if failed[want] != 1 {
				t.Errorf("no error %q: %v", want, failed)
			}
		}
		for id, tries := range p.tries {
			if len(tries) != 1 {
				t.Errorf("body %d was delivered %d times", id, len(tries))
			}
		}
		stop(t, bot)
	})
}

// A stop refuses new updates, waits for those that run, and answers them. If its time runs out, those that were left are
// delivered again, to the bot that is started next.
func TestG7_WebhookStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		handler := func(ctx context.Context, ev *telegram.Event) error {
			runs.Add(1)
			select {
			case <-time.After(time.Duration(ev.Update.Message.MessageId) * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		bot, p, _ := hooked(t, telegram.Config{Source: telegram.SourceWebhook, Delivery: telegram.AtLeastOnce, Dispatch: handler})
		if status, _ := p.try(pushed{1, delivered(1, 1, 1)}); status != http.StatusServiceUnavailable {
			t.Errorf("status %d before Start", status)
		}
		start(t, bot)
		p.push("chat 1", 1, delivered(1, 1, 5))
		p.push("chat 2", 2, delivered(2, 2, 60))
		synctest.Wait()
		stopping, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var err error
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			err = bot.Stop(stopping)
		}()
		synctest.Wait()
		if status, again := p.try(pushed{3, delivered(3, 3, 1)}); status != http.StatusServiceUnavailable || again < time.Second || again > 3*time.Second {
			t.Errorf("status %d and Retry-After %v during the stop", status, again)
		}
		<-stopped
		unfinished, ok := errors.AsType[*runtime.UnfinishedError](err)
		if !ok || unfinished.Stopped != 1 {
			t.Errorf("Stop: %v", err)
		}
		if len(p.triesOf(1)) != 1 {
			t.Errorf("the update that was handled was delivered %d times", len(p.triesOf(1)))
		}
		start(t, bot)
		p.wait()
		if runs.Load() != 3 {
			t.Errorf("%d runs", runs.Load())
		}
		stop(t, bot)
	})
}

// TestWebhookListens checks the bot's own server: who has the secret is heard, at the path of the spec, and the server is gone
// after Stop. An address that is in use ends Start.
func TestWebhookListens(t *testing.T) {
	server := tgtest.NewServer(t)
	var log syncBuffer
	config := telegram.Config{
		Webhook:  telegram.WebhookSettings{URL: "http://bot.example.com", Listen: "127.0.0.1:0"},
		Dispatch: func(context.Context, *telegram.Event) error { return nil },
	}
	bot := newBot(t, server, config, telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	for range 2 {
		url := listening(t, bot, &log)
		if want := "receiving webhooks as @test_bot at http://bot.example.com/telegram (listening on 127.0.0.1:"; !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q: %s", want, &log)
		}
		secret := registered(t, server)["secret_token"]
		for _, c := range []struct {
			url, secret string
			status      int
		}{{url, "", 401}, {url, hookSecret, 401}, {url, secret, 200}, {strings.TrimSuffix(url, "telegram"), secret, 404}} {
			p := newPusher(t, c.url, c.secret, 1)
			if status, _ := p.try(pushed{1, delivered(1, 1, 1)}); status != c.status {
				t.Errorf("%s with the secret %q: status %d, want %d", c.url, c.secret, status, c.status)
			}
		}
		taken := config
		taken.Webhook.Listen = strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/telegram")
		if err := newBot(t, server, taken).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "listening for the webhook: ") {
			t.Errorf("Start with an address in use: %v", err)
		}
		stop(t, bot)
		if status, _ := newPusher(t, url, secret, 1).try(pushed{1, delivered(1, 1, 1)}); status != 0 {
			t.Errorf("status %d after Stop", status)
		}
		log.mu.Lock()
		log.b.Reset()
		log.mu.Unlock()
	}
}

// registered waits until the bot has called setWebhook, and returns the parameters of the last call.
func registered(t *testing.T, server *tgtest.Server) tgtest.Params {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if calls := server.SentBy("setWebhook"); len(calls) > 0 {
			return calls[len(calls)-1].Params
		}
		select {
		case <-ctx.Done():
			t.Fatal("the bot has not called setWebhook")
		case <-time.After(time.Millisecond):
		}
	}
}

// A bot that polls has no webhook.
func TestWebhookOfABotThatPolls(t *testing.T) {
	server := tgtest.NewServer(t)
	bot := newBot(t, server, telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }})
	w := httptest.NewRecorder()
	bot.Webhook().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/telegram", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
