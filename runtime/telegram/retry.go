package telegram

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
)

// A retrier repeats a request until it succeeds or a failure is final. It is the only retry loop of this package: the
// poller uses one for getUpdates and one for the confirmation on Close, the bot one for its calls at the start.
//
// A retrier counts the failures in a row across calls of do. It belongs to one goroutine.
type retrier struct {
	policy     RetryPolicy // with its defaults
	onConflict Conflict
	webhook    bool // tries again although a webhook is set, because the caller deletes it

	maxTries int       // gives up after this many failures in a row; 0: no such limit
	deadline time.Time // gives up rather than wait beyond it; zero: no such limit

	random func() float64 // a number in [0, 1) that shortens exponential waits; nil: they are not shortened

	// report is called before each wait, with the failure and the length of the wait. It may be nil.
	report func(ctx context.Context, failure error, wait time.Duration)

	// recovered is called at the first success after failures of any kind, with their number and the time since the
	// first of them. It may be nil.
	recovered func(ctx context.Context, failures int, after time.Duration)

	tries    int       // failures in a row, not counting refusals
	since    time.Time // when the first of them happened
	refusals int       // answers in a row with 409, or with 429 and no time to wait

	failures int       // failures of any kind since the last success
	began    time.Time // when the first of them happened
}

// do calls try until it succeeds. It returns nil, or the last failure if ctx ended, or an error that says why it gave up.
func (r *retrier) do(ctx context.Context, try func() error) error {
	for {
		failure := try()
		if failure == nil {
			r.succeeded(ctx)
			return nil
		}
		if ctx.Err() != nil {
			return failure
		}
		if r.failures == 0 {
			r.began = time.Now()
		}
		r.failures++
		wait, err := r.next(failure)
		if err != nil {
			return err
		}
		if r.report != nil {
			r.report(ctx, failure, wait)
		}
		if sleep(ctx, wait) != nil {
			return failure
		}
	}
}

func (r *retrier) succeeded(ctx context.Context) {
	if r.failures > 0 && r.recovered != nil {
		r.recovered(ctx, r.failures, time.Since(r.began))
	}
	r.reset()
}

// reset forgets the failures so far.
func (r *retrier) reset() {
	r.endRow()
	r.failures, r.began = 0, time.Time{}
}

// endRow begins a new row of failures.
func (r *retrier) endRow() { r.tries, r.since, r.refusals = 0, time.Time{}, 0 }

// next counts a failure. It returns how long to wait before the next try, or the error to give up with.
func (r *retrier) next(failure error) (time.Duration, error) {
	wait, err := r.count(failure)
	switch {
	case err != nil:
		return 0, err
	case r.maxTries > 0 && r.tries >= r.maxTries:
		return 0, failure
	case !r.deadline.IsZero() && time.Until(r.deadline) <= wait:
		return 0, failure
	}
	return wait, nil
}

// count applies the policy to a failure. An answer with 409 or 429 comes from a server that works, so it ends the
// failures in a row, and however many of them come, they do not use up MaxElapsed.
func (r *retrier) count(failure error) (time.Duration, error) {
	var api *APIError
	if errors.As(failure, &api) {
		switch {
		case api.Code == http.StatusUnauthorized, api.Code == http.StatusNotFound,
			api.Code == http.StatusConflict && r.onConflict == ConflictFail,
			api.webhook() && !r.webhook:
			return 0, fmt.Errorf("%w: %s", failure, api.advice())
		case api.Code == http.StatusTooManyRequests && api.RetryAfter > 0:
			r.endRow()
			return api.RetryAfter, nil
		case api.Code == http.StatusConflict, api.Code == http.StatusTooManyRequests:
			refusals := r.refusals + 1
			r.endRow()
			r.refusals = refusals
			return r.wait(refusals), nil
		}
	}
	now := time.Now()
	if r.tries == 0 {
		r.since = now
	}
	r.tries++
	r.refusals = 0
	wait := r.wait(r.tries)
	if elapsed := now.Sub(r.since); elapsed+wait > r.policy.MaxElapsed {
		return 0, fmt.Errorf("gave up after %v and %d tries: %w", elapsed.Round(time.Millisecond), r.tries, failure)
	}
	return wait, nil
}

func (r *retrier) wait(tries int) time.Duration {
	if r.random == nil {
		return r.policy.wait(tries, 0)
	}
	return r.policy.wait(tries, r.random())
}

// sleep waits for d. If ctx ends before, it returns the error of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A RetryInterval says how the waits between the retries of a failing request grow.
type RetryInterval uint8

const (
	// RetryExponential waits 100 ms after the first failure and doubles the wait after each further one, up to 30 s.
	// Each wait is shortened by a random part, at most half of it, so that bots that lost the server at the same time
	// do not return at the same time.
	RetryExponential RetryInterval = iota
	// RetryQuadratic waits 100 ms after the first failure and adds 100 ms after each further one. The total time grows
	// with the square of the number of tries.
	RetryQuadratic
	// RetryFixed waits equally long after every failure.
	RetryFixed
)

const (
	retryStep = 100 * time.Millisecond
	retryCap  = 30 * time.Second

	defaultMaxElapsed = 15 * time.Hour
)

// A RetryPolicy says how long to wait after a failure that may pass, and when to give up. The zero RetryPolicy waits
// exponentially and gives up after 15 hours.
type RetryPolicy struct {
	// Interval says how the waits grow. Default RetryExponential.
	Interval RetryInterval

	// Fixed is the wait of RetryFixed. The other intervals ignore it. Default 100 ms.
	Fixed time.Duration

	// MaxElapsed bounds the time since the first of several failures in a row. If the next try would start later, it
	// is not made, and the last failure is final. Default 15 h. Answers with 409 (conflict) and 429 (too many requests) come
	// from a server that works, so they do not count as failures here: after a 429 the next try starts when the server
	// says, however late that is.
	MaxElapsed time.Duration
}

func (r RetryPolicy) withDefaults() (RetryPolicy, error) {
	switch {
	case r.Interval > RetryFixed:
		return r, fmt.Errorf("retry interval %d does not exist", r.Interval)
	case r.Fixed < 0:
		return r, fmt.Errorf("retry interval of %v is negative", r.Fixed)
	case r.MaxElapsed < 0:
		return r, fmt.Errorf("retry limit of %v is negative", r.MaxElapsed)
	}
	if r.Fixed == 0 {
		r.Fixed = retryStep
	}
	if r.MaxElapsed == 0 {
		r.MaxElapsed = defaultMaxElapsed
	}
	return r, nil
}

// wait returns the time to wait after the given number of failures in a row, which is at least 1. random is in [0, 1).
func (r RetryPolicy) wait(failures int, random float64) time.Duration {
	switch r.Interval {
	case RetryQuadratic:
		return time.Duration(min(failures, math.MaxInt32)) * retryStep
	case RetryFixed:
		return r.Fixed
	}
	d := retryCap
	if shift := failures - 1; shift < 16 { // 100 ms << 16 is far above the cap
		d = min(retryCap, retryStep<<shift)
	}
	return d - time.Duration(random*float64(d)/2)
}
