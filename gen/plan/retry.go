package plan

import (
	"time"

	"github.com/tggen/tggen/gen/spec"
)

// A Retry is the retry that is in effect, with all defaults filled in.
type Retry struct {
	// Attempts is the largest number of attempts. 1: an update whose handler failed is not handled again.
	Attempts int
	// Backoff is the wait before the second attempt, and MaxBackoff the longest wait.
	Backoff, MaxBackoff time.Duration
}

var defaultRetry = Retry{Attempts: 1, Backoff: spec.DefaultBackoff, MaxBackoff: spec.DefaultMaxBackoff}

// overriddenBy returns the retry with what a retry of the spec says in its place. That may be nil.
func (r Retry) overriddenBy(own *spec.HandlerRetry) Retry {
	if own == nil {
		return r
	}
	r = Retry{Attempts: own.Attempts.Or(r.Attempts), Backoff: own.Backoff.Or(r.Backoff), MaxBackoff: own.MaxBackoff.Or(r.MaxBackoff)}
	r.MaxBackoff = max(r.MaxBackoff, r.Backoff)
	return r
}

// Retries reports whether any update may be handled again.
func (p *Plan) Retries() bool {
	for _, h := range p.Handlers {
		if h.Retry.Attempts > 1 {
			return true
		}
	}
	return p.Retry.Attempts > 1
}
