package runtime

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The model test puts random items into a random pool on a fake clock. It records when each item is taken, started, timed
// out, returned and done. Then it checks the record against G1, G2, G3, G5, G6, G7, G8 and G15. The model is the check in
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
	fails   int           // how many attempts fail before the one that ends as end says
	backoff time.Duration // the wait before each further attempt
	end     outcome
	limit   *limit // set by the handler at its start
	relimit *limit // set by the handler while it runs
	outing  outing // what each attempt does outside

	queued          stamp
	attempts        []try
	first           stamp // when the first attempt started
	started         stamp // of the last attempt, as the following
	timedOut, stuck stamp
	handled         stamp         // when the handler returned
	returned        stamp         // when the handler and its error hook returned
	bound           limit         // the last limit that took effect
	holds           bool          // the job holds a slot
	parked          bool          // the job waits for another attempt
	stopped         bool          // the handler failed after Drain had cancelled it
	outs            []out         // of all attempts
	outside         time.Duration // the time that the last attempt was outside
	done            []error
	reports         int  // calls of the error hook
	late            bool // the error hook received a LateError
	dropped         bool // unfinished, and not running, when Drain gave up
}

// A try is one attempt to handle a job.
type try struct {
	ready   time.Duration // when the back-off ended; 0 for the first attempt
	started time.Duration
	freed   time.Duration // when the slot was released
}

// A limit is a time-out that the handler sets, some time after its start.
type limit struct {
	at, timeout, hold time.Duration
	release           bool
}

// holds returns how long the keys are held after the time-out; negative: until the handler returns.
func (l limit) holds() time.Duration {
	switch {
	case l.release:
		return 0
	case l.hold == 0:
		return l.timeout
	}
	return l.hold
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
	tries  int // the largest number of attempts

	mu      sync.Mutex
	seq     int
	jobs    []*job
	live    int           // running handlers that have not timed out and are not outside
	away    int           // handlers that are outside, or wait for a slot to come back
	out     atomic.Int64  // handlers that are outside
	crowded time.Duration // when as many as may be were away, the last time
	most    int           // the largest value of live
	long    int           // the largest number of items held at once

	pauses []pause // the last may be of a Drain that has not given up yet, and perhaps will not
}

// A pause is when the context of a Drain ended, and when Drain returned.
type pause struct{ began, ended time.Duration }

// start makes a random sink.
func (r *trial) start() {
	pick := r.rand
	r.config = SinkConfig[*job]{
		Handle:      r.handle,
		Constraints: func(j *job, keys []Key) []Key { return append(keys, j.keys...) },
		Workers:     1 + pick.IntN(8),
		Concurrency: 1 + pick.IntN(20),
		Backlog:     1 + pick.IntN(40),
		Release:     pick.IntN(3) == 0,
		Hold:        r.pause(12) - 2*time.Millisecond,
		OnError:     r.onError,
		OnTimeout:   func(_ context.Context, j *job) { pass(j.hook, nil) },
		OnStuck:     func(_ context.Context, j *job) { pass(j.hook, nil) },
		Observer:    r,
	}
	if r.tries = 1 + pick.IntN(4); r.tries > 1 {
		r.config.Retry = r.retry
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
	j := &job{id: len(r.jobs), run: time.Duration(pick.IntN(6)) * time.Millisecond, obeys: pick.IntN(3) == 0, backoff: r.pause(8)}
	if pick.IntN(4) == 0 {
		j.fails = pick.IntN(4)
	}
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
		j.limit = r.newLimit(0)
	}
	if pick.IntN(3) == 0 {
		j.outing = r.newOuting()
	}
	if pick.IntN(8) == 0 {
		at := time.Duration(pick.IntN(5))*time.Millisecond + time.Millisecond/2 // at half a millisecond, no other event happens
		j.relimit = r.newLimit(at)
	}
	r.jobs = append(r.jobs, j)
	return j
}

func (r *trial) newLimit(at time.Duration) *limit {
	return &limit{at: at, timeout: r.pause(7), hold: r.pause(9) - 2*time.Millisecond, release: r.rand.IntN(2) == 0}
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
	if r.rand.IntN(3) == 0 {
		wait = time.Hour
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	r.mu.Lock()
	last := pause{began: time.Since(r.epoch) + wait, ended: math.MaxInt64}
	r.pauses = append(r.pauses, last)
	r.mu.Unlock()
	err := r.sink.Drain(ctx)
	last.ended = time.Since(r.epoch)
	gaveUp := last.ended >= last.began // if the two are one instant, Drain may just have had nothing to wait for
	var want UnfinishedError
	var pending []*job
	stuck := 0
	r.mu.Lock()
	r.pauses = r.pauses[:len(r.pauses)-1]
	if gaveUp {
		r.pauses = append(r.pauses, last)
	}
	for _, j := range r.jobs {
		switch {
		case !j.queued.happened() || j.dropped:
			continue
		case j.parked:
			want.Retrying++
			j.dropped = true
		case j.stopped && !j.timedOut.happened():
			want.Stopped++
			j.dropped = true
		case !j.started.happened():
			want.Queued++
			j.dropped = true
		case !j.returned.happened() || r.hooked(j):
			want.Running++
			if j.stuck.happened() {
				stuck++
			}
			if j.timedOut.happened() {
				continue
			}
		default:
			continue
		}
		pending = append(pending, j)
	}
	r.mu.Unlock()
	if got := r.sink.Pending(); !slices.Equal(got, pending) {
		r.t.Errorf("pending are %v, want %v", got, pending)
	}
	if !gaveUp && want.Running != stuck {
		r.t.Errorf("G7: Drain did not wait for %d handlers", want.Running-stuck)
	}
	var got *UnfinishedError
	switch {
	case !errors.As(err, &got):
		if err != nil || want != (UnfinishedError{}) {
			r.t.Errorf("%+v is unfinished, and Drain returned %v", want, err)
		}
	case got.Queued != want.Queued || got.Stopped != want.Stopped || got.Retrying != want.Retrying || got.Running < want.Running ||
		got.Queued+got.Stopped+got.Retrying+got.Running == 0 || last.ended != last.began && gaveUp != errors.Is(err, context.DeadlineExceeded):
		r.t.Errorf("%+v is unfinished, and Drain returned %+v", want, got)
	}
}

// hooked reports whether a job whose handler has returned waits for its error hook. The caller holds mu.
func (r *trial) hooked(j *job) bool { return r.outcome(j) != succeeds && j.returned == j.handled }

// outcome returns how the last attempt ends. The caller holds mu.
func (r *trial) outcome(j *job) outcome {
	if len(j.attempts) <= j.fails {
		return fails
	}
	return j.end
}

// TestG1_G2_G3_G5_G7_G15_Model runs many random trials.
func TestG1_G2_G3_G5_G7_G15_Model(t *testing.T) {
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
			if r.rand.IntN(2) == 0 {
				r.drain()
			}
			time.Sleep(time.Minute)
			if _, err := r.sink.Put(t.Context(), nil, r.done); err != nil {
				t.Errorf("Put: %v", err)
			}
			if err := r.sink.Drain(t.Context()); err != nil {
				t.Errorf("Drain: %v", err)
			}
			r.check()
			if t.Failed() {
				t.Logf("seed %d: %s, %d workers, concurrency %d, backlog %d, timeout %v, hold %v, release %v, %d attempts", seed, r.kind,
					r.config.Workers, r.config.Concurrency, r.config.Backlog, r.config.Timeout, r.config.Hold, r.config.Release, r.tries)
			}
		})
		if t.Failed() {
			break
		}
	}
}
