package telegram_test

import (
	"context"
	"errors"
	"log/slog"
	goruntime "runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// goBot runs a bot that starts f with Event.Go for each message, and returns it with the errors that its hook gets.
func goBot(t *testing.T, f func(context.Context) error) (*telegram.Bot, *tgtest.Server, <-chan error) {
	t.Helper()
	server := tgtest.NewServer(t)
	failed := make(chan error, 10)
	bot := newBot(t, server, telegram.Config{
		Dispatch: func(_ context.Context, ev *telegram.Event) error {
			ev.Enter("Starter")
			ev.Go(f)
			return nil
		},
		OnError: func(_ context.Context, ev *telegram.Event, err error) {
			if ev.Handler != "Starter" || ev.Header.ID == 0 || ev.Chat() == nil {
				t.Errorf("the event of the hook is %+v", ev)
			}
			failed <- err
		},
	})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return bot, server, failed
}

// TestG7_StopWaitsForGo checks that Stop waits for a function of Event.Go, whose context lives on after the handler.
func TestG7_StopWaitsForGo(t *testing.T) {
	running, finish := make(chan struct{}), make(chan struct{})
	var ended atomic.Bool
	bot, server, _ := goBot(t, func(ctx context.Context) error {
		close(running)
		<-finish
		ended.Store(ctx.Err() == nil)
		return nil
	})
	alice := server.User("Alice")
	alice.Send("one")
	<-running
	go func() {
		for bot.Running() { // until Stop has begun
			goruntime.Gosched()
		}
		close(finish)
	}()
	if err := bot.Stop(t.Context()); err != nil || !ended.Load() {
		t.Errorf("Stop: %v; the function ended with a live context: %v", err, ended.Load())
	}
}

// TestG7_StopCancelsGo checks that a stop that runs out of time cancels a function's context, and reports one that does not
// obey. The bot can be started again.
func TestG7_StopCancelsGo(t *testing.T) {
	running := make(chan struct{}, 2)
	obey, disobey := make(chan struct{}), make(chan struct{})
	bot, server, failed := goBot(t, func(ctx context.Context) error {
		running <- struct{}{}
		<-ctx.Done()
		select {
		case <-obey:
		case <-disobey:
		}
		return ctx.Err()
	})
	alice := server.User("Alice")
	close(obey)
	alice.Send("one")
	<-running
	stopping, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := bot.Stop(stopping); err != nil {
		t.Errorf("Stop with a function that obeys its context: %v", err)
	}
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the hook got %v", err)
	}

	obey = make(chan struct{})
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	alice.Send("two")
	<-running
	stopping, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := bot.Stop(stopping)
	if left, ok := errors.AsType[*telegram.UnfinishedWorkError](err); !ok || left.Running != 1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop with a function that does not obey: %v", err)
	}
	close(disobey)
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the hook got %v", err)
	}
	if err := bot.Stop(t.Context()); err != nil {
		t.Errorf("the last Stop: %v", err)
	}
}

// TestG6_GoPanic checks that a panic, an error and runtime.Goexit of a function of Event.Go go to the error hook.
func TestG6_GoPanic(t *testing.T) {
	mistake := errors.New("mistake")
	next := make(chan func(), 3)
	bot, server, failed := goBot(t, func(context.Context) error {
		(<-next)()
		return mistake
	})
	defer stop(t, bot)
	alice := server.User("Alice")
	next <- func() {}
	alice.Send("one")
	if err := <-failed; err != mistake {
		t.Errorf("an error: %v", err)
	}
	next <- func() { panic(mistake) }
	alice.Send("two")
	err := <-failed
	if p, ok := errors.AsType[*runtime.PanicError](err); !ok || !strings.Contains(string(p.Stack), "TestG6_GoPanic") {
		t.Errorf("a panic: %v", err)
	}
	next <- goruntime.Goexit
	alice.Send("three")
	if err := <-failed; !errors.Is(err, runtime.ErrGoexit) {
		t.Errorf("a Goexit: %v", err)
	}
}

// TestGoByHand checks that Go runs the function at once if no bot owns the event.
func TestGoByHand(t *testing.T) {
	ev := &telegram.Event{Update: &gotgbot.Update{}}
	ran := false
	ev.Go(func(context.Context) error { ran = true; return nil })
	if !ran {
		t.Error("the function did not run")
	}
	defer func() {
		if recover() == nil {
			t.Error("an error made no panic")
		}
	}()
	ev.Go(func(context.Context) error { return errors.New("mistake") })
}

// TestG5_TimeoutNamesTheHandler checks that the time-out hook's event, the default log line and an Observer name the
// handler, the update and the chat, while the handler still runs.
func TestG5_TimeoutNamesTheHandler(t *testing.T) {
	for _, hook := range []bool{true, false} {
		server := tgtest.NewServer(t)
		timedOut := make(chan telegram.Event, 1)
		var log strings.Builder
		names := &handlerNames{finished: make(chan string, 1), timedOut: make(chan string, 1)}
		config := telegram.Config{
			Timeout: 10 * time.Millisecond,
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				if ev.Update.Message.Text == "quick" {
					ev.Enter("Quick")
					return nil
				}
				ev.Enter("Slow")
				<-ctx.Done()
				return nil
			},
		}
		if hook {
			config.OnTimeout = func(_ context.Context, ev *telegram.Event) { timedOut <- *ev }
		}
		bot := newBot(t, server, config, telegram.WithObserver(names),
			telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		alice := server.User("Alice")
		alice.Send("quick")
		if name := <-names.finished; name != "Quick" {
			t.Errorf("Finished got an update of the handler %q", name)
		}
		alice.Send("slow")
		if name := <-names.timedOut; name != "Slow" {
			t.Errorf("TimedOut got an update of the handler %q", name)
		}
		if hook {
			if ev := <-timedOut; ev.Handler != "Slow" || ev.Header.Chat != alice.ID || ev.Header.ID == 0 {
				t.Errorf("the event of the hook is %+v", ev)
			}
		}
		stop(t, bot)
		if line := log.String(); !hook && (!strings.Contains(line, "handler=Slow") || !strings.Contains(line, "chat=71") || !strings.Contains(line, "update=")) {
			t.Errorf("the log is %s", line)
		}
	}
}

// handlerNames passes on the handlers of updates.
type handlerNames struct {
	telegram.NopObserver
	finished, timedOut chan string
}

func (h *handlerNames) Finished(u *telegram.Envelope, _ int, _ time.Duration, _ error) {
	h.finished <- u.Handler()
}
func (h *handlerNames) TimedOut(u *telegram.Envelope, _ int) { h.timedOut <- u.Handler() }
