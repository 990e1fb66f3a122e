package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// The property test sends random updates to a bot that has three sessions and two handlers, both of which change the third, whose store fails, which is restarted
// and gets updates again, and whose sessions are changed from outside. Every change is a name in a list. The model is what must
// be in the lists at the end: the names of the handlers that have succeeded, each once, in the order of the updates, and those of
// the changes from outside, each once.

// A sessionTrial is one run of the property test.
type sessionTrial struct {
	t        *testing.T
	rand     *rand.Rand
	server   *tgtest.Server
	store    session.Store
	delivery telegram.Delivery
	signups  *dispatch.Session[signup]
	logs     *dispatch.Session[prefs]
	both     *dispatch.Session[prefs]
	bot      *telegram.Bot
	cut      *atomic.Bool // the bot has lost its server

	mu     sync.Mutex
	failed map[string]int // how often a flaky handler has failed
	errs   []error
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var quiet = slog.New(slog.DiscardHandler)

// The handlers are First, which changes the signup, and Second, which changes the logs. Both change the session that is called both. What they do stands in the text of the
// message: a word for each of them.
var sessionDeeds = []string{"works", "works", "works", "works", "fails", "panics", "flaky", "slow", "hangs"}

const sessionTimeout = 3 * time.Second

func (r *sessionTrial) start() {
	cut := new(atomic.Bool)
	r.cut = cut
	memory := r.server.Client().Transport
	client := &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
		if cut.Load() {
			return nil, errors.New("the server is gone")
		}
		return memory.RoundTrip(req)
	})}
	r.bot = newBot(r.t, r.server, telegram.Config{
		Constraints: chatOrder, Delivery: r.delivery, Timeout: sessionTimeout, Concurrency: 4, Backlog: 50,
		Sessions: []telegram.Session{r.signups, r.logs, r.both},
		Dispatch: r.dispatch,
		OnError: func(_ context.Context, _ *telegram.Event, err error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.errs = append(r.errs, err)
		},
		OnTimeout: func(context.Context, *telegram.Event) {},
	}, telegram.WithStore(r.store), telegram.WithHTTPClient(client), telegram.WithLogger(quiet))
	if err := r.bot.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// dispatch is what the generator writes for two handlers, of which the first continues.
func (r *sessionTrial) dispatch(ctx context.Context, ev *telegram.Event) (err error) {
	id, deeds, _ := strings.Cut(ev.Update.Message.Text, ":")
	first, second, _ := strings.Cut(deeds, ",")
	if at, failed := r.signups.At(ctx, ev); failed != nil {
		return failed
	} else if at >= 0 {
		err = dispatch.JoinError(err, "First", r.runFirst(ctx, ev, id, first))
	}
	if ctx.Err() != nil {
		return dispatch.CutShort(ctx, err)
	}
	value, found, failed := r.logs.Get(ctx, ev)
	if failed != nil {
		return errors.Join(err, failed)
	}
	if found {
		shared, _, failed := r.both.Get(ctx, ev)
		if failed != nil {
			return errors.Join(err, failed)
		}
		err = dispatch.JoinError(err, "Second", r.runSecond(ctx, ev, id, second, value, shared))
	}
	return err
}

func (r *sessionTrial) runSecond(ctx context.Context, ev *telegram.Event, id, deed string, value, shared prefs) (err error) {
	defer dispatch.Recover(&err)
	ev.Enter("Second")
	return ev.Try(telegram.Retry{Attempts: 4, Backoff: time.Second}, func() error {
		if err := r.do(ctx, id+"b", deed); err != nil {
			return err
		}
		value.Lang += " " + id
		shared.Lang += " " + id + "b"
		return errors.Join(r.logs.Set(ev, value), r.both.Set(ev, shared))
	})
}

func (r *sessionTrial) runFirst(ctx context.Context, ev *telegram.Event, id, deed string) (err error) {
	defer dispatch.Recover(&err)
	ev.Enter("First")
	return ev.Try(telegram.Retry{Attempts: 4, Backoff: time.Second}, func() error {
		value, _, err := r.signups.Get(ctx, ev)
		if err != nil {
			return err
		}
		shared, _, err := r.both.Get(ctx, ev)
		if err != nil {
			return err
		}
		if err := r.do(ctx, id+"a", deed); err != nil {
			return err
		}
		shared.Lang += " " + id + "a"
		value.State = 1 + (value.State+1)%2
		value.Count++
		value.Names = append(value.Names, id)
		return errors.Join(r.signups.Set(ev, value), r.both.Set(ev, shared))
	})
}

// do does what the text of the message says.
func (r *sessionTrial) do(ctx context.Context, id, deed string) error {
	switch deed {
	case "fails":
		return telegram.Permanent(errors.New("failed"))
	case "panics":
		panic("panicked")
	case "flaky":
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.failed[id]++; r.failed[id]%3 != 0 {
			return errors.New("flaky")
		}
	case "slow":
		time.Sleep(sessionTimeout / 4)
	case "hangs":
		time.Sleep(sessionTimeout + time.Second) // and returns as if nothing had happened
	}
	return nil
}

// outside changes the session of a chat until that has succeeded.
func (r *sessionTrial) outside(bot *telegram.Bot, chat int64, name string) {
	for {
		err := r.signups.Update(r.t.Context(), bot, dispatch.FormatChat(chat), func(v signup) (signup, bool, error) {
			if slices.Contains(v.Names, name) {
				return v, false, nil
			}
			v.State = max(v.State, signupName)
			v.Names = append(v.Names, name)
			return v, true, nil
		})
		if err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// kill ends the bot in the middle of its work: it loses its server, so that it confirms nothing, and its handlers are cancelled.
func (r *sessionTrial) kill() {
	r.cut.Store(true)
	ended, cancel := context.WithCancel(r.t.Context())
	cancel()
	_ = r.bot.Stop(ended) // what is unfinished comes again
}

// TestG8_SessionsAgainstModel runs random trials.
func TestG8_SessionsAgainstModel(t *testing.T) {
	runs := 300
	if testing.Short() {
		runs = 40
	}
	base := rand.Uint64()
	for i := range runs {
		seed := base + uint64(i)
		synctest.Test(t, func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			runSessionTrial(t, seed)
		})
	}
}

func runSessionTrial(t *testing.T, seed uint64) {
	r := &sessionTrial{t: t, rand: rand.New(rand.NewPCG(seed, 0)), failed: make(map[string]int)}
	r.server = tgtest.NewServer(t, tgtest.InMemory())
	r.delivery = telegram.Delivery(r.rand.IntN(2))
	again := r.delivery == telegram.AtLeastOnce
	config := signupConfig()
	config.States[signupAge].After = 0
	config.TTL = 1000 * time.Hour
	r.signups, r.logs = dispatch.NewSession(config), dispatch.NewSession(prefsConfig())
	shared := prefsConfig()
	shared.Name = "Both"
	r.both = dispatch.NewSession(shared)
	faulty := newFaultyStore(seed)
	if r.store = faulty; r.rand.IntN(3) == 0 {
		r.store = faulty.Store
	}
	fault := func(most float64) float64 { return most * r.rand.Float64() * float64(r.rand.IntN(2)) }
	r.start()
	const chats = 4
	var outside sync.WaitGroup
	wantFirst, wantSecond, wantBoth, wantOutside := make([][]string, chats), make([]string, chats), make([]string, chats), make([][]string, chats)
	for i := range chats {
		wantSecond[i], wantBoth[i] = "en", "en"
	}
	for n := range 5 + r.rand.IntN(40) {
		switch r.rand.IntN(8) {
		case 0:
			load, commit := faults{refused: fault(0.9)}, faults{refused: fault(0.6)}
			load.slow, commit.slow = time.Duration(r.rand.IntN(2))*4*time.Second+1, time.Duration(r.rand.IntN(2))*4*time.Second+1
			if again {
				commit.lost = fault(0.6)
			}
			faulty.set(load, commit)
		case 1:
			faulty.set(faults{}, faults{})
		case 2:
			if again {
				r.kill()
				r.start()
			}
		case 3:
			chat, name, bot := r.rand.IntN(chats), fmt.Sprint("x", n), r.bot
			wantOutside[chat] = append(wantOutside[chat], name)
			outside.Go(func() { r.outside(bot, int64(chat+1), name) })
		case 4:
			time.Sleep(time.Duration(r.rand.IntN(3000)) * time.Millisecond)
		default:
			chat := r.rand.IntN(chats)
			first, second := sessionDeeds[r.rand.IntN(len(sessionDeeds))], sessionDeeds[r.rand.IntN(len(sessionDeeds))]
			id := fmt.Sprint(n)
			push(t, r.server, strings.Replace(message(chat+1, n), fmt.Sprintf("number %d", n), id+":"+first+","+second, 1))
			good := func(deed string) bool { return deed != "fails" && deed != "panics" && deed != "hangs" }
			if first == "hangs" || second == "hangs" {
				continue // the update times out, and nothing of it is kept
			}
			if good(first) {
				wantFirst[chat] = append(wantFirst[chat], id)
				wantBoth[chat] += " " + id + "a"
			}
			if good(second) {
				wantSecond[chat] += " " + id
				wantBoth[chat] += " " + id + "b"
			}
		}
	}
	faulty.set(faults{}, faults{})
	outside.Wait()
	for range 600 {
		if time.Sleep(time.Second); r.server.Pending() == 0 && r.bot.Len() == 0 {
			break
		}
	}
	stop(t, r.bot)
	if n := r.server.Pending(); n != 0 {
		t.Errorf("%d updates are not confirmed", n)
	}
	for i := range chats {
		key := dispatch.FormatChat(int64(i + 1))
		v, err := r.signups.Load(t.Context(), r.bot, key)
		if err != nil {
			t.Error(err)
		}
		names, others := v.Names, []string(nil)
		for _, name := range wantOutside[i] {
			if slices.Contains(names, name) {
				others = append(others, name)
			}
			names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
		}
		if !slices.Equal(names, wantFirst[i]) || !slices.Equal(others, wantOutside[i]) || len(v.Names) != len(names)+len(others) || v.Count != len(names) {
			t.Errorf("%v: chat %d has the names %v, want %v and from outside %v", r.delivery, i+1, v.Names, wantFirst[i], wantOutside[i])
		}
		if p, err := r.logs.Load(t.Context(), r.bot, key); err != nil || p.Lang != wantSecond[i] {
			t.Errorf("%v: chat %d has the log %q, want %q; %v", r.delivery, i+1, p.Lang, wantSecond[i], err)
		}
		if p, err := r.both.Load(t.Context(), r.bot, key); err != nil || p.Lang != wantBoth[i] {
			t.Errorf("%v: chat %d has in both %q, want %q; %v", r.delivery, i+1, p.Lang, wantBoth[i], err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range r.errs {
		var panicked *runtime.PanicError
		if !errors.As(err, &panicked) && !strings.Contains(err.Error(), "failed") && !strings.Contains(err.Error(), "after its time-out") &&
			!strings.Contains(err.Error(), "flaky") && !errors.Is(err, context.Canceled) { // of a handler that kill has cancelled

			t.Errorf("the error hook got %v", err)
		}
	}
}
