package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

func TestG4_LimitIsTheFreeCapacity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, nil)
		server.push(500)
		for _, limit := range []int{1, 7, 100, 250} {
			if got := len(fetch(t, p, limit)); got != min(limit, 100) {
				t.Errorf("limit %d: %d updates", limit, got)
			}
		}
		var limits []int64
		for _, q := range server.asked() {
			limits = append(limits, q.Limit)
		}
		if want := []int64{1, 7, 100, 100}; !slices.Equal(limits, want) {
			t.Errorf("asked for %d, want %d", limits, want)
		}
	})
}

// A server that sends more updates than it was asked for does not overfill the sink, and no update is lost.
func TestG4_MoreThanAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(5)
		server.push(4)
		server.first(answer(200, ok(message(1, ""), message(2, ""), message(3, ""), message(4, ""))), answer(200, ok(message(3, ""), message(4, ""))))
		p := newTestPoller(t, server, nil)
		wantIDs(t, fetch(t, p, 2), 1, 2)
		wantIDs(t, fetch(t, p, 2), 3, 4)
		if q := server.asked()[1]; q.Offset != 3 {
			t.Errorf("asked from %d", q.Offset)
		}
		wantIDs(t, fetch(t, p, 2), 5, 6)
	})
}

func TestPollerDropsUnwantedKinds(t *testing.T) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			server := newBotServer(1)
			var dropped []int64
			p := newTestPoller(t, server, func(c *PollerConfig) {
				c.Delivery = delivery
				c.Kinds = wire.Kinds(wire.KindMessage)
				c.Observer = pollObserver{dropped: func(h wire.Header) { dropped = append(dropped, h.ID) }}
			})
			for range 3 {
				server.pushJSON(`{"update_id":%d,"poll":{"id":"1"}}`)
			}
			server.push(1)
			server.pushJSON(`{"update_id":%d,"never_heard_of":{}}`)
			updates := fetch(t, p, 100)
			wantIDs(t, updates, 4)
			done(p, updates...)
			server.pushJSON(`{"update_id":%d,"poll":{"id":"1"}}`)
			go func() {
				time.Sleep(time.Minute)
				server.push(1)
			}()
			wantIDs(t, fetch(t, p, 100), 7)
			if !slices.Equal(dropped, []int64{1, 2, 3, 5, 6}) {
				t.Errorf("dropped %d", dropped)
			}
			if s := p.Stats(); s.Dropped != 5 || s.Fetched != 7 || s.Duplicates != 0 {
				t.Errorf("%+v", s)
			}
			if n := len(server.asked()); n > 6 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// The server repeats updates and sends them out of order. The poller hands out each update once, in order.
func TestPollerDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, c, d, e := message(101, "a"), message(102, "b"), message(103, "c"), message(104, "d"), message(105, "e")
		server := newBotServer(200)
		server.first(
			answer(200, ok(b, a, b, a)),
			answer(200, ok(b, c, a)),
			answer(200, ok(a, b)),
			answer(200, ok(e, c, d)),
			answer(200, ok(a, b, c, d, e)),
		)
		server.push(1)
		p := newTestPoller(t, server, nil)
		wantIDs(t, fetch(t, p, 100), 101, 102)
		wantIDs(t, fetch(t, p, 100), 103)
		wantIDs(t, fetch(t, p, 100), 104, 105)
		wantIDs(t, fetch(t, p, 100), 200)
		if s := p.Stats(); s.Duplicates != 12 || s.Fetched != 6 {
			t.Errorf("%+v", s)
		}
	})
}

// If the server ignores the offset, the poller does not poll in a tight loop, and hands out no update twice.
func TestPollerDoesNotSpin(t *testing.T) {
	for name, body := range map[string]string{
		"the same again": ok(message(1, "a")),
		"unwanted":       ok(`{"update_id":1,"poll":{}}`),
		"nothing":        ok(),
	} {
		t.Run(name, func(t *testing.T) {
			for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
				synctest.Test(t, func(t *testing.T) {
					asked, handed := 0, 0
					p := newTestPoller(t, roundTrip(func(r *http.Request) (*http.Response, error) {
						asked++
						return answer(200, body)(r)
					}), func(c *PollerConfig) { c.Kinds, c.Delivery = wire.Kinds(wire.KindMessage), delivery })
					ctx, stop := contextFor(t, time.Minute)
					defer stop()
					for {
						updates, err := p.Fetch(ctx, 100)
						if err != nil {
							break
						}
						handed += len(updates)
						done(p, updates...)
					}
					if handed > 1 {
						t.Errorf("handed out %d", handed)
					}
					if asked > 310 { // one every 200 ms
						t.Errorf("asked %d times in a minute", asked)
					}
				})
			}
		})
	}
}

func TestPollerIDsRestartLower(t *testing.T) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		synctest.Test(t, func(t *testing.T) {
			server := newBotServer(1_999_999_999)
			p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = delivery })
			server.push(2)
			updates := fetch(t, p, 100)
			wantIDs(t, updates, 1_999_999_999, 2_000_000_000)
			done(p, updates[1]) // the first stays unfinished, with an id of the old numbering

			server.restart(5000)
			server.push(3)
			updates = append(updates, fetch(t, p, 100)...)
			wantIDs(t, updates[2:], 5000, 5001, 5002)
			done(p, updates[2:]...)
			go func() {
				time.Sleep(time.Minute)
				server.push(1)
			}()
			updates = append(updates, fetch(t, p, 100)...)
			wantIDs(t, updates[5:], 5003)
			if server.pending() != 1 {
				t.Errorf("%d pending", server.pending())
			}
			done(p, updates[0], updates[5])
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if server.pending() != 0 {
				t.Errorf("%d pending", server.pending())
			}
			if n := len(server.asked()); n > 8 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A server that keeps its state in memory was restarted while the bot runs, so its ids begin at 1 again.
func TestPollerSmallIDsRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, nil)
		server.push(30)
		fetch(t, p, 100)
		server.restart(1)
		server.push(3)
		wantIDs(t, fetch(t, p, 100), 1, 2, 3)
	})
}

func TestPollerUndecodableUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, nil)
		server.push(1)
		server.pushJSON(`{"update_id":%d,"message":{"message_id":"one"}}`)
		server.pushJSON(`{"update_id":%d,"message":17}`)
		server.pushJSON(`{"update_id":%d,"what":null}`)
		server.push(1)
		updates := fetch(t, p, 100)
		wantIDs(t, updates, 1, 2, 3, 4, 5)
		for i, broken := range []bool{false, true, true, false, false} {
			u, err := updates[i].Decode()
			if (err != nil) != broken || (u == nil) != broken {
				t.Errorf("update %d: %v, %v", i+1, u, err)
			}
			if broken && !strings.Contains(err.Error(), fmt.Sprintf("update %d: ", i+1)) {
				t.Errorf("error is %v", err)
			}
			again, err2 := updates[i].Decode()
			if again != u || !errors.Is(err2, err) {
				t.Errorf("update %d was decoded twice", i+1)
			}
		}
	})
}

// An update does not change when the buffer is reused for the next batch.
func TestPollerUpdatesOwnTheirBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, nil)
		server.push(3)
		updates := fetch(t, p, 100)
		server.first(answer(200, ok(message(11, "xxxxxxxxx"), message(12, "xxxxxxxxx"), message(13, "xxxxxxxxx"))))
		fetch(t, p, 100)
		for i, u := range updates {
			if want := message(u.ID, fmt.Sprintf("number %d", i)); u.Raw() != want {
				t.Errorf("update %d became %s", u.ID, u.Raw())
			}
		}
	})
}

func TestPollerStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		var fetched []int
		p := newTestPoller(t, server, func(c *PollerConfig) {
			c.Observer = pollObserver{fetched: func(n int, took time.Duration) {
				fetched = append(fetched, n, int(took.Seconds()))
			}}
		})
		if s := p.Stats(); s != (PollerStats{}) {
			t.Errorf("%+v", s)
		}
		go func() {
			time.Sleep(70 * time.Second)
			server.push(2)
		}()
		fetch(t, p, 100)
		if s := p.Stats(); s.Polls != 3 || s.Fetched != 2 || s.Failures != 0 || !s.LastAnswer.Equal(time.Now()) {
			t.Errorf("%+v", s)
		}
		if !slices.Equal(fetched, []int{0, 30, 0, 30, 2, 10}) {
			t.Errorf("the observer was told %d", fetched)
		}
	})
}
