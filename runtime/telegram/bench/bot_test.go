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

// A contender is a bot that is running, and handles what it is granted.
type contender struct {
	server, token string
	granted       int64
	left          atomic.Int64
	done          chan struct{}
	stop          func()
}

var contenders atomic.Int64

func newContender(server string) *contender {
	token := fmt.Sprintf("%d%03d:benchmark", os.Getpid(), contenders.Add(1))
	return &contender{server: server, token: token, done: make(chan struct{}, 1)}
}

// expect makes done tell when so many updates were handled.
func (c *contender) expect(n int) { c.left.Store(int64(n)) }

func (c *contender) handled() {
	if c.left.Add(-1) == 0 {
		c.done <- struct{}{}
	}
}

// patience is more than any benchmark needs for what it grants at once.
const patience = 5 * time.Minute

// wait returns when what is expected was handled.
func (c *contender) wait() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		panic(fmt.Sprintf("%d updates were not handled", c.left.Load()))
	}
}

// cost is what some updates took.
type cost struct {
	updates         int
	wall, processor time.Duration
}

// perUpdate is the processor time of an update, in ns.
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

// The types below are what the generator makes of a spec with a handler for messages, one for pressed buttons, and one
// for all else.

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
			ev.Handler = "Message"
			return h.Message(ctx, &messageInput{Event: *ev, Message: ev.Update.Message})
		case wire.KindCallbackQuery:
			ev.Handler = "Button"
			return h.Button(ctx, &buttonInput{Event: *ev, Query: ev.Update.CallbackQuery})
		default:
			ev.Handler = "Other"
			return h.Other(ctx, &otherInput{Event: *ev})
		}
	}
}

// all handles every update with one function.
type all func(ev *telegram.Event)

func (h all) Message(_ context.Context, in *messageInput) error { h(&in.Event); return nil }
func (h all) Button(_ context.Context, in *buttonInput) error   { h(&in.Event); return nil }
func (h all) Other(_ context.Context, in *otherInput) error     { h(&in.Event); return nil }

// startBot starts a bot of this project with the constraint chat. The handlers call work, which calls handled.
func startBot(server string, work func(*contender, *telegram.Event), change func(*telegram.Config)) *contender {
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
		change(&config)
	}
	bot, err := telegram.New(config, telegram.WithToken(c.token), telegram.WithAPIURL(c.server))
	check(err)
	check(bot.Start(context.Background()))
	c.stop = func() { check(bot.Stop(context.Background())) }
	return c
}

// gotgbotHandler takes every update.
type gotgbotHandler func(*gotgbot.Update)

func (gotgbotHandler) CheckUpdate(*gotgbot.Bot, *ext.Context) bool { return true }
func (gotgbotHandler) Name() string                                { return "bench" }

func (h gotgbotHandler) HandleUpdate(_ *gotgbot.Bot, ctx *ext.Context) error {
	h(ctx.Update)
	return nil
}

// startGotgbot starts a bot of gotgbot's own updater and dispatcher, which keep no order, with so many handlers at
// once. The handlers call work, which calls handled.
func startGotgbot(server string, work func(*contender, *gotgbot.Update), routines int) *contender {
	c := newContender(server)
	client := &gotgbot.BaseBotClient{DefaultRequestOpts: &gotgbot.RequestOpts{APIURL: server, Timeout: time.Minute}}
	bot, err := gotgbot.NewBot(c.token, &gotgbot.BotOpts{BotClient: client})
	check(err)
	dispatcher := ext.NewDispatcher(&ext.DispatcherOpts{MaxRoutines: routines, UnhandledErrFunc: check})
	dispatcher.AddHandler(gotgbotHandler(func(u *gotgbot.Update) { work(c, u) }))
	updater := ext.NewUpdater(dispatcher, &ext.UpdaterOpts{UnhandledErrFunc: check})
	opts := &gotgbot.GetUpdatesOpts{Timeout: 30, Limit: mostUpdates}
	check(updater.StartPolling(bot, &ext.PollingOpts{GetUpdatesOpts: opts}))
	c.stop = func() { check(updater.Stop()) }
	return c
}
