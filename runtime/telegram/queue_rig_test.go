package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A queueRig is a fleet of bots that share a queue and a store, in a bubble of synctest. Each handler takes a random time, and appends
// the number of its message to the list in the session of its chat.
type queueRig struct {
	t      *testing.T
	server *tgtest.Server
	memory *queue.Memory
	store  session.Store
	lists  *dispatch.Session[prefs]
	change func(*telegram.Config)
	handle func(b *queueBot, text string) error // may be nil

	mu      sync.Mutex
	handled map[[2]int64]int // how often a message was begun
	last    map[int64]int64  // the last message of the chat that was begun for the first time
	errs    []error
}

// A queueBot is a process of the fleet.
type queueBot struct {
	bot   *telegram.Bot
	queue *queue.MemoryQueue
	cut   atomic.Bool // it has lost its server
}

type openerFunc func(ctx context.Context, c queue.Config) (queue.Queue, error)

func (f openerFunc) Open(ctx context.Context, c queue.Config) (queue.Queue, error) { return f(ctx, c) }

func newQueueRig(t *testing.T) *queueRig {
	config := prefsConfig()
	config.Key = dispatch.ChatKey
	return &queueRig{
		t: t, server: tgtest.NewServer(t, tgtest.InMemory()), memory: queue.NewMemory(), store: newMemory(),
		lists: dispatch.NewSession(config), handled: make(map[[2]int64]int), last: make(map[int64]int64),
	}
}

// start starts another process.
func (r *queueRig) start(opts ...telegram.Option) *queueBot {
	b := new(queueBot)
	memory := r.server.Client().Transport
	client := &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
		if b.cut.Load() {
			return nil, errors.New("the server is gone")
		}
		return memory.RoundTrip(req)
	})}
	config := telegram.Config{
		Constraints: chatOrder, Sessions: []telegram.Session{r.lists}, Queue: telegram.QueueConfig{Partitions: 4, Attempts: 3},
		Dispatch: func(ctx context.Context, ev *telegram.Event) error { return r.dispatch(ctx, ev, b) },
		OnError: func(_ context.Context, _ *telegram.Event, err error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.errs = append(r.errs, err)
		},
	}
	if r.change != nil {
		r.change(&config)
	}
	opener := openerFunc(func(ctx context.Context, c queue.Config) (queue.Queue, error) {
		q, err := r.memory.Open(ctx, c)
		if err == nil {
			b.queue = q.(*queue.MemoryQueue)
		}
		return q, err
	})
	opts = append([]telegram.Option{
		telegram.WithStore(r.store), telegram.WithHTTPClient(client), telegram.WithLogger(quiet), telegram.WithQueue(opener),
	}, opts...)
	b.bot = newBot(r.t, r.server, config, opts...)
	r.again(b)
	return b
}

// again starts a process that was stopped.
func (r *queueRig) again(b *queueBot) {
	b.cut.Store(false)
	if err := b.bot.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *queueRig) dispatch(ctx context.Context, ev *telegram.Event, b *queueBot) error {
	value, _, err := r.lists.Get(ctx, ev)
	if err != nil {
		return err
	}
	chat, seq := ev.Header.Chat, ev.Update.Message.MessageId
	r.mu.Lock()
	if r.handled[[2]int64{chat, seq}]++; r.handled[[2]int64{chat, seq}] == 1 {
		if r.last[chat]++; r.last[chat] != seq {
			r.t.Errorf("chat %d: message %d was begun where %d was due", chat, seq, r.last[chat])
		}
	}
	r.mu.Unlock()
	time.Sleep(rand.N(50 * time.Millisecond))
	if r.handle != nil {
		if err := r.handle(b, ev.Update.Message.Text); err != nil {
			return err
		}
	}
	value.Lang = strings.TrimPrefix(value.Lang+" "+strconv.FormatInt(seq, 10), "en ")
	return r.lists.Set(ev, value)
}

// count returns how many handlers were begun.
func (r *queueRig) count() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, times := range r.handled {
		n += times
	}
	return n
}

// failures returns the errors that the hook was told since the last call.
func (r *queueRig) failures() []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := r.errs
	r.errs = nil
	return errs
}

// check checks that the list of each chat has the numbers from 1 to each.
func (r *queueRig) check(b *queueBot, chats, each int) {
	r.t.Helper()
	var want []string
	for seq := range each {
		want = append(want, strconv.Itoa(seq+1))
	}
	for chat := 1; chat <= chats; chat++ {
		v, err := r.lists.Load(r.t.Context(), b.bot, dispatch.FormatChat(int64(chat)))
		if err != nil {
			r.t.Fatal(err)
		}
		if v.Lang != strings.Join(want, " ") {
			r.t.Errorf("chat %d has the list %s, want the numbers up to %d", chat, v.Lang, each)
		}
	}
}

// settle waits until nothing is left to do.
func (r *queueRig) settle(b *queueBot) {
	r.t.Helper()
	for range 1000 {
		if r.server.Pending() == 0 && b.bot.Stats().Queue.Backlog == 0 {
			return
		}
		time.Sleep(time.Second)
	}
	r.t.Fatalf("the server has %d updates, and the status of the queue is %+v", r.server.Pending(), b.bot.Stats().Queue)
}

// kill ends a process like SIGKILL, except that its handlers go on for a while.
func (r *queueRig) kill(b *queueBot) {
	b.queue.Kill()
	b.cut.Store(true)
	time.Sleep(rand.N(100 * time.Millisecond))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = b.bot.Stop(ctx)
}

// say pushes a message with a text.
func (r *queueRig) say(chat, seq int, text string) {
	push(r.t, r.server, strings.Replace(message(chat, seq), fmt.Sprintf("number %d", seq), text, 1))
}
