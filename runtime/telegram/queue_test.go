package telegram_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// TestQueueRestarts stops and starts processes of a fleet, while messages arrive. Each message is handled once, and those of a chat in
// order.
func TestQueueRestarts(t *testing.T) {
	for range 5 {
		inBubble(t, "", func(t *testing.T) { testFleet(t, false) })
	}
}

// TestQueueDeaths also kills processes, and has some lose their lease and their partitions. Each message is handled, for the first time
// in order, and changes its session once.
func TestQueueDeaths(t *testing.T) {
	for range 10 {
		inBubble(t, "", func(t *testing.T) { testFleet(t, true) })
	}
}

func testFleet(t *testing.T, deaths bool) {
	const chats, each = 11, 60
	r := newQueueRig(t)
	if deaths {
		r.change = func(c *telegram.Config) { c.Queue.Attempts = 1000 } // deaths are more frequent here than handlers are long
	}
	fleet := []*queueBot{r.start(), r.start(), r.start()}
	for seq := 1; seq <= each; seq++ {
		var batch []string
		for chat := 1; chat <= chats; chat++ {
			batch = append(batch, message(chat, seq))
		}
		push(t, r.server, batch...)
		time.Sleep(rand.N(60 * time.Millisecond))
		i := rand.IntN(len(fleet))
		switch event := rand.IntN(12); {
		case event == 0:
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			err := fleet[i].bot.Stop(ctx)
			cancel()
			// After deaths an update may wait for another attempt, because a zombie has changed its session.
			if unfinished, ok := errors.AsType[*runtime.UnfinishedError](err); err != nil && !(deaths && ok && unfinished.Running == 0) {
				t.Errorf("stopping: %v", err)
			}
			time.Sleep(rand.N(100 * time.Millisecond))
			r.again(fleet[i])
		case event == 1 && deaths:
			r.kill(fleet[i])
			fleet[i] = r.start()
		case event == 2 && deaths:
			fleet[i].queue.Lapse()
		}
	}
	r.settle(fleet[0])
	r.check(fleet[0], chats, each)
	if n := r.count(); n < chats*each || n > chats*each && !deaths {
		t.Errorf("%d handlers ran, want %d", n, chats*each)
	}
	if errs := r.failures(); len(errs) > 0 && !deaths {
		t.Errorf("the error hook was told %v", errs)
	}
	var leaders, owned int
	for _, b := range fleet {
		stop(t, b.bot)
	}
	for _, b := range fleet {
		r.again(b)
	}
	time.Sleep(time.Second)
	for _, b := range fleet {
		s := b.bot.Stats().Queue
		owned += len(s.Owned)
		if s.Leading {
			leaders++
		}
	}
	if leaders != 1 || owned != 4 {
		t.Errorf("%d processes lead, and they own %d partitions", leaders, owned)
	}
	for _, b := range fleet {
		stop(t, b.bot)
	}
}

// TestQueueLapse has a process lose its partitions while one message runs and another one of the chat waits. The other one is dropped
// and received again, once.
func TestQueueLapse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		r.handle = func(_ *queueBot, text string) error {
			if text == "long" {
				time.Sleep(10 * time.Second)
			}
			return nil
		}
		b := r.start()
		r.say(7, 1, "long")
		r.say(7, 2, "short")
		time.Sleep(time.Second)
		b.queue.Lapse()
		time.Sleep(time.Second)
		if n := b.bot.Len(); n != 3 {
			t.Errorf("the bot has %d updates, want the first, the second that it will drop, and the second again", n)
		}
		r.settle(b)
		if r.count() != 2 {
			t.Errorf("%d handlers ran, want 2", r.count())
		}
		r.check(b, 0, 0)
		stop(t, b.bot)
	})
}

// TestQueuePoison has an update that kills each process. After three attempts the error hook is told, and the update is a dead
// letter.
func TestQueuePoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		deadly := true
		died, release := make(chan struct{}, 1), make(chan struct{})
		defer close(release)
		r.handle = func(b *queueBot, text string) error {
			if text == "poison" && deadly {
				died <- struct{}{}
				<-release
			}
			return nil
		}
		r.change = func(c *telegram.Config) { c.Timeout, c.Hold = 10*time.Second, time.Second }
		r.say(7, 1, "before")
		r.say(7, 2, "poison")
		r.say(7, 3, "after")
		b := r.start()
		for range 3 {
			<-died
			b.queue.Kill()
			b.cut.Store(true)
			old := b.bot
			b = r.start()
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = old.Stop(ctx)
		}
		r.settle(b)
		errs := r.failures()
		var poison *telegram.PoisonError
		if len(errs) != 1 || !errors.As(errs[0], &poison) || poison.Attempts != 3 {
			t.Fatalf("the error hook was told %v", errs)
		}
		letter, err := b.queue.DeadLetters().Show(t.Context(), poison.Letter)
		if err != nil || !strings.Contains(string(letter.Data), `"text":"poison"`) {
			t.Errorf("the dead letter is %s, %v", letter.Data, err)
		}
		if n := b.bot.Stats().Queue.DeadLetters; n != 1 {
			t.Errorf("there are %d dead letters", n)
		}
		deadly = false
		if err := b.queue.DeadLetters().Replay(t.Context(), poison.Letter); err != nil {
			t.Fatal(err)
		}
		r.settle(b)
		v, err := r.lists.Load(t.Context(), b.bot, "7")
		if err != nil || v.Lang != "1 3 2" {
			t.Errorf("the list is %q, %v", v.Lang, err)
		}
		stop(t, b.bot)
	})
}

// TestQueueRetry has a handler that fails in all its attempts, and one that fails in its only one. The first becomes a dead letter.
func TestQueueRetry(t *testing.T) {
	for attempts, letters := range map[int]int64{1: 0, 3: 1} {
		inBubble(t, "", func(t *testing.T) {
			r := newQueueRig(t)
			failed := 0
			r.handle = func(_ *queueBot, text string) error {
				if text == "fail" {
					failed++
					return errors.New("no luck")
				}
				return nil
			}
			r.change = func(c *telegram.Config) { c.Retry = telegram.Retry{Attempts: attempts} }
			b := r.start()
			r.say(7, 1, "fail")
			r.say(7, 2, "works")
			r.settle(b)
			time.Sleep(time.Second)
			if errs := r.failures(); failed != attempts || len(errs) != 1 || errs[0].Error() != "no luck" {
				t.Errorf("the handler failed %d times, and the error hook was told %v", failed, errs)
			}
			list, err := b.queue.DeadLetters().List(t.Context(), 0, 10)
			if err != nil || int64(len(list)) != letters || letters > 0 && list[0].Cause != "no luck" {
				t.Errorf("the dead letters are %+v, %v", list, err)
			}
			stop(t, b.bot)
		})
	}
}

// TestQueueError has a token that is revoked: the polling ends, and so does the bot.
func TestQueueError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		b := r.start()
		time.Sleep(time.Second)
		r.server.Fail("getUpdates", tgtest.Fault{Code: http.StatusUnauthorized})
		r.say(7, 1, "hello") // ends the poll
		err := b.bot.Wait(t.Context())
		var api *telegram.APIError
		if !errors.As(err, &api) || api.Code != http.StatusUnauthorized || b.bot.Running() {
			t.Errorf("the bot ended with %v", err)
		}
		stop(t, b.bot)
	})
}

// TestQueueTimers has a state that times out. The time-out is handled once in its chat's order, by whatever process owns the chat, and
// again if its handler fails.
func TestQueueTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := queue.NewMemory()
		queued := func(c *telegram.Config) { c.Queue.Partitions = 4 }
		r := newSessionRig(t, newMemory(), queued, telegram.WithQueue(memory))
		first := r.bot
		r.start(queued, telegram.WithQueue(memory))
		for chat := 1; chat <= 8; chat++ {
			r.push(chat, "age")
		}
		r.at(time.Minute)
		if r.forget() != 8 {
			t.Error("the handlers were not called")
		}
		r.at(11 * time.Minute) // the leader may learn of a timer after 30 s
		if n := r.forget(); n != 8 {
			t.Errorf("%d states have timed out, want 8", n)
		}
		r.at(2 * time.Hour)
		r.saw()
		r.fail(errors.New("no luck"))
		r.push(7, "age")
		r.at(2*time.Hour + 11*time.Minute)
		r.fail(nil)
		r.at(2*time.Hour + 22*time.Minute)
		r.saw("2h0m0s: age 7 at 0", `2h10m0s: expired 7 "age"`, "2h10m0s: error 7 no luck", `2h20m0s: expired 7 "age"`)
		stop(t, first)
		r.push(3, "age")
		r.at(3 * time.Hour)
		r.saw("2h22m0s: age 3 at 0", `2h32m0s: expired 3 "age"`)
		stop(t, r.bot)
	})
}

// TestQueueWebhook has two processes that take webhooks. Deliveries are answered before the handlers have returned, and one that comes to
// both changes its session once.
func TestQueueWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		r.handle = func(_ *queueBot, text string) error { time.Sleep(time.Hour); return nil }
		r.change = func(c *telegram.Config) {
			c.Source = telegram.SourceWebhook
			c.Webhook = telegram.WebhookSettings{
				URL: "https://bot.example.com", Secret: hookSecret, Listen: telegram.ListenNone, Register: telegram.RegisterNever,
			}
		}
		fleet := []*queueBot{r.start(), r.start()}
		began := time.Now()
		deliver := func(b *queueBot, id string, seq int) {
			body := `{"update_id":` + id + `,` + message(7, seq)[1:]
			request := httptest.NewRequest(http.MethodPost, "/telegram", strings.NewReader(body))
			request.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
			answer := httptest.NewRecorder()
			b.bot.Webhook().ServeHTTP(answer, request)
			if answer.Code != http.StatusOK {
				t.Errorf("delivering %s: %d", id, answer.Code)
			}
		}
		deliver(fleet[0], "101", 1)
		deliver(fleet[1], "101", 1)
		deliver(fleet[1], "102", 2)
		if took := time.Since(began); took > time.Minute {
			t.Errorf("the deliveries were answered after %v", took)
		}
		time.Sleep(3 * time.Hour)
		if n := r.count(); n != 2 {
			t.Errorf("%d handlers ran, want 2", n)
		}
		v, err := r.lists.Load(t.Context(), fleet[0].bot, "7")
		if err != nil || v.Lang != "1 2" {
			t.Errorf("the list is %q, %v", v.Lang, err)
		}
		for _, b := range fleet {
			stop(t, b.bot)
		}
	})
}

// TestQueueSettings has settings that do not fit together.
func TestQueueSettings(t *testing.T) {
	dispatch := func(context.Context, *telegram.Event) error { return nil }
	partitions := telegram.QueueConfig{Partitions: 4}
	for want, given := range map[string]struct {
		config telegram.Config
		opener queue.Opener
	}{
		"use WithQueue":                 {telegram.Config{Queue: partitions}, nil},
		"write `queue: {partitions":     {telegram.Config{}, queue.NewMemory()},
		"neither can be negative":       {telegram.Config{Queue: telegram.QueueConfig{Partitions: -1}}, queue.NewMemory()},
		"needs Config.Sink to be Shard": {telegram.Config{Queue: partitions, Sink: telegram.Batch}, queue.NewMemory()},
	} {
		given.config.Dispatch = dispatch
		_, err := telegram.New(given.config, telegram.WithToken("1:a"), telegram.WithQueue(given.opener))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}
