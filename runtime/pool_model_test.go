package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The model test drives a sink with random items on a fake clock, notes when each is taken, started, timed out,
// returned and done, and then checks the notes against what G1, G2, G3, G5 and G8 say of them. The model is the few
// lines of check: it knows nothing of shards, slots, lines or lists.

// An outcome is how a job's handler ends.
type outcome int

const (
	succeeds outcome = iota
	fails
	panics
	exits
	hookPanics
	hookExits
	outcomes
)

// A job is one item: what it is to do, and what was seen of it.
type job struct {
	id      int
	keys    []Key
	run     time.Duration // how long its handler takes
	hook    time.Duration // how long the error hook takes
	obeys   bool          // the handler returns when its context ends
	end     outcome
	limit   *limit // of its own
	relimit *limit // set while it runs, instead

	queued, started, timedOut stamp
	handled, returned         stamp // the handler; the error hook too, if there was an error
	bound                     limit // what held in the end
	holds                     bool  // a slot
	done                      []error
	reports                   int  // calls of the error hook
	late                      bool // it was told a LateError
	dropped                   bool
}

// A limit is a time-out that is set at an instant after the start.
type limit struct {
	at, timeout time.Duration
	release     bool
}

// A stamp is an instant and its place in the order of everything that happened.
type stamp struct {
	at  time.Duration
	seq int
}

func (s stamp) happened() bool { return s.seq > 0 }

// A trial is one run of the model test.
type trial struct {
	t      *testing.T
	rand   *rand.Rand
	sink   *Handlers[*job]
	config SinkConfig[*job]
	kind   string
	epoch  time.Time

	mu   sync.Mutex
	seq  int
	jobs []*job
	live int // handlers within their time
	most int
	long int // the most items held at once

	paused, resumed time.Duration // by a Drain that left something, and the Put after it
}

func (r *trial) note(s *stamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stamp(s)
}

// stamp holds mu.
func (r *trial) stamp(s *stamp) {
	r.seq++
	*s = stamp{time.Since(r.epoch), r.seq}
}

func (r *trial) Queued(j *job, shard int) {
	r.note(&j.queued)
	if r.kind == "sharded" && len(j.keys) > 0 && shard != j.keys[0].Shard(r.config.Workers) {
		r.t.Errorf("job %d is on shard %d", j.id, shard)
	}
}

func (r *trial) Started(j *job, _ int, waited time.Duration) {
	if now := time.Since(r.epoch); now-j.queued.at != waited {
		r.t.Errorf("job %d: waited %v of %v", j.id, waited, now-j.queued.at)
	}
}

func (r *trial) Finished(j *job, _ int, took time.Duration, _ error) {
	if now := time.Since(r.epoch); now-j.started.at != took || j.timedOut.happened() {
		r.t.Errorf("job %d: finished after %v, which took %v", j.id, now-j.started.at, took)
	}
}

func (r *trial) TimedOut(j *job, _ int) {
	if !j.timedOut.happened() {
		r.t.Errorf("job %d: observed as timed out before it was done", j.id)
	}
}

func (r *trial) Returned(j *job, _ int, took time.Duration, _ error) {
	if now := time.Since(r.epoch); now-j.started.at != took || !j.timedOut.happened() {
		r.t.Errorf("job %d: returned after %v, which took %v", j.id, now-j.started.at, took)
	}
}

func (r *trial) handle(ctx context.Context, j *job) error {
	r.mu.Lock()
	if j.started.happened() {
		r.t.Errorf("job %d started twice", j.id)
	}
	r.stamp(&j.started)
	j.bound = limit{timeout: r.config.Timeout, release: r.config.Release}
	j.holds = true
	r.live++
	r.most = max(r.most, r.live)
	r.long = max(r.long, r.sink.Len())
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stamp(&j.handled)
		j.returned = j.handled
		if j.end == succeeds {
			r.free(j)
		}
	}()
	r.work(ctx, j)
	switch j.end {
	case panics:
		panic(fmt.Sprint("job ", j.id))
	case exits:
		runtime.Goexit()
	case fails, hookPanics, hookExits:
		return errFailed
	}
	return nil
}

// free holds mu.
func (r *trial) free(j *job) {
	if j.holds {
		j.holds = false
		r.live--
	}
}

var errFailed = errors.New("failed on purpose")

func (r *trial) work(ctx context.Context, j *job) {
	if j.limit != nil {
		r.setLimit(ctx, j, j.limit)
	}
	var over <-chan struct{}
	if j.obeys {
		over = ctx.Done()
	}
	rest := j.run
	if j.relimit != nil && j.relimit.at < rest {
		if !pass(j.relimit.at, over) {
			return
		}
		r.setLimit(ctx, j, j.relimit)
		rest -= j.relimit.at
	}
	pass(rest, over)
}

func (r *trial) setLimit(ctx context.Context, j *job, l *limit) {
	Limit(ctx, l.timeout, l.release)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !j.timedOut.happened() || j.timedOut.at == time.Since(r.epoch) {
		j.bound = *l
	}
}

// pass lets time pass, and reports whether it all did before over.
func pass(d time.Duration, over <-chan struct{}) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-over:
		return false
	}
}

func (r *trial) onError(ctx context.Context, j *job, err error) {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stamp(&j.returned)
		r.free(j)
	}()
	var late *LateError
	j.reports++
	j.late = errors.As(err, &late)
	r.mu.Lock()
	stopped := time.Since(r.epoch) == r.paused // in this very instant
	r.mu.Unlock()
	if j.late && ctx.Err() != nil && !stopped {
		r.t.Errorf("job %d: the context of a late error has ended", j.id)
	}
	var panicked *PanicError
	var ok bool
	switch j.end {
	case panics:
		ok = errors.As(err, &panicked) && panicked.Value == fmt.Sprint("job ", j.id) && len(panicked.Stack) > 0
	case exits:
		ok = errors.Is(err, ErrGoexit)
	default:
		ok = errors.Is(err, errFailed)
	}
	if !ok {
		r.t.Errorf("job %d: the hook was told %v", j.id, err)
	}
	pass(j.hook, nil)
	switch j.end {
	case hookPanics:
		panic("the hook")
	case hookExits:
		runtime.Goexit()
	}
}

func (r *trial) done(j *job, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.done = append(j.done, err)
	if errors.Is(err, ErrTimeout) {
		r.stamp(&j.timedOut)
		r.free(j)
	}
}

// start makes a sink at random.
func (r *trial) start() {
	pick := r.rand
	r.config = SinkConfig[*job]{
		Handle:      r.handle,
		Constraints: func(j *job, keys []Key) []Key { return append(keys, j.keys...) },
		Workers:     1 + pick.IntN(8),
		Concurrency: 1 + pick.IntN(20),
		Backlog:     1 + pick.IntN(40),
		Release:     pick.IntN(2) == 0,
		OnError:     r.onError,
		OnTimeout:   func(_ context.Context, j *job) { pass(j.hook, nil) },
		Observer:    r,
	}
	if pick.IntN(4) > 0 {
		r.config.Timeout = time.Duration(1+pick.IntN(10)) * time.Millisecond
	}
	r.config.Backlog = max(r.config.Backlog, r.config.Concurrency)
	if pick.IntN(2) == 0 {
		r.config.Low = func() {} // few items wait here, so workers give way to others
	}
	switch pick.IntN(12) {
	default:
		r.kind = "sharded"
		r.sink = NewSharded(r.config)
	case 0:
		r.kind = "concurrent"
		r.sink = NewConcurrent(r.config)
		r.config.Backlog = r.config.Concurrency
	case 1:
		r.kind = "batch"
		r.sink = NewBatch(r.config)
	case 2:
		r.kind = "sequential"
		r.sink = NewSequential(r.config)
		r.config.Concurrency = 1
	}
}

// pause is a random time of up to n ms.
func (r *trial) pause(n int) time.Duration {
	return time.Duration(r.rand.IntN(n+1)) * time.Millisecond
}

// newJob makes an item at random.
func (r *trial) newJob() *job {
	pick := r.rand
	j := &job{id: len(r.jobs), run: time.Duration(pick.IntN(6)) * time.Millisecond, obeys: pick.IntN(3) == 0}
	if pick.IntN(10) == 0 {
		j.run = 50 * time.Millisecond
	}
	switch r.kind {
	case "sharded":
		for range min(pick.IntN(6), 4) {
			j.keys = append(j.keys, KeyOfInt(int64(pick.IntN(6))))
		}
	case "sequential":
		j.keys = []Key{0}
	}
	if pick.IntN(3) == 0 {
		j.end = outcome(pick.IntN(int(outcomes)))
		j.hook = time.Duration(pick.IntN(3)) * time.Millisecond
	}
	if pick.IntN(4) == 0 {
		j.limit = &limit{timeout: time.Duration(pick.IntN(8)) * time.Millisecond, release: pick.IntN(2) == 0}
	}
	if pick.IntN(8) == 0 {
		at := time.Duration(pick.IntN(5))*time.Millisecond + time.Millisecond/2 // when nothing else happens
		j.relimit = &limit{at, time.Duration(pick.IntN(8)) * time.Millisecond, pick.IntN(2) == 0}
	}
	r.jobs = append(r.jobs, j)
	return j
}

// feed puts batches at random.
func (r *trial) feed(batches int) {
	for range batches {
		time.Sleep(r.pause(2))
		items := make([]*job, r.rand.IntN(8))
		for i := range items {
			items[i] = r.newJob()
		}
		ctx, cancel := context.Background(), func() {}
		if r.pause(7) == 0 {
			ctx, cancel = context.WithTimeout(ctx, r.pause(3))
		}
		taken, free, err := r.sink.Put(ctx, items, r.done)
		cancel()
		for i, j := range items {
			if j.queued.happened() != (i < taken) {
				r.t.Errorf("Put took %d, not so job %d at %d", taken, j.id, i)
			}
		}
		switch room := r.config.Backlog - r.sink.Len(); {
		case err != nil && !errors.Is(err, ctx.Err()):
			r.t.Errorf("Put: %v", err)
		case err != nil && (free != 0 || taken == len(items) && free > 0):
			r.t.Errorf("Put took %d of %d and has room for %d: %v", taken, len(items), free, err)
		case err == nil && (taken != len(items) || free < 1 || free > room):
			r.t.Errorf("Put took %d of %d and has room for %d, of %d", taken, len(items), free, room)
		case err == nil && r.sink.whole && r.sink.Len() != 0:
			r.t.Errorf("Put did not wait for %d", r.sink.Len())
		}
	}
}

// drain stops at random, and leaves what it must.
func (r *trial) drain() {
	wait := r.pause(10)
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	r.mu.Lock()
	r.paused = time.Since(r.epoch) + wait
	r.mu.Unlock()
	err := r.sink.Drain(ctx)
	if r.resumed = time.Since(r.epoch); r.resumed < r.paused {
		r.paused = r.resumed // it left nothing
	}
	queued, running := 0, 0
	var pending []*job
	r.mu.Lock()
	for _, j := range r.jobs {
		switch {
		case !j.queued.happened() || j.dropped:
		case !j.started.happened():
			queued++
			j.dropped = true
			pending = append(pending, j)
		case !j.returned.happened() || r.hooked(j):
			running++
			if !j.timedOut.happened() {
				pending = append(pending, j)
			}
		}
	}
	r.mu.Unlock()
	if got := r.sink.Pending(); !slices.Equal(got, pending) {
		r.t.Errorf("pending are %v, want %v", got, pending)
	}
	var left *LeftError
	switch {
	case !errors.As(err, &left):
		if err != nil || queued+running > 0 {
			r.t.Errorf("Drain left %d and %d, and says %v", queued, running, err)
		}
	case left.Queued != queued || left.Running < running || left.Queued+left.Running == 0 || !errors.Is(err, context.DeadlineExceeded):
		r.t.Errorf("Drain left %d and %d, and says %v", queued, running, err)
	}
}

// hooked reports whether the error hook is still running. Holding mu.
func (r *trial) hooked(j *job) bool { return j.end != succeeds && j.returned == j.handled }

// check holds the notes against the model.
func (r *trial) check() {
	var jobs []*job
	for _, j := range r.jobs {
		switch {
		case j.queued.happened() && !j.dropped:
			jobs = append(jobs, j)
			r.checkJob(j)
		case j.started.happened() || len(j.done) > 0:
			r.t.Errorf("job %d was not taken, or dropped, and yet it ran", j.id)
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
				r.t.Errorf("G1: job %d started (%v) before job %d let it (%v)", j.id, j.started, before.id, released)
			}
		}
		if j.started.at > ready && !full(ready, j.started.at) {
			r.t.Errorf("G2: job %d was ready at %v and started at %v while a slot was free", j.id, ready, j.started.at)
		}
	}
	checkIdle(r.t, r.sink, len(jobs))
}

// released is when the job's keys were free.
func (j *job) released() stamp {
	if j.timedOut.happened() && j.bound.release {
		return j.timedOut
	}
	return j.returned
}

// freed is when the job's slot was.
func (j *job) freed() time.Duration {
	if j.timedOut.happened() {
		return j.timedOut.at
	}
	return j.returned.at
}

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
		r.t.Errorf("G7: job %d started at %v, after Drain ran out of time", j.id, j.started)
	}
	if j.obeys && j.started.at < r.paused && j.handled.at > r.paused {
		r.t.Errorf("G7: job %d was not told to end: it started at %v and returned at %v", j.id, j.started, j.handled)
	}
	due := j.started.at + max(j.bound.at, j.bound.timeout)
	switch {
	case j.bound.timeout == 0:
		if j.timedOut.happened() {
			r.t.Errorf("G5: job %d timed out without a time-out", j.id)
		}
	case j.timedOut.happened() && j.timedOut.at != due || !j.timedOut.happened() && j.returned.at > due:
		r.t.Errorf("G5: job %d, due at %v, timed out at %v or returned at %v", j.id, due, j.timedOut, j.returned)
	}
	if must := j.timedOut.happened() && j.handled.at > j.timedOut.at; j.end != succeeds &&
		(must && !j.late || j.late && !j.timedOut.happened()) {
		r.t.Errorf("G5: job %d: late is %v, timed out at %v, returned at %v", j.id, j.late, j.timedOut, j.handled)
	}
}

// fullTimes returns a function that reports whether every slot was taken from one instant to just before another.
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

// checkIdle looks for anything that an idle sink still holds, after it has handled so many items.
func checkIdle[T any](t *testing.T, s *Handlers[T], items int) {
	t.Helper()
	p := s.pool
	if len(p.slots.waiting) > 0 || p.slots.crowded.Load() || p.slots.free != p.config.Concurrency {
		t.Errorf("slots: %d free of %d, %d waiting", p.slots.free, p.config.Concurrency, len(p.slots.waiting))
	}
	for i := range p.shards {
		if s := &p.shards[i]; len(s.last) > 0 || s.ready.first != nil || s.starting || s.inLine {
			t.Errorf("shard %d is not idle: %d keys", i, len(s.last))
		}
	}
	stats := s.Stats()
	if got := stats.Finished + stats.TimedOut; got != int64(items) || stats.Queued+stats.Running+stats.Abandoned != 0 {
		t.Errorf("after %d items: %+v", items, stats)
	}
}

func TestG1_G2_G3_Model(t *testing.T) {
	runs := 3000
	if testing.Short() {
		runs = 300
	}
	base := rand.Uint64()
	for i := range runs {
		seed := base + uint64(i)
		synctest.Test(t, func(t *testing.T) {
			r := &trial{t: t, rand: rand.New(rand.NewPCG(seed, 0)), epoch: time.Now()}
			r.start()
			r.feed(1 + r.rand.IntN(12))
			if r.rand.IntN(3) == 0 {
				r.drain()
				r.feed(1 + r.rand.IntN(6))
			}
			if err := r.sink.Drain(t.Context()); err != nil {
				t.Errorf("Drain: %v", err)
			}
			r.check()
			if t.Failed() {
				t.Logf("seed %d: %s, %d workers, concurrency %d, backlog %d, timeout %v, release %v", seed, r.kind,
					r.config.Workers, r.config.Concurrency, r.config.Backlog, r.config.Timeout, r.config.Release)
			}
		})
		if t.Failed() {
			break
		}
	}
}
