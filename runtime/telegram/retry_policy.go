package telegram

import (
	"fmt"
	"math"
	"time"
)

// A RetryInterval says how the waits between the retries of a failing request grow.
type RetryInterval uint8

const (
	// RetryExponential waits 100 ms, then twice as long each time, up to 30 s. Of each wait a random part, up to a
	// half, is taken off, so that bots that lost the server together do not come back together.
	RetryExponential RetryInterval = iota
	// RetryQuadratic waits 100 ms, then 100 ms longer each time, so that the time spent grows with the square of
	// the tries.
	RetryQuadratic
	// RetryFixed waits the same time each time.
	RetryFixed
)

const (
	retryStep = 100 * time.Millisecond
	retryCap  = 30 * time.Second

	defaultMaxElapsed = 15 * time.Hour
)

// A RetryPolicy says how long to wait after a failure that may pass, and when to give up. The zero RetryPolicy is
// exponential and gives up after 15 hours.
type RetryPolicy struct {
	// Interval is how the waits grow. Default RetryExponential.
	Interval RetryInterval

	// Fixed is the wait of RetryFixed, and of no other interval. Default 100 ms.
	Fixed time.Duration

	// MaxElapsed is the time since the first of the failures in a row after which no other try is made, and Fetch
	// returns the last failure. Default 15 h. A conflict (409) and a 429 are answers of a server that works: they do
	// not count as failures here.
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

// wait is the time to wait after the given number of tries, at least one, that failed in a row. random is in [0, 1).
func (r RetryPolicy) wait(tries int, random float64) time.Duration {
	switch r.Interval {
	case RetryQuadratic:
		return time.Duration(min(tries, math.MaxInt32)) * retryStep
	case RetryFixed:
		return r.Fixed
	}
	d := retryCap
	if shift := tries - 1; shift < 16 { // 100 ms << 16 is far over the cap
		d = min(retryCap, retryStep<<shift)
	}
	return d - time.Duration(random*float64(d)/2)
}
