package telegram

import (
	"context"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime"
)

// A distantServer answers after the time of a round trip.
type distantServer struct {
	*botServer
	trip time.Duration
}

func (s distantServer) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(s.trip / 2)
	response, err := s.botServer.RoundTrip(r)
	time.Sleep(s.trip - s.trip/2)
	return response, err
}

// handledOverDistance returns how many updates a bot handles in a second if the server always has more.
func handledOverDistance(t *testing.T, delivery Delivery, trip time.Duration, concurrency int, handler func() time.Duration) (handled float64) {
	synctest.Test(t, func(t *testing.T) {
		const span = 10 * time.Second
		server := distantServer{newBotServer(1), trip}
		server.push(25_000)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = delivery })
		sink := runtime.NewSharded(runtime.SinkConfig[*Envelope]{Concurrency: concurrency, Handle: func(context.Context, *Envelope) error {
			time.Sleep(handler())
			return nil
		}})
		runner := runtime.NewRunner(p, runtime.Sink[*Envelope](sink))
		if err := runner.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(span)
		handled = float64(sink.Stats().Finished) / span.Seconds()
		if err := runner.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return handled
}

// Over a round trip of 50 ms, at-least-once delivery is as quick as the window of 100 allows: a full batch in the time of a
// round trip and of a handler, if handlers take less than a round trip. If they take longer, polls beside them are no
// slower than they were without the waits. The numbers in brackets are those without the waits.
func TestG8_AtLeastOnceOverDistance(t *testing.T) {
	const trip = 50 * time.Millisecond
	fixed := func(d time.Duration) func() time.Duration { return func() time.Duration { return d } }
	upTo := func(d time.Duration) func() time.Duration {
		return func() time.Duration { return time.Duration(rand.Int64N(int64(d))) }
	}
	for _, test := range []struct {
		name        string
		delivery    Delivery
		concurrency int
		handler     func() time.Duration
		least       float64 // handled in a second
	}{
		{"at most once", AtMostOnce, 500, fixed(0), 1950},
		{"0 ms", AtLeastOnce, 500, fixed(0), 1950},                                 // (1210)
		{"1 ms", AtLeastOnce, 500, fixed(time.Millisecond), 1930},                  // (1000)
		{"10 ms", AtLeastOnce, 500, fixed(10 * time.Millisecond), 1630},            // (1000)
		{"up to 20 ms", AtLeastOnce, 500, upTo(20 * time.Millisecond), 1380},       // (1000)
		{"100 ms", AtLeastOnce, 500, fixed(100 * time.Millisecond), 640},           // (522)
		{"up to 200 ms", AtLeastOnce, 500, upTo(200 * time.Millisecond), 380},      // (406)
		{"10 ms, ten at once", AtLeastOnce, 10, fixed(10 * time.Millisecond), 820}, // (909)
		{"1 ms, and 300 ms for one of 50", AtLeastOnce, 500, func() time.Duration {
			if rand.IntN(50) == 0 {
				return 300 * time.Millisecond
			}
			return time.Millisecond
		}, 350}, // (371)
	} {
		handled := handledOverDistance(t, test.delivery, trip, test.concurrency, test.handler)
		t.Logf("%s: %.0f/s", test.name, handled)
		if handled < test.least {
			t.Errorf("%s: %.0f/s, want %.0f", test.name, handled, test.least)
		}
	}
}

// An update that takes long delays no other one by more than the longest wait between two polls and two round trips.
func TestG8_ASlowUpdateOverDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const trip = 50 * time.Millisecond
		server := distantServer{newBotServer(1), trip}
		p := newTestPoller(t, server, func(c *PollerConfig) { c.Delivery = AtLeastOnce })
		server.push(200)
		for range 2 { // the poller learns that updates are finished after a millisecond
			updates := fetch(t, p, 100)
			time.Sleep(time.Millisecond)
			done(p, updates...)
		}
		server.push(1)
		fetch(t, p, 100)
		for range 30 {
			var pushed time.Time
			time.AfterFunc(time.Second, func() {
				pushed = time.Now()
				server.push(1)
			})
			updates := fetch(t, p, 100)
			if late := time.Since(pushed); late > idleLast+2*trip {
				t.Errorf("an update came %v late", late)
			}
			time.Sleep(time.Millisecond)
			done(p, updates...)
		}
	})
}

// The estimates follow what the poller sees.
func TestSettling(t *testing.T) {
	var s settling
	s.answered(20*time.Second, false)
	if s.trip != 0 {
		t.Errorf("an answer to a poll that was held makes the round trip %v", s.trip)
	}
	s.answered(50*time.Millisecond, true)
	s.answered(20*time.Second, false)
	s.answered(60*time.Millisecond, true)
	s.answered(40*time.Millisecond, false)
	if s.trip != 40*time.Millisecond {
		t.Errorf("the round trip is %v", s.trip)
	}
	took := func(d time.Duration, n int) {
		marks := make([]*mark, n)
		for i := range marks {
			marks[i] = &mark{}
			marks[i].doneAt.Store(int64(d))
		}
		s.learn(marks)
	}
	for _, d := range []time.Duration{10 * time.Millisecond, time.Second, time.Millisecond, 0} {
		for range 100 {
			took(max(d, 1), 100)
			took(time.Hour, 1) // one of 101 takes longer
		}
		if want := max(d, leastUsual); s.usual < want || s.usual > want+want/4 {
			t.Errorf("100 of 101 updates take %v, and the usual time is %v", d, s.usual)
		}
	}

	s = settling{trip: 40 * time.Millisecond, usual: 20 * time.Millisecond, newest: time.Second}
	const slack = 10 * time.Millisecond
	for _, test := range []struct{ lowest, now, want time.Duration }{
		{time.Second, time.Second, 20*time.Millisecond + slack},                // all were handed out now
		{time.Second, time.Second + 25*time.Millisecond, 5 * time.Millisecond}, // they should be finished
		{time.Second, time.Second + 30*time.Millisecond, 0},                    // they take longer
		{time.Second - 30*time.Millisecond, time.Second, 0},                    // the lowest takes longer
		{time.Second - 29*time.Millisecond, time.Second, 20*time.Millisecond + slack},
	} {
		if got := s.patience(&mark{handedOut: test.lowest}, test.now); got != test.want {
			t.Errorf("lowest of %v, now %v: waits %v, want %v", test.lowest, test.now, got, test.want)
		}
	}
	s.usual = 41 * time.Millisecond
	if got := s.patience(&mark{handedOut: time.Second}, time.Second); got != 0 {
		t.Errorf("waits %v for updates that take longer than a round trip", got)
	}
}
