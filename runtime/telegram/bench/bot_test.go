//go:build linux

package bench

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
)

// A contender is a running bot that handles the updates that it is granted.
type contender struct {
	server, token string
	granted       int64         // updates so far
	remaining     atomic.Int64  // updates that are expected and not handled yet
	done          chan struct{} // receives when remaining becomes 0
	stop          func()
}

var contenders atomic.Int64

func newContender(server string) *contender {
	token := fmt.Sprintf("%d%03d:benchmark", os.Getpid(), contenders.Add(1))
	return &contender{server: server, token: token, done: make(chan struct{}, 1)}
}

// expect makes wait return when n more updates were handled.
func (c *contender) expect(n int) { c.remaining.Store(int64(n)) }

// handled counts an update. A handler calls it.
func (c *contender) handled() {
	if c.remaining.Add(-1) == 0 {
		c.done <- struct{}{}
	}
}

// patience is longer than any benchmark needs for the updates that it grants at once.
const patience = 5 * time.Minute

// wait returns when all expected updates were handled.
func (c *contender) wait() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		panic(fmt.Sprintf("%d updates were not handled", c.remaining.Load()))
	}
}

// A cost is the time that some updates took.
type cost struct {
	updates         int
	wall, processor time.Duration
}

// perUpdate is the processor time for an update, in ns.
func (c cost) perUpdate() float64 { return float64(c.processor) / float64(c.updates) }

// run grants n updates and returns when they are handled.
func (c *contender) run(n int) cost {
	c.expect(n)
	c.granted += int64(n)
	began, before := time.Now(), processor()
	grant(c.server, c.token, n)
	c.wait()
	return cost{updates: n, wall: time.Since(began), processor: processor() - before}
}

// The types below are as the generator writes them for a spec with a handler for messages, one for pressed buttons and one
// for all other updates.

type messageInput struct {
	telegram.Event
	Message *gotgbot.Message
}

type buttonInput struct {
	telegram.Event
	Query *gotgbot.CallbackQuery
}

type otherInput struct{ telegram.Event }

type handlers interface {
	Message(ctx context.Context, in *messageInput) error
	Button(ctx context.Context, in *buttonInput) error
	Other(ctx context.Context, in *otherInput) error
}

func dispatch(h handlers) func(ctx context.Context, ev *telegram.Event) error {
	return func(ctx context.Context, ev *telegram.Event) error {
		switch ev.Header.Kind {
		case wire.KindMessage:
			ev.Enter("Message")
			return h.Message(ctx, &messageInput{Event: *ev, Message: ev.Update.Message})
		case wire.KindCallbackQuery:
			ev.Enter("Button")
			return h.Button(ctx, &buttonInput{Event: *ev, Query: ev.Update.CallbackQuery})
		default:
			ev.Enter("Other")
			return h.Other(ctx, &otherInput{Event: *ev})
		}
	}
}

// all is handlers that call one function for every update.
type all func(ev *telegram.Event)

func (h all) Message(_ context.Context, in *messageInput) error { h(&in.Event); return nil }
func (h all) Button(_ context.Context, in *buttonInput) error   { h(&in.Event); return nil }
func (h all) Other(_ context.Context, in *otherInput) error     { h(&in.Event); return nil }

// startBot starts a bot of this project with the constraint chat. Its handlers call work, which must call handled, unless
// change sets another Dispatch.
func startBot(server string, work func(*contender, *telegram.Event), change func(*contender, *telegram.Config)) *contender {
	c := newContender(server)
	config := telegram.Config{
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			keys.Chat(u.Header)
			return nil
		},
		Dispatch: dispatch(all(func(ev *telegram.Event) { work(c, ev) })),
		Timeout:  30 * time.Second,
		OnError:  func(_ context.Context, _ *telegram.Event, err error) { panic(err) },
	}
	if change != nil {
		change(c, &config)
	}
	bot, err := telegram.New(config, telegram.WithToken(c.token), telegram.WithAPIURL(c.server))
	check(err)
	check(bot.Start(context.Background()))
	c.stop = func() { check(bot.Stop(context.Background())) }
	return c
}

// gotgbotHandler takes every update.
type gotgbotHandler func(*gotgbot.Bot, *gotgbot.Update)

func (gotgbotHandler) CheckUpdate(*gotgbot.Bot, *ext.Context) bool { return true }
func (gotgbotHandler) Name() string                                { return "bench" }

func (h gotgbotHandler) HandleUpdate(b *gotgbot.Bot, ctx *ext.Context) error {
	h(b, ctx.Update)
	return nil
}

// startGotgbot starts a bot with gotgbot's own updater and dispatcher, which keep no order. routines is how many handlers run
// at once. They call work, which must call handled.
func startGotgbot(server string, work func(*contender, *gotgbot.Bot, *gotgbot.Update), routines int) *contender {
	c := newContender(server)
	client := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server, Timeout: time.Minute}}
	bot, err := gotgbot.NewBot(c.token, &gotgbot.BotOpts{BotClient: client})
	check(err)
	dispatcher := ext.NewDispatcher(&ext.DispatcherOpts{MaxRoutines: routines, UnhandledErrFunc: check})
	dispatcher.AddHandler(gotgbotHandler(func(b *gotgbot.Bot, u *gotgbot.Update) { work(c, b, u) }))
	updater := ext.NewUpdater(dispatcher, &ext.UpdaterOpts{UnhandledErrFunc: check})
	opts := &gotgbot.GetUpdatesOpts{Timeout: 30, Limit: maxUpdates}
	check(updater.StartPolling(bot, &ext.PollingOpts{GetUpdatesOpts: opts}))
	c.stop = func() { check(updater.Stop()) }
	return c
}
