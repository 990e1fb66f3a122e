package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// note records that an event happens now.
func (r *trial) note(s *stamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stamp(s)
}

// stamp is note. The caller holds mu.
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
		r.t.Errorf("job %d: waited %v, want %v", j.id, waited, now-j.queued.at)
	}
}

func (r *trial) Finished(j *job, _ int, took time.Duration, _ error) {
	if now := time.Since(r.epoch) - j.outside; now-j.started.at != took || j.timedOut.happened() {
		r.t.Errorf("job %d: finished after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

func (r *trial) TimedOut(j *job, _ int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stamp(&j.timedOut)
	r.free(j)
}

func (r *trial) Stuck(j *job, _ int, took time.Duration) {
	r.note(&j.stuck)
	if now := time.Since(r.epoch) - j.outside; now-j.started.at != took || !j.timedOut.happened() {
		r.t.Errorf("job %d: stuck after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

func (r *trial) Retrying(j *job, _ int, took time.Duration, attempt int, wait time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Since(r.epoch)
	if now-j.outside-j.started.at != took || attempt != len(j.attempts) || wait != j.backoff || !errors.Is(err, errFailed) {
		r.t.Errorf("job %d: attempt %d failed with %v after %v, %v left; want attempt %d and %v", j.id, attempt, err, took, wait, len(j.attempts), now-j.started.at)
	}
	for _, p := range r.pauses {
		if j.started.at < p.began && p.began < now {
			r.t.Errorf("G15: job %d is to be tried again, although Drain had cancelled it", j.id)
		}
	}
	if j.reports > 0 {
		r.t.Errorf("G15: job %d: the error hook was called before the last attempt", j.id)
	}
	r.free(j)
	j.parked = true
}

// retry is the policy of every trial.
func (r *trial) retry(j *job, attempt int, err error) (wait time.Duration, again bool) {
	return j.backoff, attempt < r.tries && !isFinal(err)
}

func (r *trial) Stopped(j *job, _ int, took time.Duration, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.stopped = true
	if now := time.Since(r.epoch) - j.outside; now-j.started.at != took || j.timedOut.happened() {
		r.t.Errorf("job %d: stopped after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

func (r *trial) Returned(j *job, _ int, took time.Duration, _ error) {
	if now := time.Since(r.epoch) - j.outside; now-j.started.at != took || !j.timedOut.happened() {
		r.t.Errorf("job %d: returned after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

// handle is the handler of every job.
func (r *trial) handle(ctx context.Context, j *job) error {
	r.mu.Lock()
	if j.started.happened() != j.parked {
		r.t.Errorf("job %d started twice", j.id)
	}
	r.stamp(&j.started)
	a := try{started: j.started.at}
	if j.parked {
		a.ready = j.attempts[len(j.attempts)-1].freed + j.backoff
	} else {
		j.first = j.started
	}
	j.parked, j.handled, j.returned, j.outside = false, stamp{}, stamp{}, 0
	j.attempts = append(j.attempts, a)
	if Attempt(ctx) != len(j.attempts) {
		r.t.Errorf("G15: job %d: attempt %d, want %d", j.id, Attempt(ctx), len(j.attempts))
	}
	j.bound = limit{timeout: r.config.Timeout, hold: r.config.Hold, release: r.config.Release}
	j.holds = true
	r.live++
	r.most = max(r.most, r.live)
	r.long = max(r.long, r.sink.Len())
	end := r.outcome(j)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stamp(&j.handled)
		j.returned = j.handled
		if end == succeeds {
			r.free(j)
		}
	}()
	r.work(ctx, j)
	switch end {
	case panics:
		panic(fmt.Sprint("job ", j.id))
	case exits:
		runtime.Goexit()
	case fails, hookPanics, hookExits:
		return errFailed
	}
	return nil
}

// free notes that the job's slot is released. The caller holds mu.
func (r *trial) free(j *job) {
	if j.holds {
		j.holds = false
		r.live--
		j.attempts[len(j.attempts)-1].freed = time.Since(r.epoch)
	}
}

// work sets the job's limits and runs for its time.
func (r *trial) work(ctx context.Context, j *job) {
	if j.limit != nil && Attempt(ctx)%2 == 1 {
		r.setLimit(ctx, j, j.limit)
	}
	var ended <-chan struct{}
	if j.obeys {
		ended = ctx.Done()
	}
	rest := j.run
	if j.outing.run > 0 && j.outing.at < rest && (j.relimit == nil || j.outing.at < j.relimit.at) {
		if !pass(j.outing.at, ended) || !r.goOut(ctx, j, ended) {
			return
		}
		rest -= j.outing.at
		if j.relimit != nil && j.relimit.at < j.run {
			if !pass(j.relimit.at-j.outing.at, ended) {
				return
			}
			r.setLimit(ctx, j, j.relimit)
			rest -= j.relimit.at - j.outing.at
		}
		pass(rest, ended)
		return
	}
	if j.relimit != nil && j.relimit.at < rest {
		if !pass(j.relimit.at, ended) {
			return
		}
		r.setLimit(ctx, j, j.relimit)
		rest -= j.relimit.at
	}
	pass(rest, ended)
}

// setLimit calls Limit and records the limit if it takes effect.
func (r *trial) setLimit(ctx context.Context, j *job, l *limit) {
	Limit(ctx, l.timeout, l.hold, l.release)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !j.timedOut.happened() || j.timedOut.at == time.Since(r.epoch) {
		j.bound = *l
	}
}

// onError is the error hook of every job.
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
	stopped := slices.ContainsFunc(r.pauses, func(p pause) bool { // Drain cancels hooks in this instant
		return time.Since(r.epoch) == p.began
	})
	r.mu.Unlock()
	if j.late && ctx.Err() != nil && !stopped {
		r.t.Errorf("job %d: the context of a late error has ended", j.id)
	}
	var panicked *PanicError
	var ok bool
	r.mu.Lock()
	end := r.outcome(j)
	r.mu.Unlock()
	switch end {
	case panics:
		ok = errors.As(err, &panicked) && panicked.Value == fmt.Sprint("job ", j.id) && len(panicked.Stack) > 0
	case exits:
		ok = errors.Is(err, ErrGoexit)
	default:
		ok = errors.Is(err, errFailed)
	}
	if !ok {
		r.t.Errorf("job %d: the hook received %v", j.id, err)
	}
	pass(j.hook, nil)
	switch end {
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
}
