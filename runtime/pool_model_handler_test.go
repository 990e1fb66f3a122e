package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
	if now := time.Since(r.epoch); now-j.started.at != took || j.timedOut.happened() {
		r.t.Errorf("job %d: finished after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

func (r *trial) TimedOut(j *job, _ int) {
	if !j.timedOut.happened() {
		r.t.Errorf("job %d: the observer was told of the time-out before done", j.id)
	}
}

func (r *trial) Returned(j *job, _ int, took time.Duration, _ error) {
	if now := time.Since(r.epoch); now-j.started.at != took || !j.timedOut.happened() {
		r.t.Errorf("job %d: returned after %v, reported as %v; timed out: %v", j.id, now-j.started.at, took, j.timedOut.happened())
	}
}

// handle is the handler of every job.
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

// free notes that the job's slot is released. The caller holds mu.
func (r *trial) free(j *job) {
	if j.holds {
		j.holds = false
		r.live--
	}
}

// work sets the job's limits and runs for its time.
func (r *trial) work(ctx context.Context, j *job) {
	if j.limit != nil {
		r.setLimit(ctx, j, j.limit)
	}
	var ended <-chan struct{}
	if j.obeys {
		ended = ctx.Done()
	}
	rest := j.run
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
	Limit(ctx, l.timeout, l.release)
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
	stopped := time.Since(r.epoch) == r.paused // Drain cancels hooks in this instant
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
		r.t.Errorf("job %d: the hook received %v", j.id, err)
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
