package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

type spanKey struct{}

// A pathTracer gives each context the path of the work that it belongs to, and notes how the work ended.
type pathTracer struct {
	telegram.NopObserver

	mu    sync.Mutex
	ended []string
	bot   *telegram.Bot
}

func pathOf(ctx context.Context) string {
	path, _ := ctx.Value(spanKey{}).(string)
	return path
}

func (p *pathTracer) begin(ctx context.Context, name string) (context.Context, func(error)) {
	path := pathOf(ctx) + "/" + name
	return context.WithValue(ctx, spanKey{}, path), func(err error) { p.note("%s: %v", path, err) }
}

func (p *pathTracer) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = append(p.ended, fmt.Sprintf(format, args...))
}

func (p *pathTracer) Attached(bot *telegram.Bot) { p.bot = bot }

func (p *pathTracer) TraceUpdate(before context.Context, u *telegram.Envelope, attempt int) (context.Context, func(error)) {
	if strings.Contains(u.Raw(), "untraced") {
		return nil, nil
	}
	return p.begin(before, fmt.Sprint("attempt", attempt))
}

func (p *pathTracer) TraceCall(ctx context.Context, method string) (context.Context, func(error)) {
	return p.begin(ctx, method)
}

func (p *pathTracer) TraceRetry(ctx context.Context, method string, err error, wait time.Duration) {
	p.note("%s waits %v", pathOf(ctx), wait)
}

func (p *pathTracer) TraceStore(ctx context.Context, operation string) (context.Context, func(error)) {
	return p.begin(ctx, operation)
}

func (p *pathTracer) TraceAttrs(ctx context.Context) []slog.Attr {
	return []slog.Attr{slog.String("path", pathOf(ctx))}
}

// TestTracer checks which contexts have what a Tracer gives them, and that it is told once how each attempt has ended.
func TestTracer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		tracer := new(pathTracer)
		var log strings.Builder
		broken := errors.New("broken")
		bot, err := telegram.New(telegram.Config{
			Timeout: 10 * time.Second,
			Retry:   telegram.Retry{Attempts: 2, Backoff: time.Second},
			OnError: func(ctx context.Context, _ *telegram.Event, err error) {
				tracer.note("on_error in %q: %v", pathOf(ctx), err)
			},
			OnTimeout: func(ctx context.Context, _ *telegram.Event) { tracer.note("on_timeout in %q", pathOf(ctx)) },
			Dispatch: func(ctx context.Context, ev *telegram.Event) error {
				tracer.note("handler in %q", pathOf(ctx))
				switch ev.Message().Text {
				case "reply":
					_, err := ev.Reply(ctx, "hello", nil)
					return err
				case "go":
					ev.Go(func(ctx context.Context) error {
						tracer.note("work in %q", pathOf(ctx))
						return nil
					})
				case "fail":
					return broken
				case "panic":
					panic("oh")
				case "hang":
					time.Sleep(time.Minute)
				case "log":
					telegram.Logger(ctx).Info("line")
				}
				return nil
			},
		}, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHTTPClient(server.Client()),
			telegram.WithObserver(tracer), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err != nil {
			t.Fatal(err)
		}
		if tracer.bot != bot {
			t.Error("the observer was not told its bot")
		}
		if err := bot.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		alice := server.User("Alice")
		for _, c := range []struct {
			text string
			want []string
		}{
			{"nothing", []string{`handler in "/attempt1"`, `/attempt1: <nil>`}},
			{"untraced", []string{`handler in ""`}},
			{"reply", []string{`handler in "/attempt1"`, `/attempt1/sendMessage: <nil>`, `/attempt1: <nil>`}},
			{"go", []string{`handler in "/attempt1"`, `/attempt1: <nil>`, `work in "/attempt1"`}},
			{"fail", []string{
				`handler in "/attempt1"`, `/attempt1: broken`, `handler in "/attempt1/attempt2"`, `/attempt1/attempt2: broken`,
				`on_error in "/attempt1/attempt2": broken`,
			}},
			{"panic", []string{`handler in "/attempt1"`, `/attempt1: panic: oh`, `on_error in "/attempt1": panic: oh`}},
			{"hang", []string{`handler in "/attempt1"`, `/attempt1: the handler timed out`, `on_timeout in "/attempt1"`}},
			{"log", []string{`handler in "/attempt1"`, `/attempt1: <nil>`}},
		} {
			tracer.mu.Lock()
			tracer.ended = nil
			tracer.mu.Unlock()
			if c.text == "reply" {
				server.Fail("sendMessage", tgtest.Fault{Code: 429, RetryAfter: 2})
				c.want = slices.Insert(c.want, 1, "/attempt1/sendMessage waits 2s")
			}
			alice.Send(c.text)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			tracer.mu.Lock()
			got := slices.Clone(tracer.ended)
			tracer.mu.Unlock()
			if c.text == "go" { // at the same time
				slices.Sort(got[1:])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s:\n got %q\nwant %q", c.text, got, c.want)
			}
		}
		if err := bot.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "path=/attempt1 shard=") {
			t.Errorf("the log is %s", log.String())
		}
	})
}
