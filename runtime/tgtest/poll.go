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
func (b *Bot) notePoll(params Params) (done func()) {
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
	b.server.mu.Lock()
	p.Seq = b.polls.end()
	b.polls.add(p)
	b.poll.inFlight++
	b.server.changes.notify()
	b.server.mu.Unlock()
	return func() {
		b.server.mu.Lock()
		b.poll.inFlight--
		b.server.changes.notify()
		b.server.mu.Unlock()
	}
}

// getUpdates runs the method. ok is false if the client is gone or the server is closing, so that no answer can be
// sent.
func (b *Bot) getUpdates(ctx context.Context, params Params) (answer reply, ok bool) {
	offset := int64(toInteger[int32](params["offset"]))
	limit := clampParam(params, "limit", maxLimit, 1, maxLimit)
	timeout := clampParam(params, "timeout", 0, 0, maxTimeout)

	b.server.mu.Lock()
	now := time.Now()
	if b.webhook.url != "" {
		hold := b.conflictHold(now)
		b.server.mu.Unlock()
		return b.heldConflict(ctx, conflictWebhook, hold)
	}
	if mask, ok := parseAllowed(params["allowed_updates"]); ok {
		b.allowed = mask
	}
	if offset == b.poll.lastOffset {
		since := now.Sub(b.poll.lastStart)
		if timeout < 3 && since < sameOffsetSlow {
			timeout = 3
		}
		if since < sameOffsetFast {
			limit = 1
		}
	}
	b.poll.lastOffset, b.poll.lastStart = offset, now
	b.server.changes.notify() // the offset may confirm updates

	batch := b.queue.get(make([]event, 0, limit), offset, int(limit), now)
	b.delivered(batch)
	if len(batch) > 0 {
		b.active = now
	}
	if len(batch) > 0 || timeout == 0 {
		b.server.mu.Unlock()
		return updatesReply(batch), true
	}
	if offset < 0 { // it has confirmed updates; it must not confirm those that arrive while it waits
		offset = b.queue.oldest()
	}
	b.endWaiting(conflictPoll, now)
	w := &waiter{wake: make(chan struct{}, 1), deadline: now.Add(time.Duration(timeout) * time.Second)}
	b.poll.waiting = w
	b.server.mu.Unlock()
	return b.waitForUpdates(ctx, w, offset, int(limit))
}

// clampParam returns a number parameter within its bounds, or absent if the call has no such parameter.
func clampParam(params Params, name string, absent, low, high int32) int32 {
	if params[name] == "" {
		return absent
	}
	return min(max(toInteger[int32](params[name]), low), high)
}

// waitForUpdates answers when updates arrive, when the timeout ends, or when another request ends this one.
func (b *Bot) waitForUpdates(ctx context.Context, w *waiter, offset int64, limit int) (reply, bool) {
	timer := time.NewTimer(math.MaxInt64)
	defer timer.Stop()
	for {
		b.server.mu.Lock()
		if w.conflict != "" {
			conflict, hold := w.conflict, w.hold
			b.server.mu.Unlock()
			return b.heldConflict(ctx, conflict, hold)
		}
		now, until := time.Now(), w.deadline
		if w.updates {
			until = w.dueAt
		}
		if !now.Before(until) {
			b.poll.waiting = nil
			batch := b.queue.get(make([]event, 0, limit), offset, limit, now)
			b.delivered(batch)
			if len(batch) > 0 {
				b.active = now
			}
			b.server.changes.notify()
			b.server.mu.Unlock()
			return updatesReply(batch), true
		}
		timer.Reset(until.Sub(now))
		b.server.mu.Unlock()

		gone := false
		select {
		case <-w.wake:
		case <-timer.C:
		case <-ctx.Done():
			gone = true
		case <-b.server.closing:
			gone = true
		}
		if gone {
			b.server.mu.Lock()
			if b.poll.waiting == w {
				b.poll.waiting = nil
				b.server.changes.notify()
			}
			b.server.mu.Unlock()
			return reply{}, false
		}
	}
}

// wakeWaiting tells the waiting getUpdates that an update has arrived. It answers one answerDelay after the newest
// update, and at most two after the first.
func (b *Bot) wakeWaiting(now time.Time) {
	w := b.poll.waiting
	if w == nil {
		return
	}
	if !w.updates {
		w.updates = true
		if last := now.Add(2 * b.server.cfg.answerDelay); last.Before(w.deadline) {
			w.deadline = last
		}
		w.signal()
	}
	w.dueAt = now.Add(b.server.cfg.answerDelay)
	if w.deadline.Before(w.dueAt) {
		w.dueAt = w.deadline
	}
}

// endWaiting answers the waiting getUpdates, if any, with a 409.
func (b *Bot) endWaiting(conflict string, now time.Time) {
	if w := b.poll.waiting; w != nil {
		w.conflict, w.hold = conflict, b.conflictHold(now)
		b.poll.waiting = nil
		w.signal()
	}
}

// conflictHold counts a 409 and returns how long to hold it back. The official server sends a 409 that follows
// another one within 3 s only after 3 s.
func (b *Bot) conflictHold(now time.Time) time.Duration {
	b.poll.conflicts++
	if now.Before(b.poll.nextConflictAt) {
		return conflictPause
	}
	b.poll.nextConflictAt = now.Add(conflictPause)
	return 0
}

func (b *Bot) heldConflict(ctx context.Context, description string, hold time.Duration) (reply, bool) {
	if hold > 0 && b.server.sleep(ctx, hold) != nil {
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
		body = appendUpdate(body, e.id, e.body)
	}
	return reply{status: 200, body: append(body, "]}"...)}
}

// appendUpdate appends an update as the official server writes it, with a newline after the id.
func appendUpdate(dst []byte, id int64, body []byte) []byte {
	dst = append(dst, `{"update_id":`...)
	dst = strconv.AppendInt(dst, id, 10)
	dst = append(dst, ",\n"...)
	dst = append(dst, body...)
	return append(dst, '}')
}
