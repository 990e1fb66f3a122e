package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A sessionRig is a bot with one dialogue, in a bubble of synctest. A message says what its handler does: "name", "age" and "idle"
// enter that state, "show" changes nothing, "fail" fails, "wait" takes 5 s, and "plain" does not look at the session.
type sessionRig struct {
	t      *testing.T
	epoch  time.Time
	server *tgtest.Server
	store  session.Store
	signup *dispatch.Session[signup]
	bot    *telegram.Bot
	sent   int

	mu     sync.Mutex
	log    []string // what the handlers and hooks saw
	expire error    // what the handler of a time-out returns
}

func newSessionRig(t *testing.T, store session.Store, change func(*telegram.Config), opts ...telegram.Option) *sessionRig {
	r := &sessionRig{t: t, epoch: time.Now(), server: tgtest.NewServer(t, tgtest.InMemory()), store: store}
	r.signup = dispatch.NewSession(signupConfig())
	r.start(change, opts...)
	return r
}

// start starts a new bot with the same server and store.
func (r *sessionRig) start(change func(*telegram.Config), opts ...telegram.Option) {
	config := telegram.Config{
		Constraints: chatOrder, Dispatch: r.dispatch, Expire: r.expired, Sessions: []telegram.Session{r.signup},
		OnError: func(_ context.Context, ev *telegram.Event, err error) {
			r.note("error %d %v", ev.Header.Chat, err)
		},
	}
	if change != nil {
		change(&config)
	}
	opts = append([]telegram.Option{telegram.WithStore(r.store), telegram.WithHTTPClient(r.server.Client()), telegram.WithLogger(quiet)}, opts...)
	r.bot = newBot(r.t, r.server, config, opts...)
	if err := r.bot.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *sessionRig) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, fmt.Sprintf("%v: ", time.Since(r.epoch).Round(time.Second))+fmt.Sprintf(format, args...))
}

func (r *sessionRig) dispatch(ctx context.Context, ev *telegram.Event) error {
	text := ev.Update.Message.Text
	if text == "plain" {
		r.note("plain %d", ev.Header.Chat)
		return nil
	}
	at, err := r.signup.At(ctx, ev)
	if err != nil {
		return err
	}
	r.note("%s %d at %d", text, ev.Header.Chat, at)
	switch text {
	case "fail":
		return errors.New("failed")
	case "wait":
		time.Sleep(5 * time.Second)
	case "name":
		return r.signup.Set(ev, signup{State: signupName})
	case "age":
		return r.signup.Set(ev, signup{State: signupAge})
	case "idle":
		return r.signup.Set(ev, signup{})
	}
	return nil
}

// expired is what the generator writes for a state with a time-out.
func (r *sessionRig) expired(ctx context.Context, ev *telegram.Event) error {
	if name := dispatch.Expired(ev); name != "Signup" {
		r.t.Errorf("the session %q has timed out", name)
	}
	at, err := r.signup.At(ctx, ev)
	if err != nil || at != signupAge {
		return err
	}
	r.note("expired %d %q", ev.Header.Chat, ev.Update.Message.Text)
	r.mu.Lock()
	err = r.expire
	r.mu.Unlock()
	if err != nil {
		return err
	}
	return r.signup.Set(ev, signup{})
}

// send sends messages to the bot, one after another, and waits a second after each.
func (r *sessionRig) send(chat int, texts ...string) {
	for _, text := range texts {
		r.push(chat, text)
		time.Sleep(time.Second)
		synctest.Wait()
	}
}

func (r *sessionRig) push(chat int, text string) {
	r.sent++
	push(r.t, r.server, strings.Replace(message(chat, r.sent), fmt.Sprintf("number %d", r.sent), text, 1))
}

// at waits until the given time.
func (r *sessionRig) at(when time.Duration) {
	time.Sleep(when - time.Since(r.epoch))
	synctest.Wait()
}

// saw checks what the handlers and hooks saw since the last call.
func (r *sessionRig) saw(want ...string) {
	r.t.Helper()
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	if got, want := strings.Join(r.log, "\n"), strings.Join(want, "\n"); got != want {
		r.t.Errorf("the handlers saw\n%s\nwant\n%s", got, want)
	}
	r.log = nil
}

// forget returns how much the handlers and hooks saw since the last call.
func (r *sessionRig) forget() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.log)
	r.log = nil
	return n
}

// fail sets the error of the handler of a time-out.
func (r *sessionRig) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire = err
}

// state returns the state of a chat.
func (r *sessionRig) state(chat int64) int {
	r.t.Helper()
	v, err := r.signup.Load(r.t.Context(), r.bot, dispatch.FormatChat(chat))
	if err != nil {
		r.t.Fatal(err)
	}
	return v.State
}
