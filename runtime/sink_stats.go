package runtime

import "time"

// SinkStats is a snapshot of a [Pool]. The counters start at 0 when the pool is made.
type SinkStats struct {
	Queued    int           // items that wait for a key or a slot
	Running   int           // handlers that run and have not timed out
	Abandoned int           // handlers that timed out and have not returned
	Oldest    time.Duration // time since Put took the oldest unfinished item; 0 if there is none

	Finished int64 // counter: handlers that returned before their time-out
	Failed   int64 // counter: handlers that returned an error, in time or late
	TimedOut int64 // counter: handlers that timed out
}

// Stats returns a snapshot. It may be called concurrently.
func (p *Pool[T]) Stats() SinkStats {
	queued, running := p.deque.counts()
	return SinkStats{
		Queued:    queued,
		Running:   running,
		Abandoned: int(p.abandoned.Load()),
		Oldest:    p.deque.Oldest(),
		Finished:  p.finished.Load(),
		Failed:    p.failed.Load(),
		TimedOut:  p.timedOut.Load(),
	}
}
