package runtime

import (
	"context"
	"math"
	"time"
)

// expiry is the one timer of a [Deque]. The deque's mutex guards it.
type expiry struct {
	timer     *time.Timer
	armed     bool          // the timer will call expire, at next or earlier
	next      time.Duration // since the deque's epoch
	reporting bool          // a call of expire is calling OnTimeout
}

// arm makes sure that expire is called at due or earlier. The caller holds mu.
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

// expire removes and reports every entry whose time is up, and arms the timer for the next deadline.
//
// It looks at all entries. That is rare: most handlers return long before their deadline, and the timer fires at most
// once per time-out. A timer that was reset while it fired may call expire once too often, which does no harm.
func (d *Deque[T]) expire() {
	d.mu.Lock()
	x := &d.expiry
	x.armed = false
	if x.reporting { // the call that reports looks again when it has finished
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

// collect removes the entries whose time is up and returns them in the order of their deadlines. Entries with equal
// deadlines are in arrival order. next is the earliest deadline that is still ahead. The caller holds mu.
func (d *Deque[T]) collect(now time.Duration) (expired []*Entry[T], next time.Duration) {
	next = math.MaxInt64
	for e := d.arrival.first; e != nil; {
		following := e.next
		switch {
		case e.due == 0 || e.suspended:
		case e.due <= now:
			i := len(expired)
			expired = append(expired, e)
			for ; i > 0 && expired[i-1].due > e.due; i-- {
				expired[i] = expired[i-1]
			}
			expired[i] = e
			d.remove(e)
		default:
			next = min(next, e.due)
		}
		e = following
	}
	return expired, next
}

// report calls OnTimeout for each entry.
func (d *Deque[T]) report(expired []*Entry[T]) {
	if d.onTimeout == nil {
		return
	}
	for _, e := range expired {
		d.onTimeout(e.item)
	}
}

// waitReported waits until OnTimeout has returned for every entry that timed out.
func (d *Deque[T]) waitReported() {
	// wait fails only when its context ends, and this one does not.
	_ = d.wait(context.Background(), func() bool { return !d.expiry.reporting })
}

// deadline returns when the entry times out. ok is false if the entry has no time-out.
func (d *Deque[T]) deadline(e *Entry[T]) (deadline time.Time, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.due == 0 || e.suspended {
		return time.Time{}, false
	}
	return d.epoch.Add(e.due - 1), true // now adds 1
}

// Close stops the timer and waits until OnTimeout has returned. Items that are still in the deque stay there, without a
// deadline. OnTimeout must not call Close. The deque may be used again.
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
