package telegram

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func offsets(requests []botRequest) []int64 {
	list := make([]int64, len(requests))
	for i, q := range requests {
		list[i] = q.Offset
	}
	return list
}

// With at-most-once delivery, the next poll confirms a batch, whether it is finished or not.
func TestG8_AtMostOnceConfirmsWhenFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(10)
		p := newTestPoller(t, server, nil)
		server.push(5)
		wantIDs(t, fetch(t, p, 3), 10, 11, 12)
		if server.pending() != 5 {
			t.Errorf("%d pending after the first batch", server.pending())
		}
		wantIDs(t, fetch(t, p, 3), 13, 14)
		if server.pending() != 2 {
			t.Errorf("%d pending after the second batch", server.pending())
		}
		if got := offsets(server.asked()); !slices.Equal(got, []int64{0, 13}) {
			t.Errorf("offsets %d", got)
		}
	})
}

// With at-least-once delivery, the offset is the lowest unfinished update, even if later ones are finished.
func TestG8_AtLeastOnceOffsetIsTheLowestUnfinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(10)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		server.push(5)
		u := fetch(t, p, 100)
		wantIDs(t, u, 10, 11, 12, 13, 14)
		done(p, u[1], u[3], u[4])
		server.push(1)
		wantIDs(t, fetch(t, p, 100), 15)
		if server.pending() != 6 {
			t.Fatalf("%d pending, and the first is unfinished", server.pending())
		}
		done(p, u[0])
		server.push(1)
		wantIDs(t, fetch(t, p, 100), 16)
		if server.pending() != 5 {
			t.Fatalf("%d pending, and 12 is the lowest unfinished", server.pending())
		}
		if got := offsets(server.asked()); !slices.Equal(got, []int64{0, 10, 12}) {
			t.Errorf("offsets %d", got)
		}
	})
}

// While one update takes long, new updates come soon and only once, and the poller does not poll in a tight loop.
func TestG8_AtLeastOnceBesideASlowUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1000)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		server.push(1)
		slow := fetch(t, p, 100)
		start := time.Now()
		next := int64(1001)
		for range 20 {
			time.AfterFunc(5*time.Second, func() { server.push(1) })
			updates := fetch(t, p, 100)
			wantIDs(t, updates, next)
			if late := time.Since(start) % (5 * time.Second); late > idleLast {
				t.Errorf("%d came %v late", next, late)
			}
			time.Sleep(5*time.Second - time.Since(start)%(5*time.Second)) // until the next multiple of 5 s
			done(p, updates...)
			start = time.Now()
			next++
		}
		requests := server.asked()
		for i, q := range requests[1:] {
			if q.Offset != 1000 && q.Offset != 999 {
				t.Errorf("request %d has offset %d", i+1, q.Offset)
			}
			if before := requests[i]; q.Offset == before.Offset && q.at.Sub(before.at) < time.Second/2 {
				t.Errorf("request %d repeats the offset after %v, and gets one update at most", i+1, q.at.Sub(before.at))
			}
		}
		if n := len(requests); n > 20*(5*5+10) { // at most 5 in a second, and a few more after each update
			t.Errorf("%d requests in 100 s", n)
		}
		done(p, slow...)
		if err := p.Close(t.Context()); err != nil || server.pending() != 0 {
			t.Errorf("Close: %v, %d pending", err, server.pending())
		}
	})
}

// If the window is full, the poller waits until the lowest update is finished. It does not poll meanwhile.
func TestG8_AtLeastOnceWakesWhenTheLowestIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		server.push(150)
		first := fetch(t, p, 100)
		if len(first) != 100 {
			t.Fatalf("%d updates", len(first))
		}
		asked := len(server.asked())
		for _, u := range first[1:] { // later updates that are finished make no room
			done(p, u)
		}
		start := time.Now()
		time.AfterFunc(time.Hour, func() { done(p, first[0]) })
		rest := fetch(t, p, 100)
		if len(rest) != 50 || rest[0].ID != 101 {
			t.Errorf("%d updates from %d", len(rest), rest[0].ID)
		}
		if took := time.Since(start); took != time.Hour {
			t.Errorf("took %v", took)
		}
		if n := len(server.asked()) - asked; n != 1 {
			t.Errorf("%d requests while the window was full", n)
		}

		// With room in the window the poller polls, and still wakes when the lowest update is finished.
		done(p, rest[1:]...)
		time.AfterFunc(time.Second+time.Millisecond, func() { server.push(1); done(p, rest[0]) })
		start = time.Now()
		wantIDs(t, fetch(t, p, 100), 151)
		if took := time.Since(start); took != time.Second+time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

// An update may be finished between the moment when the poller finds it unfinished and the moment when it begins to wait.
func TestG8_AwaitSeesAFinishedUpdate(t *testing.T) {
	p := newTestPoller(t, newBotServer(1), nil)
	u := &Envelope{mark: &mark{id: 1}}
	p.Done(u, nil)
	ctx, stop := contextFor(t, 10*time.Second)
	defer stop()
	if err := p.await(ctx, nil, u.mark); err != nil {
		t.Error("waited for an update that is finished")
	}
}

// A server that returns to an earlier numbering repeats an unfinished update. The poller recognizes the update, and does
// not confirm it before it is finished.
func TestG8_AnUnfinishedUpdateOfAnOlderNumbering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(200)
		server.first(
			answer(200, ok(message(100, "a"))),
			answer(200, ok(message(5, "b"))),
			answer(200, ok(message(5, "b"), message(100, "a"), message(101, "c"))),
		)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		a := fetch(t, p, 100)
		b := fetch(t, p, 100)
		wantIDs(t, b, 5)
		c := fetch(t, p, 100)
		wantIDs(t, c, 101)
		done(p, b[0], c[0])
		server.push(1)
		wantIDs(t, fetch(t, p, 100), 200)
		requests := server.asked()
		if got := requests[len(requests)-1].Offset; got != 100 {
			t.Errorf("offset %d, and 100 is unfinished", got)
		}
		done(p, a...)
	})
}

func TestG4_AtLeastOnceLimitCountsUnfinishedUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		server.push(200)
		for _, test := range []struct{ limit, ask, get int }{{30, 30, 30}, {20, 50, 20}, {100, 100, 50}} {
			if got := len(fetch(t, p, test.limit)); got != test.get {
				t.Errorf("limit %d: %d updates", test.limit, got)
			}
			requests := server.asked()
			if got := requests[len(requests)-1].Limit; got != int64(test.ask) {
				t.Errorf("limit %d: asked for %d", test.limit, got)
			}
		}
	})
}

// Many goroutines finish updates while one fetches. No update is lost, and none comes twice.
func TestG8_DoneFromManyGoroutines(t *testing.T) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		server := newBotServer(1)
		server.push(5000)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = delivery })
		var workers sync.WaitGroup
		handled := map[int64]bool{}
		for len(handled) < 5000 {
			for _, u := range fetch(t, p, 100) {
				if handled[u.ID] {
					t.Fatalf("%d came twice", u.ID)
				}
				handled[u.ID] = true
				workers.Go(func() { p.Done(u, nil) })
			}
		}
		workers.Wait()
		if err := p.Close(t.Context()); err != nil || server.pending() != 0 {
			t.Errorf("Close: %v, %d pending", err, server.pending())
		}
	}
}
