package runtime

import (
	"context"
	"math"
	"time"
)

// expiry is the one timer of a [Deque]. It is guarded by the deque's mutex.
type expiry struct {
	timer     *time.Timer
	armed     bool          // the timer will call expire, at next or before
	next      time.Duration // since the deque's epoch
	reporting bool          // a call of expire is telling OnTimeout
}

// arm sees to it that expire is called at due or earlier. Holding mu.
func (d *Deque[T]) arm(due, now time.Duration) {
	x := &d.expiry
	if x.reporting || x.armed && x.next <= due {
		return
	}
	x.armed, x.next = true, due
	if x.timer == nil {
		x.timer = time.AfterFunc(due-now, d.expire)
		return
	}
	x.timer.Reset(due - now)
}

// expire lets go of every entry whose time is up and arms the timer for the next. It looks at all entries, which
// is rare: the timer is armed for a deadline that most handlers never come near, at most once per time-out. A call
// too many, from a timer that was reset while it fired, does no harm.
func (d *Deque[T]) expire() {
	d.mu.Lock()
	x := &d.expiry
	x.armed = false
	if x.reporting { // the call that reports looks again when it is through
		d.mu.Unlock()
		return
	}
	now := d.now()
	expired, next := d.collect(now)
	for len(expired) > 0 {
		x.reporting = true
		d.mu.Unlock()
		d.report(expired)
		d.mu.Lock()
		now = d.now()
		expired, next = d.collect(now)
	}
	x.reporting = false
	if next < math.MaxInt64 {
		d.arm(next, now)
	}
	d.notify()
	d.mu.Unlock()
}

// collect takes out the entries whose time is up, in the order of their deadlines, those of the same deadline in
// arrival order, and finds the deadline after them. Holding mu.
func (d *Deque[T]) collect(now time.Duration) (expired []*Entry[T], next time.Duration) {
	next = math.MaxInt64
	for e := d.arrival.first; e != nil; {
		following := e.next
		switch {
		case e.due == 0:
		case e.due <= now:
			i := len(expired)
			expired = append(expired, e)
			for ; i > 0 && expired[i-1].due > e.due; i-- {
				expired[i] = expired[i-1]
			}
			expired[i] = e
			d.leave(e)
		default:
			next = min(next, e.due)
		}
		e = following
	}
	return expired, next
}

func (d *Deque[T]) report(expired []*Entry[T]) {
	if d.onTimeout == nil {
		return
	}
	for _, e := range expired {
		d.onTimeout(e.item)
	}
}

// waitReported waits until OnTimeout has been told of every entry that has left.
func (d *Deque[T]) waitReported() {
	// The error is that of a context that does not end.
	_ = d.wait(context.Background(), func() bool { return !d.expiry.reporting })
}

// deadline is when the entry's time is up, if it has a time-out.
func (d *Deque[T]) deadline(e *Entry[T]) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.due == 0 {
		return time.Time{}, false
	}
	return d.epoch.Add(e.due - 1), true // now adds 1
}

// Close stops the timer and waits until a time-out that is being reported was. Items that are left stay, without a
// deadline. It must not be called from OnTimeout. The deque may be used again.
func (d *Deque[T]) Close() {
	d.mu.Lock()
	if d.expiry.timer != nil {
		d.expiry.timer.Stop()
	}
	d.expiry.armed = false
	for e := d.arrival.first; e != nil; e = e.next {
		e.due = 0
	}
	d.mu.Unlock()
	d.waitReported()
}
