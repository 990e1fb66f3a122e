package status

import (
	"sync/atomic"
	"time"
)

// A Pulse says whether something has been silent for too long. Its methods may be called concurrently.
type Pulse struct {
	epoch time.Time
	until atomic.Int64 // in nanoseconds since epoch
}

// NewPulse returns a pulse that is not late for the given time.
func NewPulse(silence time.Duration) *Pulse {
	p := &Pulse{epoch: time.Now()}
	p.Beat(silence)
	return p
}

// Beat notes a sign of life. The next one may take as long as silence.
func (p *Pulse) Beat(silence time.Duration) { p.until.Store(int64(time.Since(p.epoch) + silence)) }

// IsLate reports whether the next sign of life is overdue.
func (p *Pulse) IsLate() bool { return int64(time.Since(p.epoch)) > p.until.Load() }
