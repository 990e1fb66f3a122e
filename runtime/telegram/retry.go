package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// failures counts the failures in a row.
type failures struct {
	tries     int
	since     time.Time // of the first
	conflicts int
}

// next is how long to wait after a failure, or the error to end with.
func (f *failures) next(failure error, policy RetryPolicy, conflict Conflict, random float64) (time.Duration, error) {
	var api *APIError
	if errors.As(failure, &api) {
		switch {
		case api.Code == http.StatusUnauthorized, api.Code == http.StatusNotFound,
			api.Code == http.StatusConflict && conflict == ConflictFail:
			return 0, fmt.Errorf("%w: %s", failure, api.advice())
		case api.Code == http.StatusConflict:
			*f = failures{conflicts: f.conflicts + 1}
			return policy.wait(f.conflicts, random), nil
		case api.Code == http.StatusTooManyRequests && api.RetryAfter > 0:
			*f = failures{}
			if api.RetryAfter > policy.MaxElapsed {
				return 0, fmt.Errorf("%w: it asks to wait %v", failure, api.RetryAfter)
			}
			return api.RetryAfter, nil
		}
	}
	now := time.Now()
	if f.tries == 0 {
		f.since = now
	}
	f.tries++
	f.conflicts = 0
	wait := policy.wait(f.tries, random)
	if elapsed := now.Sub(f.since); elapsed+wait > policy.MaxElapsed {
		return 0, fmt.Errorf("gave up after %v and %d tries: %w", elapsed.Round(time.Millisecond), f.tries, failure)
	}
	return wait, nil
}
