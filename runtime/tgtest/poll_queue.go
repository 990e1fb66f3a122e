package tgtest

import (
	"cmp"
	"slices"
	"time"
)

// Limits of the official server's queue.
const (
	maxPending    = 100_000
	maxUpdateSize = 512 << 10       // bytes of one update
	maxUpdateID   = 2_000_000_000   // the ids restart before it
	maxReplySize  = 4 << 20         // bytes in one answer, with 50 for each update's frame
	futureSlack   = 10              // an offset further past the next id is ignored
	pastSlack     = maxPending      // and so is one further before the oldest id
	minFirstID    = 2_000_001       // the lowest random first id
	maxFirstID    = maxUpdateID / 2 // the bound of random first ids
)

// event is an update in the queue. Its body is shared and must not be changed.
type event struct {
	id      int64
	expires time.Time
	body    []byte // `"message":{...}`; nil if it is confirmed or expired
}

// queue holds the updates that are not confirmed, in the order of their ids. The caller must synchronize its use.
type queue struct {
	events []event // the updates are events[head:]; those without a body are confirmed or expired
	head   int
	live   int                 // number of updates with a body
	next   int64               // id of the next update; 0 = random, not chosen yet
	random func(n int64) int64 // returns a number in [0, n) for the first id
	again  []event             // are delivered once more, whatever the bot has confirmed; each id once
}

// push adds an update and returns its id, or 0 if the queue is full or the body too large.
func (q *queue) push(body []byte, expires time.Time) int64 {
	if q.live >= maxPending || len(body) > maxUpdateSize {
		return 0
	}
	if q.next >= maxUpdateID-1 {
		q.restart(0)
	}
	if q.next == 0 {
		q.next = minFirstID + q.random(maxFirstID-minFirstID)
	}
	id := q.next
	q.next++
	q.live++
	q.events = append(q.events, event{id: id, expires: expires, body: body})
	return id
}

// restart drops every update. The next id is next, or random if next is 0.
func (q *queue) restart(next int64) {
	q.events, q.head, q.live, q.next, q.again = nil, 0, 0, next, nil
}

// pending returns the number of updates that are to be delivered.
func (q *queue) pending() int { return q.live + len(q.again) }

// has reports whether an update is to be delivered.
func (q *queue) has(id int64) bool {
	i := q.index(id)
	return i < len(q.events) && q.events[i].id == id && q.events[i].body != nil || q.indexAgain(id) >= 0
}

func (q *queue) indexAgain(id int64) int {
	return slices.IndexFunc(q.again, func(e event) bool { return e.id == id })
}

// repeat makes the queue deliver an update once more.
func (q *queue) repeat(e event) {
	if q.indexAgain(e.id) < 0 {
		q.again = append(q.again, e)
	}
}

// getAgain moves updates that are to be delivered once more to dst, at most limit, except those that get returns anyway.
func (q *queue) getAgain(dst []event, offset int64, limit int, room *int, now time.Time) []event {
	kept := q.again[:0]
	for _, e := range q.again {
		i := q.index(e.id)
		comes := e.id >= offset && i < len(q.events) && q.events[i].id == e.id && q.events[i].body != nil && !q.events[i].expires.Before(now)
		switch size := 50 + len(e.body); {
		case comes:
		case len(dst) == limit || *room <= size:
			kept = append(kept, e)
		default:
			*room -= size
			dst = append(dst, e)
		}
	}
	clear(q.again[len(kept):])
	q.again = kept
	return dst
}

// oldest returns the id of the oldest update in the queue, or the next id if the queue is empty.
func (q *queue) oldest() int64 {
	if q.head < len(q.events) {
		return q.events[q.head].id
	}
	return q.next
}

// keepLast drops all but the last n updates.
func (q *queue) keepLast(n int64) {
	for i := q.head; i < len(q.events) && int64(q.live) > n; i++ {
		q.kill(i)
	}
	q.trim()
}

// get confirms every update below offset, unless the official server would ignore the offset. It then appends the
// oldest updates to dst, at most limit and at most as many as fit in one answer.
func (q *queue) get(dst []event, offset int64, limit int, now time.Time) []event {
	if offset < 0 {
		q.keepLast(-offset)
	}
	if offset <= 0 || offset > q.next+futureSlack || offset < q.oldest()-pastSlack {
		offset = q.oldest()
	}
	room := maxReplySize
	first, repeats := len(dst), len(q.again) > 0
	if repeats { // they may take all the room, so that the loop below confirms nothing
		for i := q.head; i < len(q.events) && q.events[i].id < offset; i++ {
			q.kill(i)
		}
		dst = q.getAgain(dst, offset, limit, &room, now)
	}
	for i := q.head; i < len(q.events) && len(dst) < limit; i++ {
		e := &q.events[i]
		if e.body == nil {
			continue
		}
		if e.id < offset || e.expires.Before(now) {
			q.kill(i)
			continue
		}
		if room -= 50 + len(e.body); room <= 0 {
			break
		}
		dst = append(dst, *e)
	}
	if repeats {
		slices.SortFunc(dst[first:], func(a, b event) int { return cmp.Compare(a.id, b.id) })
	}
	q.trim()
	return dst
}

// after appends the oldest updates with an id of at least id to dst, at most limit, and confirms none.
func (q *queue) after(dst []event, id int64, limit int, now time.Time) []event {
	for i := q.index(id); i < len(q.events) && len(dst) < limit; i++ {
		switch e := &q.events[i]; {
		case e.body == nil:
		case e.expires.Before(now):
			q.kill(i)
		default:
			dst = append(dst, *e)
		}
	}
	q.trim()
	return dst
}

// forget confirms one update.
func (q *queue) forget(id int64) {
	if i := q.index(id); i < len(q.events) && q.events[i].id == id {
		q.kill(i)
	}
	if i := q.indexAgain(id); i >= 0 {
		q.again = slices.Delete(q.again, i, i+1)
	}
	q.trim()
}

// index returns the index of the first update with an id of at least id. The ids in the queue are consecutive.
func (q *queue) index(id int64) int {
	if q.head == len(q.events) {
		return q.head
	}
	return q.head + int(min(max(id-q.events[q.head].id, 0), int64(len(q.events)-q.head)))
}

// kill marks an event as confirmed or expired.
func (q *queue) kill(i int) {
	if q.events[i].body != nil {
		q.events[i].body = nil
		q.live--
	}
}

// trim drops events without a body at the front. It reuses the memory when half of it is unused.
func (q *queue) trim() {
	for q.head < len(q.events) && q.events[q.head].body == nil {
		q.head++
	}
	if q.head == len(q.events) {
		q.events, q.head = q.events[:0], 0
	} else if q.head > len(q.events)/2 {
		n := copy(q.events, q.events[q.head:])
		clear(q.events[n:])
		q.events, q.head = q.events[:n], 0
	}
}
