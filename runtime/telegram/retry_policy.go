package telegram

import (
	"fmt"
	"math"
	"time"
)

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

	// MaxElapsed bounds the time since the first of several failures in a row. If the next try would start later, there
	// is none, and the last failure is final. Default 15 h. Answers with 409 (conflict) and 429 (too many requests) come
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
