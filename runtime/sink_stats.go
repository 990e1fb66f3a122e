package runtime

import "time"

// SinkStats is a snapshot of a [Pool]. The counters start at 0 when the pool is made.
type SinkStats struct {
	Queued    int           // items that wait for a key or a slot
	Retrying  int           // items that wait for another attempt, see SinkConfig.Retry
	Running   int           // handlers that run and have not timed out
	Abandoned int           // handlers that timed out and have not returned
	Bytes     int64         // size of the unfinished items, see SinkConfig.Size
	Oldest    time.Duration // time since Put took the oldest unfinished item; 0 if all items are finished

	Finished int64 // counter: handlers that returned before their time-out
	Failed   int64 // counter: handlers that returned an error, in time or late
	TimedOut int64 // counter: handlers that timed out
	Stuck    int64 // counter: handlers that had not returned at the end of their hold, see SinkConfig.Hold
	Retried  int64 // counter: attempts that failed and were followed by another, or were to be
}

// Stats returns a snapshot. It may be called concurrently.
func (p *Pool[T]) Stats() SinkStats {
	waiting, parked, running := p.deque.counts()
	return SinkStats{
		Queued:    waiting - parked,
		Retrying:  parked,
		Running:   running,
		Abandoned: int(p.abandoned.Load()),
		Bytes:     p.deque.Bytes(),
		Oldest:    p.deque.Oldest(),
		Finished:  p.finished.Load(),
		Failed:    p.failed.Load(),
		TimedOut:  p.timedOut.Load(),
		Stuck:     p.stuck.Load(),
		Retried:   p.retried.Load(),
	}
}
