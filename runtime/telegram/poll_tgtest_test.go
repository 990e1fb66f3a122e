package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/wire"
	"github.com/tggen/tggen/runtime/tgtest"
)

// pollerFor makes a poller for a server in a synctest bubble.
func pollerFor(t *testing.T, server *tgtest.Server, delivery telegram.Delivery) *telegram.Poller {
	t.Helper()
	p, err := telegram.NewPoller(telegram.PollerConfig{
		Token: server.Token, APIURL: server.URL, HTTPClient: server.Client(), Delivery: delivery, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A handled counts, by its text, how often each message was handled.
type handled map[string]int

// take fetches until n updates have come, and finishes each.
func (h handled) take(t *testing.T, p *telegram.Poller, n int) {
	t.Helper()
	// If an update does not come, the test fails after 20 minutes, which take no real time with the fake clock.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	for n > 0 {
		updates, err := p.Fetch(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range updates {
			update, err := u.Decode()
			if err != nil {
				t.Fatal(err)
			}
			h[update.Message.Text]++
			p.Done(u, nil)
		}
		n -= len(updates)
	}
}

// once fails the test unless the messages 0 to n-1 were each handled once.
func (h handled) once(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		if got := h[fmt.Sprint(i)]; got != 1 {
			t.Errorf("message %d was handled %d times", i, got)
		}
	}
	if len(h) != n {
		t.Errorf("%d messages were handled, of %d", len(h), n)
	}
}

// The server misbehaves between good answers. Each update is handled once, all are confirmed, and no goroutine is left.
func TestG8_G9_FaultyServer(t *testing.T) {
	for name, fault := range map[string]tgtest.Fault{
		"none":           {Times: 1, Delay: time.Millisecond},
		"409":            {Code: 409, Times: 3},
		"429":            {Code: 429, RetryAfter: 5, Times: 2},
		"500":            {Code: 500, Times: 3},
		"502 HTML":       {Status: 502, Body: "<html>Bad Gateway</html>", ContentType: "text/html", Times: 3},
		"200 HTML":       {Body: "<html>hello</html>", ContentType: "text/html"},
		"empty":          {Empty: true, Times: 3},
		"truncated":      {Truncate: true, Times: 3},
		"reset mid-body": {ResetMidBody: true, Times: 3},
		"hang":           {Hang: true, Times: 2},
		"slow":           {Delay: 35 * time.Second, Times: 2},
		"too slow":       {Delay: 45 * time.Second, Times: 2},
	} {
		for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
			t.Run(fmt.Sprintf("%s/%d", name, delivery), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := tgtest.NewServer(t, tgtest.InMemory())
					alice := server.User("Alice")
					p := pollerFor(t, server, delivery)
					h := handled{}
					for i := range 30 {
						alice.Send(fmt.Sprint(i))
						if i%10 == 5 {
							server.Fail("getUpdates", fault)
						}
						if i%3 == 2 {
							h.take(t, p, 3)
						}
					}
					if err := p.Close(t.Context()); err != nil {
						t.Error(err)
					}
					h.once(t, 30)
					if server.Pending() != 0 {
						t.Errorf("%d pending", server.Pending())
					}
				})
			})
		}
	}
}

func TestG8_ServerRestartsIDs(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			server := tgtest.NewServer(t, tgtest.InMemory(), tgtest.WithFirstUpdateID(1_999_999_900))
			alice := server.User("Alice")
			p := pollerFor(t, server, delivery)
			h := handled{}
			for i := range 300 { // beyond the highest id, and across a restart of the ids
				if i == 200 {
					server.RestartIDs(1000)
				}
				alice.Send(fmt.Sprint(i))
				h.take(t, p, 1)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
			h.once(t, 300)
			if server.Pending() != 0 {
				t.Errorf("%d pending", server.Pending())
			}
			if n := len(server.Polls()); n > 320 {
				t.Errorf("%d polls for 300 updates", n)
			}
		})
	}
}

// A process that was stopped leaves to the next one exactly the updates that it did not handle.
func TestG7_NextProcessContinues(t *testing.T) {
	for _, delivery := range []telegram.Delivery{telegram.AtMostOnce, telegram.AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			server := tgtest.NewServer(t, tgtest.InMemory())
			alice := server.User("Alice")
			h := handled{}
			sent := 0
			for range 40 {
				p := pollerFor(t, server, delivery)
				for range 7 {
					alice.Send(fmt.Sprint(sent))
					sent++
				}
				h.take(t, p, 6)
				ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond) // stops it while it polls
				updates, err := p.Fetch(ctx, 1)
				stop()
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Fatal(err)
				}
				start := time.Now()
				if err := p.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("Close took %v", took)
				}
				if len(updates) > 0 && server.Pending() == 0 {
					t.Fatal("an update that was fetched and not handled is confirmed")
				}
			}
			last := pollerFor(t, server, delivery)
			h.take(t, last, server.Pending())
			if err := last.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.once(t, sent)
			if server.Pending() != 0 {
				t.Errorf("%d pending", server.Pending())
			}
		})
	}
}

// The poller tells the server which kinds of update to send.
func TestPollerAllowedUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		alice := server.User("Alice")
		p, err := telegram.NewPoller(telegram.PollerConfig{
			Token: server.Token, APIURL: server.URL, HTTPClient: server.Client(), AllowedUpdates: []string{"inline_query"},
		})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() {
			alice.Send("not asked for")
			alice.Ask("query")
		})
		updates, err := p.Fetch(t.Context(), 100)
		if err != nil || len(updates) != 1 || updates[0].Kind != wire.KindInlineQuery {
			t.Errorf("%v, %v", updates, err)
		}
		if got := server.Polls()[0].AllowedUpdates; !slices.Equal(got, []string{"inline_query"}) {
			t.Errorf("asked for %q", got)
		}
	})
}
