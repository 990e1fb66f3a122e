package webhook

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// modelUpdate is an update in the model, with the time before which it may not be sent.
type modelUpdate struct {
	Update
	nextAt  time.Time
	fails   int
	delay   time.Duration
	sending bool
	sent    int
}

// flight is a Send that has no result yet.
type flight struct {
	Send
	ends time.Time
}

// simulation runs a Schedule against the rules, which it keeps in the simplest way: a list of updates for each queue.
type simulation struct {
	t         *testing.T
	r         *rand.Rand
	s         *Schedule
	max       int
	now       time.Time
	success   time.Time // of the last confirmed update
	opened    time.Time // of the last connection that was opened while the webhook failed
	queues    map[int64][]*modelUpdate
	flights   []flight
	open      map[int]bool // connections
	confirmed int
	dropped   int
}

// TestScheduleAgainstRules sends thousands of updates with random results and checks each Send.
func TestScheduleAgainstRules(t *testing.T) {
	var confirmed, dropped int
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := &simulation{t: t, r: r, max: 1 + r.IntN(12), now: time.Unix(1e9, 0), queues: make(map[int64][]*modelUpdate), open: make(map[int]bool)}
		m.s = NewSchedule(m.max, r.Int64N, m.now)
		waiting := 200
		errors := []int{0, 30, 60, 95}[r.IntN(4)] // per cent
		arrives := m.now
		id := int64(0)
		for steps := 0; waiting > 0 || len(m.queues) > 0; steps++ {
			if steps > 100_000 {
				t.Fatalf("seed %d: does not end: %d wait, %d queues", seed, waiting, len(m.queues))
			}
			if !m.now.Before(arrives) && waiting > 0 {
				for range min(m.s.Room(), waiting, 1+r.IntN(10)) {
					id++
					waiting--
					m.add(Update{ID: id, Queue: 1 + r.Int64N(20), Expires: m.now.Add(time.Duration(r.IntN(300)) * time.Second)})
				}
				arrives = m.now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
			}
			sends, wake := m.s.Next(m.now)
			for _, send := range sends {
				m.check(send)
			}
			m.checkNothingLeft(wake)
			m.advance(wake, arrives, waiting > 0, errors)
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		confirmed, dropped = confirmed+m.confirmed, dropped+m.dropped
	}
	if confirmed == 0 || dropped == 0 {
		t.Errorf("%d updates are confirmed and %d dropped: the test should see both", confirmed, dropped)
	}
}

func (m *simulation) add(u Update) {
	m.s.Add(u, m.now)
	m.queues[u.Queue] = append(m.queues[u.Queue], &modelUpdate{Update: u, nextAt: m.now, delay: time.Second})
}

// check checks that a Send is allowed.
func (m *simulation) check(send Send) {
	first := m.queues[send.Update.Queue][0]
	switch {
	case first.ID != send.Update.ID:
		m.t.Errorf("update %d is sent before %d of the same queue", send.Update.ID, first.ID)
	case first.sending:
		m.t.Errorf("update %d is sent twice at the same time", first.ID)
	case m.now.Before(first.nextAt):
		m.t.Errorf("update %d is sent %v too early", first.ID, first.nextAt.Sub(m.now))
	case send.Attempt != first.sent+1:
		m.t.Errorf("update %d has attempt %d after %d others", first.ID, send.Attempt, first.sent)
	case slices.ContainsFunc(m.flights, func(f flight) bool { return f.Conn == send.Conn }):
		m.t.Errorf("connection %d is used twice at the same time", send.Conn)
	case send.Opens == m.open[send.Conn]:
		m.t.Errorf("connection %d: opens is %v", send.Conn, send.Opens)
	}
	if send.Opens && m.now.Sub(m.success) > 10*time.Second {
		if len(m.open) > 0 {
			m.t.Errorf("a second connection is opened although no update was confirmed for 10 s")
		}
		if m.now.Sub(m.opened) < 2*time.Second {
			m.t.Errorf("a connection is opened %v after another one although the webhook fails", m.now.Sub(m.opened))
		}
		m.opened = m.now
	}
	m.open[send.Conn] = true
	if len(m.open) > m.max {
		m.t.Errorf("%d connections are open, at most %d may be", len(m.open), m.max)
	}
	first.sending = true
	first.sent++
	m.flights = append(m.flights, flight{send, m.now.Add(time.Duration(m.r.IntN(4000)) * time.Millisecond)})
}

// checkNothingLeft checks that no update waits that could be sent over an idle connection, and that wake is not too late.
func (m *simulation) checkNothingLeft(wake time.Time) {
	for _, queue := range m.queues {
		first := queue[0]
		if first.sending {
			continue
		}
		if !m.now.Before(first.nextAt) {
			if len(m.open) > len(m.flights) {
				m.t.Errorf("update %d waits although a connection has nothing to do", first.ID)
			}
		} else if wake.IsZero() && len(m.flights) == 0 || wake.After(first.nextAt) && len(m.open) > len(m.flights) {
			m.t.Errorf("Next is called at %v, but update %d is due at %v", wake, first.ID, first.nextAt)
		}
	}
}

// advance goes to the next moment at which something happens.
func (m *simulation) advance(wake, arrives time.Time, waiting bool, errors int) {
	next := wake
	for _, f := range m.flights {
		if next.IsZero() || f.ends.Before(next) {
			next = f.ends
		}
	}
	if waiting && m.s.Room() > 0 && (next.IsZero() || arrives.Before(next)) {
		next = arrives
	}
	if next.IsZero() {
		if len(m.queues) > 0 {
			m.t.Errorf("%d queues wait, and nothing will happen", len(m.queues))
		}
		return
	}
	if next.After(m.now) {
		m.now = next
	}
	for i := 0; i < len(m.flights); i++ {
		if f := m.flights[i]; !m.now.Before(f.ends) {
			m.flights = slices.Delete(m.flights, i, i+1)
			i--
			m.end(f, errors)
		}
	}
}

// end gives a random result to a Send, in the schedule and in the model.
func (m *simulation) end(f flight, errors int) {
	result := Result{OK: m.r.IntN(100) >= errors, Closed: m.r.IntN(5) == 0}
	switch m.r.IntN(8) {
	case 0:
		result.RetryAfter = time.Duration(m.r.IntN(5000)) * time.Second
	case 1:
		result.Again = true
	}
	if result.Closed {
		delete(m.open, f.Conn)
	}
	queue := m.queues[f.Update.Queue]
	u := queue[0]
	u.sending = false
	ends := false
	switch {
	case result.OK && result.Again:
		u.nextAt, m.success = m.now, m.now
	case result.OK:
		ends, m.success = true, m.now
		m.confirmed++
	default:
		wait := min(result.RetryAfter, 3600*time.Second)
		if wait == 0 && u.fails > 0 {
			u.delay *= 2
			wait = u.delay
			if u.delay > 60*time.Second { // random from 60 s on: ask the schedule, and check its bounds in TestRetries
				wait = m.s.busy[f.Conn].delay
				if wait *= 2; wait > 60*time.Second {
					wait = -1
				}
			}
		}
		if wait < 0 {
			done := m.s.Done(f.Conn, result, m.now)
			if done {
				m.finish(f.Update.Queue)
				m.dropped++
				return
			}
			u.nextAt, u.fails, u.delay = m.s.queues[f.Update.Queue][0].wake, u.fails+1, m.s.queues[f.Update.Queue][0].delay
			return
		}
		if ends = m.now.Add(wait).After(u.Expires); ends {
			m.dropped++
		}
		u.nextAt, u.fails = m.now.Add(wait), u.fails+1
	}
	if done := m.s.Done(f.Conn, result, m.now); done != ends {
		m.t.Errorf("update %d with %+v: done is %v, want %v", f.Update.ID, result, done, ends)
	}
	if ends {
		m.finish(f.Update.Queue)
	}
}

func (m *simulation) finish(queue int64) {
	m.queues[queue] = m.queues[queue][1:]
	if len(m.queues[queue]) == 0 {
		delete(m.queues, queue)
	}
}

// attempts sends one update and lets it fail with the given Retry-After each time. It returns the seconds between the attempts.
func attempts(t *testing.T, keep time.Duration, random int64, results ...Result) string {
	t.Helper()
	now := time.Unix(1e9, 0)
	s := NewSchedule(1, func(int64) int64 { return random }, now)
	s.Add(Update{ID: 1, Queue: 1, Expires: now.Add(keep)}, now)
	last := now
	var waits []string
	for _, result := range results {
		sends, wake := s.Next(now)
		for len(sends) == 0 {
			if wake.IsZero() {
				t.Fatal("nothing will be sent")
			}
			now = wake
			sends, wake = s.Next(now)
		}
		waits = append(waits, fmt.Sprint(now.Sub(last).Seconds()))
		last = now
		if s.Done(sends[0].Conn, result, now) {
			return strings.Join(append(waits, "end"), " ")
		}
	}
	return strings.Join(waits, " ")
}

func TestRetries(t *testing.T) {
	failed, closed := Result{}, Result{Closed: true}
	after := func(d time.Duration) Result { return Result{RetryAfter: d} }
	for _, test := range []struct {
		name    string
		keep    time.Duration
		random  int64
		results []Result
		want    string
	}{
		{"at once, then after 2, 4, 8 s up to 60", 24 * time.Hour, 0, slices.Repeat([]Result{failed}, 10), "0 0 2 4 8 16 32 60 60 60"},
		{"up to 120 s", 24 * time.Hour, 60, slices.Repeat([]Result{failed}, 10), "0 0 2 4 8 16 32 64 120 120"},
		{"a closed connection is opened again after 2 s", 24 * time.Hour, 0, slices.Repeat([]Result{closed}, 5), "0 2 2 4 8"},
		{"Retry-After", 24 * time.Hour, 0, []Result{after(7 * time.Second), failed, after(9 * time.Second), failed, failed}, "0 7 2 9 4"},
		{"Retry-After is at most an hour", 24 * time.Hour, 0, []Result{after(2 * time.Hour), failed, failed}, "0 3600 2"},
		{"dropped when it would expire", 150 * time.Second, 0, slices.Repeat([]Result{failed}, 20), "0 0 2 4 8 16 32 60 end"},
		{"dropped by Retry-After", 150 * time.Second, 0, []Result{after(151 * time.Second)}, "0 end"},
		{"kept by Retry-After", 150 * time.Second, 0, []Result{after(150 * time.Second), failed}, "0 150 end"},
		{"confirmed", 150 * time.Second, 0, []Result{failed, {OK: true}}, "0 0 end"},
		{"confirmed but sent again", 150 * time.Second, 0, []Result{{OK: true, Again: true}, {OK: true}}, "0 0 end"},
	} {
		if got := attempts(t, test.keep, test.random, test.results...); got != test.want {
			t.Errorf("%s: attempts after %s s, want %s", test.name, got, test.want)
		}
	}
}

// TestConnections checks when connections are opened: one until the webhook has confirmed an update, and then ten at once and
// another each 50 ms.
func TestConnections(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := NewSchedule(30, rand.Int64N, now)
	for i := range int64(60) {
		s.Add(Update{ID: i + 1, Queue: i + 1, Expires: now.Add(time.Hour)}, now)
	}
	if s.Room() != 0 {
		t.Errorf("room for %d, want none with 60 queues and 30 connections", s.Room())
	}
	sends, _ := s.Next(now)
	if len(sends) != 1 || !sends[0].Opens {
		t.Fatalf("the first sends are %v", sends)
	}
	s.Done(sends[0].Conn, Result{OK: true}, now)
	open := 1
	for len(sends) > 0 {
		var wake time.Time
		sends, wake = s.Next(now)
		for _, send := range sends {
			if send.Opens {
				open++
			}
		}
		passed := now.Sub(time.Unix(1e9, 0))
		if want := min(11+int(passed/(50*time.Millisecond)), 30); open != want {
			t.Errorf("%d connections are open after %v, want %d", open, passed, want)
		}
		if !wake.IsZero() {
			now = wake
		}
	}
	if open != 30 || s.UnderWay() != 30 {
		t.Errorf("%d connections are open and %d under way", open, s.UnderWay())
	}
	if s.Close(1) {
		t.Error("a connection that has something to do is closed")
	}
	s.Done(1, Result{OK: true}, now)
	if !s.Close(1) || s.Close(1) {
		t.Error("a connection that has nothing to do is closed once")
	}
}
