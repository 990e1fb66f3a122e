package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	runner "github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// A logText is a log that a test reads.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logText) lines(with string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, with) {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	return found
}

func (l *logText) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestG2_G5_OneStuckChat: a handler that never returns, one more message of its chat, and then 300 of other chats. Nothing
// waits for the handler for longer than twice its time-out: not its chat, the other chats, the offset, or the stop.
func TestG2_G5_OneStuckChat(t *testing.T) {
	for name, delivery := range map[string]telegram.Delivery{"at_most_once": telegram.AtMostOnce, "at_least_once": telegram.AtLeastOnce} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				log, release := new(logText), make(chan struct{})
				var mu sync.Mutex
				handled := make(map[int64]time.Duration)
				start := time.Now()
				bot := newBot(t, server, telegram.Config{
					Delivery:    delivery,
					Concurrency: 4, Backlog: 50,
					Timeout:     30 * time.Second,
					Constraints: chatOrder,
					Dispatch: func(_ context.Context, ev *telegram.Event) error {
						ev.Enter("Talk")
						if ev.Header.Chat == 1 && ev.Update.Message.MessageId == 1 {
							<-release
						}
						mu.Lock()
						defer mu.Unlock()
						handled[ev.Header.ID] = time.Since(start)
						return nil
					},
				}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(log.logger()))
				if err := bot.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				push(t, server, message(1, 1), message(1, 2))
				for n := range 300 {
					push(t, server, message(2+n, 1))
				}
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				mu.Lock()
				if len(handled) != 301 {
					t.Errorf("%d of 301 updates were handled", len(handled))
				}
				mu.Unlock()
				if n := server.Pending(); n != 0 && delivery == telegram.AtLeastOnce {
					t.Errorf("%d updates are not confirmed", n)
				}
				if got := log.lines("handler timed out"); len(got) != 1 || !strings.Contains(got[0], "handler=Talk chat=1 update=") {
					t.Errorf("logged %q", got)
				}
				want := `level=ERROR msg="handler is stuck, its constraints are released" handler=Talk chat=1 update=`
				if got := log.lines("is stuck"); len(got) != 1 || !strings.HasPrefix(got[0], want) || !strings.HasSuffix(got[0], " kind=message") {
					t.Errorf("logged %q", got)
				}
				stats := bot.Stats().Sink
				if stats.Stuck != 1 || stats.Abandoned != 1 || stats.Queued+stats.Running != 0 {
					t.Errorf("%+v", stats)
				}
				begin := time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
				defer cancel()
				err := bot.Stop(ctx)
				if unfinished, ok := errors.AsType[*runner.UnfinishedError](err); !ok || unfinished.Running != 1 || unfinished.Queued != 0 {
					t.Errorf("Stop: %v", err)
				}
				if took := time.Since(begin); took > time.Second {
					t.Errorf("Stop took %v", took)
				}
				close(release)
				synctest.Wait()
			})
		})
	}
}

// TestG4_StandingStillIsLogged: fetching that stands still for want of room says so after 10 s, with the update that is to
// blame, and every minute, and says when it goes on.
func TestG4_StandingStillIsLogged(t *testing.T) {
	for _, c := range []struct {
		name     string
		delivery telegram.Delivery
		chat     func(n int) int
		reason   string
		queued   int
	}{
		// One chat has filled the backlog.
		{"backlog", telegram.AtMostOnce, func(int) int { return 1 }, "the backlog is full", 149},
		// 99 updates behind a slow one are finished.
		{"window", telegram.AtLeastOnce, func(n int) int { return 1 + n }, "the oldest update is unfinished, and Telegram returns only 100 from there on", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := tgtest.NewServer(t, tgtest.InMemory())
				log, release := new(logText), make(chan struct{})
				observer := new(stallObserver)
				bot := newBot(t, server, telegram.Config{
					Delivery:    c.delivery,
					Concurrency: 150, Backlog: 150,
					Constraints: chatOrder,
					Dispatch: func(_ context.Context, ev *telegram.Event) error {
						ev.Enter("Talk")
						if ev.Update.Message.MessageId == 1 {
							<-release
						}
						return nil
					},
				}, telegram.WithHTTPClient(server.Client()), telegram.WithLogger(log.logger()), telegram.WithObserver(observer))
				if err := bot.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				for n := range 300 {
					push(t, server, message(c.chat(n), 1+n))
				}
				synctest.Wait()
				time.Sleep(75 * time.Second)
				synctest.Wait()
				lines := log.lines("stands still")
				for i, waited := range []string{"10s", "1m10s"} {
					want := fmt.Sprintf(`level=WARN msg="fetching stands still: %s" waited=%s queued=%d running=1 abandoned=0 retrying=0 age=`, c.reason, waited, c.queued)
					if len(lines) != 2 || !strings.HasPrefix(lines[i], want) || !strings.Contains(lines[i], " handler=Talk chat=1 update=") {
						t.Errorf("logged %q\nwant %s", lines, want)
					}
				}
				close(release)
				synctest.Wait()
				time.Sleep(time.Second)
				stop(t, bot)
				if got := log.lines("fetching goes on"); len(got) != 1 || !strings.Contains(got[0], "level=INFO") || len(log.lines("stands still")) != 2 {
					t.Errorf("logged %q", got)
				}
				if want := []string{c.reason, c.reason, "resumed"}; !slices.Equal(observer.told, want) {
					t.Errorf("the observer was told %q", observer.told)
				}
			})
		})
	}
}

type stallObserver struct {
	telegram.NopObserver
	told []string
}

func (o *stallObserver) Stalled(reason string, _ time.Duration) { o.told = append(o.told, reason) }
func (o *stallObserver) Resumed(time.Duration)                  { o.told = append(o.told, "resumed") }

// TestG7_G8_WhatAStopCancels: a handler that a stop cancels, and that returns its context's error, has not handled its
// update. The update is not confirmed, and comes again. A handler that finishes all the same has.
func TestG7_G8_WhatAStopCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		var mu sync.Mutex
		var handled []int64
		slow := true
		config := telegram.Config{
			Delivery:    telegram.AtLeastOnce,
			Constraints: chatOrder,
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				if slow && ev.Header.Chat != 1 {
					<-ctx.Done()
					if ev.Header.Chat == 2 {
						return fmt.Errorf("asking the database: %w", ctx.Err())
					}
				}
				mu.Lock()
				defer mu.Unlock()
				handled = append(handled, ev.Header.Chat)
				return nil
			},
			OnError: func(context.Context, *telegram.Event, error) {},
		}
		bot := newBot(t, server, config, telegram.WithHTTPClient(server.Client()))
		for range 2 {
			if err := bot.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if slow {
				push(t, server, message(1, 1), message(2, 1), message(3, 1), message(2, 2))
			}
			time.Sleep(time.Minute)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			err := bot.Stop(ctx)
			cancel()
			unfinished, stopped := errors.AsType[*runner.UnfinishedError](err)
			if slow && (!stopped || unfinished.Stopped != 1 || unfinished.Queued != 1 || bot.Len() != 2 || server.Pending() != 3) {
				t.Errorf("Stop: %v; %v is unfinished, %d updates are not confirmed", err, bot.Pending(), server.Pending())
			}
			if !slow && (err != nil || server.Pending() != 0) {
				t.Errorf("Stop: %v; %d updates are not confirmed", err, server.Pending())
			}
			slow = false
		}
		// The offset could not confirm 3, because 2 before it is unfinished. The poller knows 3 when it comes again.
		if want := []int64{1, 3, 2, 2}; !slices.Equal(handled, want) {
			t.Errorf("handled %d, want %d", handled, want)
		}
	})
}

// TestG3_BacklogInBytes: one stuck chat whose updates have 24 kB each does not fill the memory.
func TestG3_BacklogInBytes(t *testing.T) {
	server := tgtest.NewServer(t)
	release := make(chan struct{})
	const bound = 8 << 20
	bot := newBot(t, server, telegram.Config{
		BacklogBytes: bound,
		Constraints: func(u *telegram.Envelope, keys *telegram.Keys) error {
			_, err := u.Decode()
			keys.Chat(u.Header)
			return err
		},
		Dispatch: func(context.Context, *telegram.Event) error {
			<-release
			return nil
		},
	})
	big := strings.Replace(message(1, 1), "number 1", strings.Repeat("x", 24<<10), 1)
	before := heap()
	for range 20 {
		var batch []string
		for range 100 {
			batch = append(batch, big)
		}
		push(t, server, batch...)
	}
	served := heap() - before // what the server itself holds
	if err := bot.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := 0
	for last := -1; held == 0 || held != last; time.Sleep(200 * time.Millisecond) {
		last, held = held, bot.Len()
	}
	stats := bot.Stats().Sink
	grown := int64(heap()-before) - int64(served) - telegram.DefaultHeapReserve
	t.Logf("%d updates are held, %d kB as estimated; the heap has grown by %d kB", held, stats.Bytes>>10, grown>>10)
	if held >= 2000 || stats.Bytes < bound || stats.Bytes > bound+100*60<<10 {
		t.Errorf("%d updates of 24 kB are held, %d kB as estimated", held, stats.Bytes>>10)
	}
	if grown > bound+100*60<<10 {
		t.Errorf("the heap has grown by %d kB", grown>>10)
	}
	close(release)
	stop(t, bot)
}

// heap returns the bytes that are live after a garbage collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
