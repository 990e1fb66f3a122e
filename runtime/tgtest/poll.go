package tgtest

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Limits of the official server's getUpdates.
const (
	maxLimit       = 100
	maxTimeout     = 50 // seconds
	sameOffsetSlow = 3 * time.Second
	sameOffsetFast = 500 * time.Millisecond
	conflictPause  = 3 * time.Second // between two 409s
)

const (
	conflictWebhook    = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	conflictSetWebhook = "Conflict: terminated by setWebhook request"
	conflictPoll       = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)

// A Poll is one getUpdates request. Offset, Limit and Timeout are the values in the request, before the server adjusts
// them. They are zero if absent.
type Poll struct {
	Seq            int       `json:"seq"` // counts from 0
	Time           time.Time `json:"time"`
	Offset         int64     `json:"offset"`
	Limit          int64     `json:"limit"`
	Timeout        int64     `json:"timeout"`         // seconds
	AllowedUpdates []string  `json:"allowed_updates"` // nil if absent; empty but not nil if the request has an empty list
	Params         Params    `json:"params"`
}

// pollState is the server's state about getUpdates requests.
type pollState struct {
	inFlight       int     // number of requests that are not answered yet
	waiting        *waiter // the request that waits for updates, or nil
	lastOffset     int64
	lastStart      time.Time
	nextConflictAt time.Time
	conflicts      int64 // 409s so far
}

// waiter is a getUpdates request that waits. The server's lock guards its fields.
type waiter struct {
	wake     chan struct{} // signals that a field below has changed; has room for one signal
	deadline time.Time     // the latest time to answer
	updates  bool          // an update has arrived: answer at dueAt
	dueAt    time.Time
	conflict string // not empty: answer with this 409 after hold
	hold     time.Duration
}

func (w *waiter) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// notePoll records a request. The caller must call done when the request is answered.
func (s *Server) notePoll(params Params) (done func()) {
	p := Poll{
		Time:    time.Now(),
		Offset:  params.Int("offset"),
		Limit:   params.Int("limit"),
		Timeout: params.Int("timeout"),
		Params:  params,
	}
	if json.Unmarshal([]byte(params["allowed_updates"]), &p.AllowedUpdates) != nil {
		p.AllowedUpdates = nil
	}
	s.mu.Lock()
	p.Seq = s.polls.end()
	s.polls.add(p)
	s.poll.inFlight++
	s.changes.notify()
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		s.poll.inFlight--
		s.changes.notify()
		s.mu.Unlock()
	}
}

// getUpdates runs the method. ok is false if the client is gone or the server is closing, so that no answer can be
// sent.
func (s *Server) getUpdates(ctx context.Context, params Params) (answer reply, ok bool) {
	offset := int64(toInteger[int32](params["offset"]))
	limit := clampParam(params, "limit", maxLimit, 1, maxLimit)
	timeout := clampParam(params, "timeout", 0, 0, maxTimeout)

	s.mu.Lock()
	now := time.Now()
	if s.webhook.url != "" {
		hold := s.conflictHold(now)
		s.mu.Unlock()
		return s.heldConflict(ctx, conflictWebhook, hold)
	}
	if mask, ok := parseAllowed(params["allowed_updates"]); ok {
		s.allowed = mask
	}
	if offset == s.poll.lastOffset {
		since := now.Sub(s.poll.lastStart)
		if timeout < 3 && since < sameOffsetSlow {
			timeout = 3
		}
		if since < sameOffsetFast {
			limit = 1
		}
	}
	s.poll.lastOffset, s.poll.lastStart = offset, now
	s.changes.notify() // the offset may confirm updates

	batch := s.queue.get(make([]event, 0, limit), offset, int(limit), now)
	if len(batch) > 0 {
		s.active = now
	}
	if len(batch) > 0 || timeout == 0 {
		s.mu.Unlock()
		return updatesReply(batch), true
	}
	if offset < 0 { // it has confirmed updates; it must not confirm those that arrive while it waits
		offset = s.queue.oldest()
	}
	s.endWaiting(conflictPoll, now)
	w := &waiter{wake: make(chan struct{}, 1), deadline: now.Add(time.Duration(timeout) * time.Second)}
	s.poll.waiting = w
	s.mu.Unlock()
	return s.waitForUpdates(ctx, w, offset, int(limit))
}

// clampParam returns a number parameter within its bounds, or absent if there is none.
func clampParam(params Params, name string, absent, low, high int32) int32 {
	if params[name] == "" {
		return absent
	}
	return min(max(toInteger[int32](params[name]), low), high)
}

// waitForUpdates answers when updates arrive, when the timeout ends, or when another request ends this one.
func (s *Server) waitForUpdates(ctx context.Context, w *waiter, offset int64, limit int) (reply, bool) {
	timer := time.NewTimer(math.MaxInt64)
	defer timer.Stop()
	for {
		s.mu.Lock()
		if w.conflict != "" {
			conflict, hold := w.conflict, w.hold
			s.mu.Unlock()
			return s.heldConflict(ctx, conflict, hold)
		}
		now, until := time.Now(), w.deadline
		if w.updates {
			until = w.dueAt
		}
		if !now.Before(until) {
			s.poll.waiting = nil
			batch := s.queue.get(make([]event, 0, limit), offset, limit, now)
			if len(batch) > 0 {
				s.active = now
			}
			s.changes.notify()
			s.mu.Unlock()
			return updatesReply(batch), true
		}
		timer.Reset(until.Sub(now))
		s.mu.Unlock()

		gone := false
		select {
		case <-w.wake:
		case <-timer.C:
		case <-ctx.Done():
			gone = true
		case <-s.closing:
			gone = true
		}
		if gone {
			s.mu.Lock()
			if s.poll.waiting == w {
				s.poll.waiting = nil
				s.changes.notify()
			}
			s.mu.Unlock()
			return reply{}, false
		}
	}
}

// wakeWaiting tells the waiting getUpdates that an update has arrived. It answers one answerDelay after the newest
// update, and at most two after the first.
func (s *Server) wakeWaiting(now time.Time) {
	w := s.poll.waiting
	if w == nil {
		return
	}
	if !w.updates {
		w.updates = true
		if last := now.Add(2 * s.cfg.answerDelay); last.Before(w.deadline) {
			w.deadline = last
		}
		w.signal()
	}
	w.dueAt = now.Add(s.cfg.answerDelay)
	if w.deadline.Before(w.dueAt) {
		w.dueAt = w.deadline
	}
}

// endWaiting answers the waiting getUpdates, if any, with a 409.
func (s *Server) endWaiting(conflict string, now time.Time) {
	if w := s.poll.waiting; w != nil {
		w.conflict, w.hold = conflict, s.conflictHold(now)
		s.poll.waiting = nil
		w.signal()
	}
}

// conflictHold counts a 409 and returns how long to hold it back. The official server sends a 409 that follows
// another one within 3 s only after 3 s.
func (s *Server) conflictHold(now time.Time) time.Duration {
	s.poll.conflicts++
	if now.Before(s.poll.nextConflictAt) {
		return conflictPause
	}
	s.poll.nextConflictAt = now.Add(conflictPause)
	return 0
}

func (s *Server) heldConflict(ctx context.Context, description string, hold time.Duration) (reply, bool) {
	if hold > 0 && s.sleep(ctx, hold) != nil {
		return reply{}, false
	}
	return failure(409, description), true
}

// updatesReply returns the answer with the updates. It copies their bodies unchanged.
func updatesReply(batch []event) reply {
	size := 32
	for _, e := range batch {
		size += len(e.body) + 32
	}
	body := append(make([]byte, 0, size), `{"ok":true,"result":[`...)
	for i, e := range batch {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, `{"update_id":`...)
		body = strconv.AppendInt(body, e.id, 10)
		body = append(body, ",\n"...)
		body = append(body, e.body...)
		body = append(body, '}')
	}
	return reply{status: 200, body: append(body, "]}"...)}
}
