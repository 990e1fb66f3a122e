package telegram

import (
	"sync/atomic"
	"time"
)

// PollerStats counts what a [Poller] did since it was made.
type PollerStats struct {
	// Polls is the number of polls that were answered.
	Polls int64
	// Fetched is the number of new updates, dropped ones included.
	Fetched int64
	// Dropped is the number of updates of a kind that is not wanted.
	Dropped int64
	// Duplicates is how many times an update came again. With at-least-once delivery the server repeats unfinished
	// updates in every answer, so this number means little there.
	Duplicates int64
	// Failures is the number of polls that failed and were retried.
	Failures int64
	// LastAnswer is when the last poll was answered. It is zero before the first answer. While the server answers and
	// the sink has room, it is at most the polling time-out and 10 s ago.
	LastAnswer time.Time
}

type pollerCounters struct {
	polls, fetched, dropped, duplicates, failures atomic.Int64

	lastAnswer atomic.Int64 // in nanoseconds since 1970; 0 before the first answer
}

// Stats returns a snapshot of the counters. They are read one after another, so they may be of slightly different
// moments.
func (p *Poller) Stats() PollerStats {
	s := PollerStats{
		Polls:      p.stats.polls.Load(),
		Fetched:    p.stats.fetched.Load(),
		Dropped:    p.stats.dropped.Load(),
		Duplicates: p.stats.duplicates.Load(),
		Failures:   p.stats.failures.Load(),
	}
	if at := p.stats.lastAnswer.Load(); at != 0 {
		s.LastAnswer = time.Unix(0, at)
	}
	return s
}
