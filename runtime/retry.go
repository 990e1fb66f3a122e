package runtime

import (
	"errors"
	"math/rand/v2"
	"time"
)

// Defaults of a [Retry].
const (
	DefaultBackoff    = time.Second
	DefaultMaxBackoff = time.Minute
)

// A Retry says how often a failed item is handled again, and how long to wait before each further attempt. The zero
// Retry makes one attempt. Use [Retry.Next] as [SinkConfig].Retry, or call it from there.
type Retry struct {
	// Attempts is the largest number of attempts, the first one included. Default 1.
	Attempts int

	// Backoff is the wait before the second attempt. It doubles with each attempt. Of each wait a random part, up
	// to a half, is taken off, so that items that failed together do not come back together. Default 1 s.
	Backoff time.Duration

	// MaxBackoff is the longest wait. Default 1 min, or Backoff if that is longer.
	MaxBackoff time.Duration
}

// Next returns how long to wait before the next attempt, after the given attempt, counted from 1, has failed with err.
// again is false if there is to be no other attempt: because attempt was the last one, because err is permanent (see
// [Permanent]), or because the handler panicked or called runtime.Goexit, which it would do again.
func (r Retry) Next(attempt int, err error) (wait time.Duration, again bool) {
	if attempt >= r.Attempts || isFinal(err) {
		return 0, false
	}
	wait = r.Backoff
	if wait <= 0 {
		wait = DefaultBackoff
	}
	longest := r.MaxBackoff
	if longest <= 0 {
		longest = max(DefaultMaxBackoff, wait)
	}
	for range attempt - 1 {
		if wait >= longest/2 {
			wait = longest
			break
		}
		wait *= 2
	}
	wait = min(wait, longest)
	return wait - time.Duration(rand.Float64()*float64(wait)/2), true
}

func isFinal(err error) bool {
	var permanent *PermanentError
	var panicked *PanicError
	return errors.As(err, &permanent) || errors.As(err, &panicked) || errors.Is(err, ErrGoexit)
}

// A PermanentError is an error that another attempt would not change.
type PermanentError struct{ Err error }

// Permanent marks a handler's error as one that another attempt would not change, so that [Retry] makes none. It returns
// nil if err is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{err}
}

func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the error that was marked.
func (e *PermanentError) Unwrap() error { return e.Err }
