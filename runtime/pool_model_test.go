package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The model test puts random items into a random pool on a fake clock. It records when each item is taken, started, timed
// out, returned and done. Then it checks the record against G1, G2, G3, G5, G6, G7 and G8. The model is the check in
// pool_model_check_test.go, which knows nothing of shards, slots, queues or lists. The handlers and hooks, which make the
// record, are in pool_model_handler_test.go.

// An outcome is how a job's handler, or its error hook, ends.
type outcome int

const (
	succeeds outcome = iota
	fails
	panics
	exits
	hookPanics
	hookExits
	outcomes // how many there are
)

// A job is one item: what its handler does, and what happened to it.
type job struct {
	id      int
	keys    []Key
	run     time.Duration // how long the handler runs
	hook    time.Duration // how long the hooks run
	obeys   bool          // the handler returns early when its context ends
	end     outcome
	limit   *limit // set by the handler at its start
	relimit *limit // set by the handler while it runs

	queued, started, timedOut stamp
	handled                   stamp // when the handler returned
	returned                  stamp // when the handler and its error hook returned
	bound                     limit // the last limit that took effect
	holds                     bool  // the job holds a slot
	done                      []error
	reports                   int  // calls of the error hook
	late                      bool // the error hook received a LateError
	dropped                   bool // queued when Drain gave up
}

// A limit is a time-out that the handler sets, some time after its start.
type limit struct {
	at, timeout time.Duration
	release     bool
}

// A stamp is the time of an event and its position in the order of all events.
type stamp struct {
	at  time.Duration
	seq int
}

func (s stamp) happened() bool { return s.seq > 0 }

// A trial is one run of the model test.
type trial struct {
	t      *testing.T
	rand   *rand.Rand
	sink   *Pool[*job]
	config SinkConfig[*job]
	kind   string
	epoch  time.Time

	mu   sync.Mutex
	seq  int
	jobs []*job
	live int // running handlers that have not timed out
	most int // the largest value of live
	long int // the largest number of items held at once

	paused, resumed time.Duration // when a Drain gave up, and when it returned
}

// start makes a random sink.
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
		r.config.OnLow = func() {} // few items wait in this test, so workers yield
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

// pause returns a random duration of up to n ms.
func (r *trial) pause(n int) time.Duration {
	return time.Duration(r.rand.IntN(n+1)) * time.Millisecond
}

// newJob makes a random item.
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
		at := time.Duration(pick.IntN(5))*time.Millisecond + time.Millisecond/2 // at half a millisecond, no other event happens
		j.relimit = &limit{at, time.Duration(pick.IntN(8)) * time.Millisecond, pick.IntN(2) == 0}
	}
	r.jobs = append(r.jobs, j)
	return j
}

// feed puts random batches, and waits for room after each.
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
		taken, err := r.sink.Put(ctx, items, r.done)
		for i, j := range items {
			if j.queued.happened() != (i < taken) {
				r.t.Errorf("Put took %d items, which does not fit job %d at %d", taken, j.id, i)
			}
		}
		if (err == nil) != (taken == len(items)) || err != nil && !errors.Is(err, ctx.Err()) {
			r.t.Errorf("Put took %d of %d: %v", taken, len(items), err)
		}
		free, err := r.sink.Room(ctx)
		cancel()
		switch room := r.config.Backlog - r.sink.Len(); {
		case err != nil && (free != 0 || !errors.Is(err, ctx.Err())):
			r.t.Errorf("Room is %d: %v", free, err)
		case err == nil && (free < 1 || free > room):
			r.t.Errorf("Room is %d, want 1 to %d", free, room)
		case err == nil && r.sink.batched && r.sink.Len() != 0:
			r.t.Errorf("Room did not wait for %d items", r.sink.Len())
		}
	}
}

// drain drains with a random time limit, and checks what Drain says it left unfinished.
func (r *trial) drain() {
	wait := r.pause(10)
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	r.mu.Lock()
	r.paused = time.Since(r.epoch) + wait
	r.mu.Unlock()
	err := r.sink.Drain(ctx)
	if r.resumed = time.Since(r.epoch); r.resumed < r.paused {
		r.paused = r.resumed // everything was finished
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
	var unfinished *UnfinishedError
	switch {
	case !errors.As(err, &unfinished):
		if err != nil || queued+running > 0 {
			r.t.Errorf("%d queued and %d running jobs are unfinished, and Drain returned %v", queued, running, err)
		}
	case unfinished.Queued != queued || unfinished.Running < running || unfinished.Queued+unfinished.Running == 0 || !errors.Is(err, context.DeadlineExceeded):
		r.t.Errorf("%d queued and %d running jobs are unfinished, and Drain returned %v", queued, running, err)
	}
}

// hooked reports whether a job whose handler has returned waits for its error hook. The caller holds mu.
func (r *trial) hooked(j *job) bool { return j.end != succeeds && j.returned == j.handled }

// TestG1_G2_G3_Model runs many random trials.
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
