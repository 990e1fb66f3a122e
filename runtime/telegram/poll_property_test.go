package telegram

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var propertyRuns = flag.Int("poller.runs", 60, "random runs of the poller against the model, for each delivery")

// Random faults, kills and stops happen between a poller and a server. With at-least-once delivery no update is lost, and
// no unfinished one is confirmed. With at-most-once delivery no update is handed out twice.
func TestG8_PropertyOfDelivery(t *testing.T) {
	for _, delivery := range []Delivery{AtMostOnce, AtLeastOnce} {
		for seed := range *propertyRuns {
			t.Run(fmt.Sprintf("%d/%d", delivery, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					newPollerWorld(t, delivery, uint64(seed)).run(200)
				})
			})
		}
	}
}

// A pollerWorld is a server, a bot process that may be killed, and a model of each update.
type pollerWorld struct {
	t        *testing.T
	random   *rand.Rand
	delivery Delivery
	server   *botServer
	poller   *Poller
	alive    *bool // whether the current process lives

	mu     sync.Mutex
	lost   map[string]bool // lost with the server or, with at-most-once delivery, with a process
	out    map[string]bool // handed out by this process, and not given up by a Close
	done   map[string]int  // how many times each update was handled
	opened map[string]bool // handed out since the start or the last Close
	sealed map[string]bool // handled, and confirmed by a stop that left nothing unfinished
	inHand map[*Envelope]bool
	last   int64 // the id that was handed out last; 0 if the next id may be lower
}

func newPollerWorld(t *testing.T, delivery Delivery, seed uint64) *pollerWorld {
	w := &pollerWorld{
		t: t, delivery: delivery, random: rand.New(rand.NewPCG(seed, 1)),
		lost: map[string]bool{}, out: map[string]bool{}, done: map[string]int{}, sealed: map[string]bool{}, inHand: map[*Envelope]bool{},
	}
	w.server = newBotServer(1 + w.random.Int64N(1e9))
	w.server.deleted = func(u botUpdate) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if delivery == AtLeastOnce && w.done[u.json] == 0 {
			t.Fatalf("%d was confirmed and is not finished", u.id)
		}
		if delivery == AtMostOnce && !w.out[u.json] && w.done[u.json] == 0 {
			t.Fatalf("%d was confirmed and never handed out", u.id)
		}
	}
	w.start()
	return w
}

func (w *pollerWorld) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	alive := true
	w.alive, w.last = &alive, 0
	w.opened = map[string]bool{}
	w.out, w.inHand = map[string]bool{}, map[*Envelope]bool{}
	w.poller = newTestPoller(w.t, w.server, func(c *PollerConfig) { c.Delivery = w.delivery })
}

func (w *pollerWorld) run(steps int) {
	for range steps {
		switch n := w.random.IntN(100); {
		case n < 25:
			w.server.push(w.random.IntN(40))
		case n < 75:
			w.fetch(time.Duration(w.random.IntN(5000)) * time.Millisecond)
		case n < 85:
			time.Sleep(time.Duration(w.random.IntN(3000)) * time.Millisecond)
		case n < 90:
			w.server.first([]step{answer(502, "<html>"), fail(io.ErrUnexpectedEOF), answer(409, conflict), hang, w.loseAnswer}[w.random.IntN(5)])
		case n < 94:
			w.close()
		case n < 97:
			w.kill()
		case n < 98:
			w.restartIDs()
		case n < 99:
			w.stop()
		default:
			time.Sleep(time.Hour)
		}
	}
	for w.server.pending() > 0 || w.unfinished() > 0 {
		w.fetch(time.Minute)
	}
	w.close()
	w.judge()
}

// loseAnswer passes the request to the server and drops the answer.
func (w *pollerWorld) loseAnswer(r *http.Request) (*http.Response, error) {
	r.Body, _ = r.GetBody()
	if _, err := w.server.RoundTrip(r); err != nil {
		return nil, err
	}
	return nil, io.ErrUnexpectedEOF
}

func (w *pollerWorld) fetch(most time.Duration) {
	ctx, cancel := context.WithTimeout(w.t.Context(), most)
	defer cancel()
	limit := 1 + w.random.IntN(120)
	updates, err := w.poller.Fetch(ctx, limit)
	if err != nil {
		if !errors.Is(err, context.DeadlineExceeded) || len(updates) > 0 {
			w.t.Fatal(err)
		}
		return
	}
	if len(updates) == 0 || len(updates) > limit {
		w.t.Fatalf("limit %d, %d updates", limit, len(updates))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range updates {
		if u.ID <= w.last {
			w.t.Fatalf("%d was handed out after %d", u.ID, w.last)
		}
		w.last = u.ID
		if w.sealed[u.Raw()] {
			w.t.Fatalf("%d was handed out again, after a stop that confirmed it", u.ID)
		}
		if w.out[u.Raw()] {
			w.t.Fatalf("%d was handed out twice", u.ID)
		}
		w.out[u.Raw()], w.opened[u.Raw()] = true, true
		w.inHand[u] = true
		w.handle(u)
	}
}

// handle finishes the update after a while if the process still lives.
func (w *pollerWorld) handle(u *Envelope) {
	p, alive := w.poller, w.alive
	takes := time.Duration(w.random.IntN(2000)) * time.Millisecond
	if w.random.IntN(20) == 0 {
		takes *= 20
	}
	time.AfterFunc(takes, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if *alive && w.inHand[u] {
			w.done[u.Raw()]++
			delete(w.inHand, u)
			p.Done(u, nil)
		}
	})
}

func (w *pollerWorld) unfinished() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.inHand)
}

// close closes the poller while updates are unfinished. The same process may go on.
func (w *pollerWorld) close() {
	w.mu.Lock()
	unfinished := w.inHand
	w.inHand, w.opened = map[*Envelope]bool{}, map[string]bool{}
	w.mu.Unlock()
	// An error is from a server that was told to fail. It must not matter.
	_ = w.poller.Close(w.t.Context())
	w.mu.Lock()
	for u := range unfinished {
		delete(w.out, u.Raw())
		if w.delivery == AtMostOnce && !w.server.has(u.Raw()) {
			w.lost[u.Raw()] = true
		}
	}
	w.last = 0
	w.mu.Unlock()
}

// stop waits until every update is finished, closes the poller, and starts another process.
func (w *pollerWorld) stop() {
	for w.unfinished() > 0 {
		time.Sleep(time.Second)
	}
	err := w.poller.Close(w.t.Context())
	w.mu.Lock()
	if err == nil {
		for handled := range w.opened {
			w.sealed[handled] = true
		}
	}
	w.mu.Unlock()
	w.start()
}

func (w *pollerWorld) kill() {
	w.mu.Lock()
	*w.alive = false
	if w.delivery == AtMostOnce {
		for u := range w.inHand {
			w.lost[u.Raw()] = true
		}
	}
	w.mu.Unlock()
	w.start()
}

// restartIDs makes the server lose its queue and continue from a random id.
func (w *pollerWorld) restartIDs() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range w.server.queue {
		w.lost[u.json] = true
	}
	w.server.restart(1 + w.random.Int64N(1e9))
	w.last = 0
}

func (w *pollerWorld) judge() {
	w.mu.Lock()
	defer w.mu.Unlock()
	handled, twice := 0, 0
	for _, n := range w.done {
		handled++
		if n > 1 {
			twice++
		}
	}
	for lost := range w.lost {
		if w.done[lost] == 0 {
			handled++
		}
	}
	if handled != w.server.serial {
		w.t.Fatalf("%d updates, and %d were handled or died", w.server.serial, handled)
	}
	w.t.Logf("%d updates, %d of them handled more than once", handled, twice)
}
