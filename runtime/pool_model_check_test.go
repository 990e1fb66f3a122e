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
		case j.started.happened() || len(j.done) > 0:
			r.t.Errorf("job %d ran although it was not taken, or was dropped", j.id)
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
			if j.started.seq < released.seq {
				r.t.Errorf("G1: job %d started (%v) before job %d released their key (%v)", j.id, j.started, before.id, released)
			}
		}
		if j.started.at > ready && !full(ready, j.started.at) {
			r.t.Errorf("G2: job %d was ready at %v and started at %v while a slot was free", j.id, ready, j.started.at)
		}
	}
	checkIdle(r.t, r.sink, len(jobs))
}

// released returns when the job's keys were released.
func (j *job) released() stamp {
	if j.timedOut.happened() && j.bound.release {
		return j.timedOut
	}
	return j.returned
}

// freed returns when the job's slot was released.
func (j *job) freed() time.Duration {
	if j.timedOut.happened() {
		return j.timedOut.at
	}
	return j.returned.at
}

// checkJob checks what does not depend on other jobs.
func (r *trial) checkJob(j *job) {
	if !j.started.happened() || !j.returned.happened() || len(j.done) != 1 {
		r.t.Errorf("G2, G8: job %d: started %v, returned %v, done %v", j.id, j.started, j.returned, j.done)
		return
	}
	if j.timedOut.happened() != errors.Is(j.done[0], ErrTimeout) ||
		(j.done[0] != nil) != (j.end != succeeds || j.timedOut.happened()) {
		r.t.Errorf("G8: job %d: done %v", j.id, j.done)
	}
	if reports := min(int(j.end), 1); j.reports != reports {
		r.t.Errorf("G6: job %d: %d calls of the error hook, want %d", j.id, j.reports, reports)
	}
	if j.started.at > r.paused && j.started.at < r.resumed {
		r.t.Errorf("G7: job %d started at %v, after the context of Drain ended", j.id, j.started)
	}
	if j.obeys && j.started.at < r.paused && j.handled.at > r.paused {
		r.t.Errorf("G7: job %d was not cancelled: it started at %v and returned at %v", j.id, j.started, j.handled)
	}
	due := j.started.at + max(j.bound.at, j.bound.timeout)
	switch {
	case j.bound.timeout == 0:
		if j.timedOut.happened() {
			r.t.Errorf("G5: job %d timed out without a time-out", j.id)
		}
	case j.timedOut.happened() && j.timedOut.at != due || !j.timedOut.happened() && j.returned.at > due:
		r.t.Errorf("G5: job %d was due at %v, but timed out at %v or returned at %v", j.id, due, j.timedOut, j.returned)
	}
	if mustBeLate := j.timedOut.happened() && j.handled.at > j.timedOut.at; j.end != succeeds &&
		(mustBeLate && !j.late || j.late && !j.timedOut.happened()) {
		r.t.Errorf("G5: job %d: late is %v, timed out at %v, returned at %v", j.id, j.late, j.timedOut, j.handled)
	}
}

// fullTimes returns a function that reports whether all slots were in use from one instant until just before another.
func (r *trial) fullTimes(jobs []*job) func(from, to time.Duration) bool {
	change := make(map[time.Duration]int)
	for _, j := range jobs {
		change[j.started.at]++
		change[j.freed()]--
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
			full = n == r.config.Concurrency
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
	stats := p.Stats()
	if got := stats.Finished + stats.TimedOut; got != int64(items) || stats.Queued+stats.Running+stats.Abandoned != 0 {
		t.Errorf("after %d items: %+v", items, stats)
	}
}
