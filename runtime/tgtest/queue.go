package tgtest

import "time"

// Bounds of the official server's queue.
const (
	maxPending    = 100_000
	maxUpdateSize = 512 << 10       // bytes of one update
	maxUpdateID   = 2_000_000_000   // ids start again before it
	maxReplySize  = 4 << 20         // bytes of one getUpdates, 50 counted for each update's frame
	futureSlack   = 10              // an offset so far past the next id is taken as a mistake
	pastSlack     = maxPending      // and so is one so far before the oldest
	minFirstID    = 2_000_001       // the first id is random from here
	maxFirstID    = maxUpdateID / 2 // to here
)

// event is an update in the queue. Its body is shared and never written to.
type event struct {
	id      int64
	expires time.Time
	body    []byte // `"message":{...}`; nil once it is confirmed or expired
}

// queue holds the updates that are not confirmed, in id order. It does no locking.
type queue struct {
	events []event // events[head:] are the ones in the queue, some of which may have expired
	head   int
	live   int
	next   int64               // id of the next update; 0 = not chosen yet
	random func(n int64) int64 // for the first id: uniform in [0, n)
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

// restart forgets every update and goes on with the given id, or a random one if it is 0.
func (q *queue) restart(next int64) {
	q.events, q.head, q.live, q.next = nil, 0, 0, next
}

// oldest is the id of the oldest update in the queue, or the next id if it is empty.
func (q *queue) oldest() int64 {
	if q.head < len(q.events) {
		return q.events[q.head].id
	}
	return q.next
}

// keepLast forgets all but the last n updates.
func (q *queue) keepLast(n int64) {
	for i := q.head; i < len(q.events) && int64(q.live) > n; i++ {
		q.kill(i)
	}
	q.trim()
}

// get confirms every update below offset, if offset is plausible, and appends to dst at most limit updates, oldest
// first, as one answer holds them.
func (q *queue) get(dst []event, offset int64, limit int, now time.Time) []event {
	if offset < 0 {
		q.keepLast(-offset)
	}
	if offset <= 0 || offset > q.next+futureSlack || offset < q.oldest()-pastSlack {
		offset = q.oldest()
	}
	room := maxReplySize
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
	q.trim()
	return dst
}

func (q *queue) kill(i int) {
	if q.events[i].body != nil {
		q.events[i].body = nil
		q.live--
	}
}

// trim drops what is dead at the front, and gives the memory back once half of it is unused.
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
