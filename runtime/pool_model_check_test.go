package runtime

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// check checks the record against the guarantees.
func (r *trial) check() {
	var jobs []*job
	for _, j := range r.jobs {
		switch {
		case j.queued.happened() && !j.dropped:
			jobs = append(jobs, j)
			r.checkJob(j)
		case !j.queued.happened() && j.started.happened() || len(j.done) > 0:
			r.t.Errorf("job %d ran although it was not taken, or is done although it was dropped", j.id)
		case len(j.attempts) > 0:
			jobs = append(jobs, j) // it kept its keys until then
		}
	}
	if r.most > r.config.Concurrency {
		r.t.Errorf("G3: %d handlers at once, of %d", r.most, r.config.Concurrency)
	}
	if r.long > r.config.Backlog {
		r.t.Errorf("G3: %d items held at once, of %d", r.long, r.config.Backlog)
	}
	full := r.fullTimes(jobs)
	for i, j := range jobs {
		ready := j.queued.at
		for _, before := range jobs[:i] {
			if !slices.ContainsFunc(before.keys, func(k Key) bool { return slices.Contains(j.keys, k) }) {
				continue
			}
			released := before.released()
			ready = max(ready, released.at)
			if j.first.seq < released.seq {
				r.t.Errorf("G1: job %d started (%v) before job %d released their key (%v)", j.id, j.first, before.id, released)
			}
		}
		r.checkOuts(j, full)
		for n, a := range j.attempts {
			if n > 0 {
				ready = a.ready
			}
			if a.started < ready || a.started > ready && !full(ready, a.started) {
				r.t.Errorf("G2: attempt %d of job %d was ready at %v and started at %v while a slot was free", n+1, j.id, ready, a.started)
			}
		}
	}
	items := 0
	for _, j := range jobs {
		if !j.dropped && !j.stopped || j.timedOut.happened() {
			items++
		}
	}
	checkIdle(r.t, r.sink, items)
}

// released returns when the job's keys were released.
func (j *job) released() stamp {
	switch {
	case j.timedOut.happened() && j.bound.holds() == 0:
		return j.timedOut
	case j.stuck.happened():
		return j.stuck
	}
	return j.returned
}

// checkJob checks what does not depend on other jobs.
func (r *trial) checkJob(j *job) {
	end := r.outcome(j)
	// The job ran while Drain cancelled it. In one instant, either may come first.
	var mayBeStopped, mustBeStopped bool
	for _, p := range r.pauses {
		mayBeStopped = mayBeStopped || j.started.at <= p.began && (p.began <= j.handled.at || j.timedOut.happened() && p.began <= j.returned.at)
		mustBeStopped = mustBeStopped || j.started.at < p.began && p.began < j.handled.at &&
			(end != succeeds || j.timedOut.happened()) && !(j.timedOut.happened() && j.timedOut.at <= p.began)
		if j.started.at > p.began && j.started.at < p.ended {
			r.t.Errorf("G7: job %d started at %v, after the context of Drain ended", j.id, j.started)
		}
		if j.obeys && j.started.at < p.began && j.handled.at > p.began {
			r.t.Errorf("G7: job %d was not cancelled: it started at %v and returned at %v", j.id, j.started, j.handled)
		}
	}
	if !j.started.happened() || !j.returned.happened() || len(j.done) > 1 || len(j.done) == 0 && !mayBeStopped || len(j.done) == 1 && mustBeStopped {
		r.t.Errorf("G2, G7, G8: job %d: started %v, returned %v, done %v; Drain gave up %v", j.id, j.started, j.returned, j.done, r.pauses)
		return
	}
	if len(j.done) == 1 && (j.timedOut.happened() != errors.Is(j.done[0], ErrTimeout) ||
		(j.done[0] != nil) != (end != succeeds || j.timedOut.happened())) {
		r.t.Errorf("G8: job %d: done %v", j.id, j.done)
	}
	if reports := min(int(end), 1); j.reports != reports {
		r.t.Errorf("G6, G15: job %d: %d calls of the error hook, want %d", j.id, j.reports, reports)
	}
	if final := end == panics || end == exits || j.timedOut.happened() || mayBeStopped; end != succeeds && !final && len(j.attempts) != r.tries {
		r.t.Errorf("G15: job %d was given up after %d attempts, want %d", j.id, len(j.attempts), r.tries)
	}
	hold := j.bound.holds()
	if due := j.timedOut.at + hold; j.stuck.happened() && (hold <= 0 || j.stuck.at != due || j.returned.at < due) ||
		!j.stuck.happened() && j.timedOut.happened() && hold > 0 && j.returned.at > due {
		r.t.Errorf("G5: job %d timed out at %v with a hold of %v, was stuck at %v and returned at %v", j.id, j.timedOut, hold, j.stuck, j.returned)
	}
	due := j.started.at + max(j.bound.at, j.bound.timeout) + j.outside
	switch {
	case j.bound.timeout == 0:
		if j.timedOut.happened() {
			r.t.Errorf("G5: job %d timed out without a time-out", j.id)
		}
	case j.timedOut.happened() && j.timedOut.at != due || !j.timedOut.happened() && j.returned.at > due:
		r.t.Errorf("G5: job %d was due at %v, but timed out at %v or returned at %v", j.id, due, j.timedOut, j.returned)
	}
	if mustBeLate := j.timedOut.happened() && j.handled.at > j.timedOut.at; end != succeeds &&
		(mustBeLate && !j.late || j.late && !j.timedOut.happened()) {
		r.t.Errorf("G5: job %d: late is %v, timed out at %v, returned at %v", j.id, j.late, j.timedOut, j.handled)
	}
}

// fullTimes returns a function that reports whether all slots were in use from one instant until just before another.
func (r *trial) fullTimes(jobs []*job) func(from, to time.Duration) bool {
	change := make(map[time.Duration]int)
	for _, j := range jobs {
		for _, a := range j.attempts {
			change[a.started]++
			change[a.freed]--
		}
		for _, o := range j.outs {
			change[o.left]--
			change[o.back]++
		}
	}
	var at []time.Duration
	for t := range change {
		at = append(at, t)
	}
	slices.Sort(at)
	return func(from, to time.Duration) bool {
		n, full := 0, false
		for _, t := range at {
			if t > from && !full || t >= to {
				break
			}
			n += change[t]
			full = n >= r.config.Concurrency
		}
		return full
	}
}

// checkIdle checks that an idle pool holds nothing. items is how many items it has handled.
func checkIdle[T any](t *testing.T, p *Pool[T], items int) {
	t.Helper()
	if len(p.slots.waiting) > 0 || p.slots.crowded.Load() || p.slots.free != p.config.Concurrency {
		t.Errorf("slots: %d free of %d, %d waiting", p.slots.free, p.config.Concurrency, len(p.slots.waiting))
	}
	for i := range p.shards {
		if s := &p.shards[i]; len(s.last) > 0 || s.ready.first != nil || s.expecting {
			t.Errorf("shard %d is not idle: %d keys", i, len(s.last))
		}
	}
	for name, s := range map[string]*schedule[*task[T]]{"hold": &p.held, "back-off": &p.parked} {
		if s.len() > 0 || s.armed {
			t.Errorf("%d alarms for the end of a %s; the timer is armed: %v", s.len(), name, s.armed)
		}
	}
	stats := p.Stats()
	if got := stats.Finished + stats.TimedOut; got != int64(items) || stats.Queued+stats.Running+stats.Abandoned != 0 {
		t.Errorf("after %d items: %+v", items, stats)
	}
}
