package runtime

import (
	"context"
	"errors"
	"time"
)

// An outing is a part of a handler's work that does not count.
type outing struct {
	at     time.Duration // after the start; it is no multiple of a millisecond, so that nothing else happens at that time
	run    time.Duration // how long it takes; 0: there is none
	keeps  bool          // the handler keeps its slot: Untimed is called, and not Outside
	panics bool
}

// An out is an outing of a handler that gave up its slot.
type out struct {
	left, done, back time.Duration // when the handler went, when the outing was over, and when the handler went on
}

// newOuting returns a random outing.
func (r *trial) newOuting() outing {
	return outing{at: r.pause(4) + time.Millisecond/4, run: r.pause(8), keeps: r.rand.IntN(3) == 0, panics: r.rand.IntN(6) == 0}
}

// goOut spends the outing of a job. It returns false if the outing was cut short.
func (r *trial) goOut(ctx context.Context, j *job, ended <-chan struct{}) bool {
	o := out{left: time.Since(r.epoch)}
	went, cut := false, false
	leave := func(ctx context.Context) error {
		r.mu.Lock()
		went = true
		if j.timedOut.happened() {
			r.t.Errorf("G5: job %d is outside after its time-out", j.id)
		}
		if _, ok := ctx.Deadline(); ok {
			r.t.Errorf("job %d has a deadline while its clock is stopped", j.id)
		}
		r.mu.Unlock()
		if !j.outing.keeps {
			if n := r.out.Add(1); n > int64(r.config.Concurrency) {
				r.t.Errorf("G3: %d handlers outside, of %d", n, r.config.Concurrency)
			}
			defer r.out.Add(-1)
		}
		cut = !pass(j.outing.run, ended)
		o.done = time.Since(r.epoch)
		if j.outing.panics {
			panic(errFailed)
		}
		return errFailed
	}
	call := Outside
	if j.outing.keeps {
		call = Untimed
	}
	held := r.goneOut(j)
	err := func() (err error) {
		defer func() {
			if value := recover(); value != nil {
				err = value.(error)
			}
		}()
		return call(ctx, leave)
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	o.back = time.Since(r.epoch)
	switch {
	case went != errors.Is(err, errFailed):
		r.t.Errorf("job %d: went outside is %v, and the error %v", j.id, went, err)
	case went:
		j.outside += o.back - o.left
		if !j.outing.keeps {
			j.outs = append(j.outs, o)
		}
	case errors.Is(err, ErrTimeout) != j.timedOut.happened():
		r.t.Errorf("job %d: timed out is %v, and the error %v", j.id, j.timedOut.happened(), err)
	case errors.Is(err, ErrBusy) && (j.outing.keeps || r.crowded != o.back):
		r.t.Errorf("G2: job %d may not go outside, although few are", j.id)
	}
	if j.outing.keeps {
		return !cut
	}
	r.away--
	if held && (went || !j.timedOut.happened()) {
		r.live++
		j.holds = true
		if went && ctx.Err() == nil {
			r.most = max(r.most, r.live)
		}
	}
	return !cut
}

// goneOut notes that a job gives up its slot. It returns false if the job has none.
func (r *trial) goneOut(j *job) (held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if j.outing.keeps {
		return true
	}
	if r.away++; r.away > r.config.Concurrency {
		r.crowded = time.Since(r.epoch)
	}
	if held = j.holds; held {
		r.live--
		j.holds = false
	}
	return held
}

// checkOuts checks that a job that came back waited for a slot only while there was none.
func (r *trial) checkOuts(j *job, full func(from, to time.Duration) bool) {
	for _, o := range j.outs {
		if o.back > o.done && !full(o.done, o.back) {
			r.t.Errorf("G2: job %d wanted to go on at %v and did at %v while a slot was free", j.id, o.done, o.back)
		}
	}
}
