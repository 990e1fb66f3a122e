package plan

import (
	"time"

	"github.com/tggen/tggen/gen/spec"
)

// A Timeout is the time-out that is in effect, with all defaults filled in.
type Timeout struct {
	// After is the time that a handler has. 0: no limit.
	After time.Duration
	// Key says what becomes of the keys of a handler that exceeds it.
	Key spec.TimeoutKey
	// Hold is how long the keys are held after that, unless Key is release. 0: as long again as After.
	Hold time.Duration
}

var defaultTimeout = Timeout{After: spec.DefaultTimeout, Key: spec.DefaultTimeoutKey}

// overriddenBy returns the time-out with what a time-out of the spec says in its place. That may be nil.
func (t Timeout) overriddenBy(own *spec.Timeout) Timeout {
	if own == nil {
		return t
	}
	if own.None {
		return Timeout{Key: t.Key, Hold: t.Hold}
	}
	t = Timeout{After: own.After.Or(t.After), Key: own.Key.Or(t.Key), Hold: own.Hold.Or(t.Hold)}
	if own.Hold.IsSet() {
		t.Key = spec.TimeoutHold
	}
	return t
}
