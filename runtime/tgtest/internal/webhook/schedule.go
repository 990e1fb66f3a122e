// Package webhook sends updates to a webhook as the official Bot API server does.
//
// A [Schedule] decides which update goes out when, and over which connection. It has no clock and no goroutine: its caller
// tells it the time and what became of each update. A [Conn] is a connection to the webhook. [QueueOf] says which updates wait
// for each other.
//
// The rules are those of WebhookActor.cpp in the sources of the official server.
package webhook

import (
	"cmp"
	"container/heap"
	"time"
)

// Limits of the official server's webhooks.
const (
	// DefaultConnections is the number of connections that a webhook has at most, unless setWebhook says otherwise.
	DefaultConnections = 40
	// MaxConnections is the highest number of connections that setWebhook accepts.
	MaxConnections = 100
	// Timeout is how long the server waits for an answer, and how long it keeps a connection that it does not use.
	Timeout = 60 * time.Second
	// GoneTimeout is how long a webhook may answer 410 and nothing else until the server deletes it.
	GoneTimeout = 23 * time.Hour

	maxRetryAfter   = time.Hour
	firstRetry      = 2 * time.Second  // after the second failure; the first is retried at once
	maxRetry        = 60 * time.Second // to twice of it, at random
	recentSuccess   = 10 * time.Second // a webhook that succeeded no later than that may get more connections
	loadedPerSocket = 2                // queues that are loaded, for each connection
)

// An Update is an update that waits for its delivery.
type Update struct {
	ID      int64
	Queue   int64 // as QueueOf returns it; 0 means a queue of its own
	Expires time.Time
	Body    []byte // `"message":{...}`
}

// pending is an update that the Schedule holds.
type pending struct {
	Update
	wake  time.Time // not sent before
	delay time.Duration
	fails int
	sent  int // number of times
}

// A Send tells the caller to send an update over a connection.
type Send struct {
	Conn    int  // number of the connection
	Opens   bool // whether the connection is a new one
	Attempt int  // counts from 1
	Update  Update
}

// A Result is what became of a Send.
type Result struct {
	// OK says that the webhook has confirmed the update.
	OK bool
	// RetryAfter is the header of that name. It counts only if the update is not confirmed. 0 means that there is none.
	RetryAfter time.Duration
	// Closed says that the connection is closed.
	Closed bool
	// Again sends the update again although it is confirmed.
	Again bool
}

// A Schedule holds the updates of one webhook that are loaded, in queues. At most one update of a queue is under way. It is not
// safe for use by several goroutines.
type Schedule struct {
	max    int
	random func(n int64) int64
	queues map[int64][]*pending // never empty; the first update is under way or in due
	due    dueHeap              // the first update of each queue that has none under way
	lonely int64                // number of updates with a queue of their own so far

	idle        []int // connections that have nothing to do; the one that waits for the longest time is first
	busy        map[int]*pending
	opened      int // number of connections so far
	lastSuccess time.Time
	active      bucket // limits new connections while the webhook succeeds
	failing     bucket // and while it does not
}

// NewSchedule returns the schedule of a webhook that was set at now. It opens at most max connections. random returns a number
// in [0, n).
func NewSchedule(max int, random func(n int64) int64, now time.Time) *Schedule {
	return &Schedule{
		max:         max,
		random:      random,
		queues:      make(map[int64][]*pending),
		busy:        make(map[int]*pending),
		lastSuccess: now.Add(-time.Hour),
		active:      newBucket(500*time.Millisecond, 10),
		failing:     newBucket(2*time.Second, 1),
	}
}

// Room returns how many updates may be added now. It is 0 if as many queues wait as the server loads, so that updates of other
// chats wait too.
func (s *Schedule) Room() int { return max(0, loadedPerSocket*s.max-len(s.queues)) }

// Add adds an update behind the others of its queue.
func (s *Schedule) Add(u Update, now time.Time) {
	if u.Queue == 0 {
		s.lonely++
		u.Queue = 1<<60 + s.lonely
	}
	p := &pending{Update: u, wake: now, delay: firstRetry / 2}
	s.queues[u.Queue] = append(s.queues[u.Queue], p)
	if len(s.queues[u.Queue]) == 1 {
		heap.Push(&s.due, p)
	}
}

// Next returns what to send now. It opens connections as the official server does: one at a time if no update was confirmed for
// 10 s, and else as many as there are queues. wake is when to call Next again if nothing happens; it is zero if there is
// nothing to wait for.
func (s *Schedule) Next(now time.Time) (sends []Send, wake time.Time) {
	opens := make(map[int]bool)
	blocked := s.open(now, opens)
	for len(s.due) > 0 && len(s.idle) > 0 && !now.Before(s.due[0].wake) {
		first := heap.Pop(&s.due).(*pending)
		conn := s.idle[0]
		s.idle = s.idle[1:]
		s.busy[conn] = first
		first.sent++
		sends = append(sends, Send{Conn: conn, Opens: opens[conn], Attempt: first.sent, Update: first.Update})
	}
	switch {
	case len(s.due) == 0:
		return sends, time.Time{}
	case now.Before(s.due[0].wake):
		return sends, s.due[0].wake
	}
	return sends, blocked
}

// open opens connections for the updates that can be sent now. The official server opens them even before. blocked is when it
// may open another one that it needs now, or zero.
func (s *Schedule) open(now time.Time, opens map[int]bool) (blocked time.Time) {
	sendable := 0
	for _, p := range s.due {
		if !now.Before(p.wake) {
			sendable++
		}
	}
	need, limit := min(len(s.queues), s.max), &s.active
	if now.Sub(s.lastSuccess) > recentSuccess {
		need, limit = min(need, 1), &s.failing
	}
	for ; len(s.idle)+len(s.busy) < need && len(s.idle) < sendable; limit.take(now) {
		if now.Before(limit.wake) {
			return limit.wake
		}
		s.opened++
		s.idle = append(s.idle, s.opened)
		opens[s.opened] = true
	}
	return time.Time{}
}

// Done takes the result of the Send over a connection. done is true if the update is confirmed or dropped, so that it must not
// be loaded again. An update is dropped if it would have expired by its next attempt.
func (s *Schedule) Done(conn int, r Result, now time.Time) (done bool) {
	p := s.busy[conn]
	delete(s.busy, conn)
	if !r.Closed {
		s.idle = append(s.idle, conn)
	}
	if r.OK {
		s.lastSuccess = now
		if r.Again {
			p.wake = now
			heap.Push(&s.due, p)
			return false
		}
		s.remove(p)
		return true
	}
	delay := min(max(r.RetryAfter, 0), maxRetryAfter)
	if delay == 0 && p.fails > 0 {
		seconds := int64(maxRetry / time.Second)
		longest := time.Duration(seconds+s.random(seconds+1)) * time.Second
		p.delay = min(longest, 2*p.delay)
		delay = p.delay
	}
	if now.Add(delay).After(p.Expires) {
		s.remove(p)
		return true
	}
	p.wake = now.Add(delay)
	p.fails++
	heap.Push(&s.due, p)
	return false
}

// remove removes the first update of a queue, so that the next one of the queue is due.
func (s *Schedule) remove(p *pending) {
	rest := s.queues[p.Queue][1:]
	if len(rest) == 0 {
		delete(s.queues, p.Queue)
		return
	}
	s.queues[p.Queue] = rest
	heap.Push(&s.due, rest[0])
}

// Close forgets a connection that has closed while it had nothing to do. It returns false if the connection has something to
// do: then the caller must send that, or report that it failed.
func (s *Schedule) Close(conn int) bool {
	for i, idle := range s.idle {
		if idle == conn {
			s.idle = append(s.idle[:i], s.idle[i+1:]...)
			return true
		}
	}
	return false
}

// UnderWay returns the number of updates that are being sent.
func (s *Schedule) UnderWay() int { return len(s.busy) }

// dueHeap has the update on top that is to be sent first.
type dueHeap []*pending

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	return cmp.Or(h[i].wake.Compare(h[j].wake), cmp.Compare(h[i].Queue, h[j].Queue)) < 0
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(p any)   { *h = append(*h, p.(*pending)) }
func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	(*h)[len(*h)-1] = nil
	*h = (*h)[:len(*h)-1]
	return last
}

// bucket limits how often something happens, like the official server's FloodControlFast: count times at once, and then count
// times in a duration.
type bucket struct {
	interval time.Duration
	capacity time.Duration
	volume   time.Duration // what is left, in terms of time
	at       time.Time     // when volume was computed
	wake     time.Time     // nothing may happen before
}

func newBucket(duration time.Duration, count int) bucket {
	interval := duration / time.Duration(count)
	capacity := time.Duration(count-1) * interval
	return bucket{interval: interval, capacity: capacity, volume: capacity}
}

// take counts one event. now must not be before wake.
func (b *bucket) take(now time.Time) {
	if !b.at.IsZero() {
		b.volume = min(b.volume+now.Sub(b.at), b.capacity)
	}
	b.at = now
	if b.volume >= b.interval {
		b.volume -= b.interval
		return
	}
	b.at = now.Add(b.interval - b.volume)
	b.volume, b.wake = 0, b.at
}
