package telegram

import (
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
)

// Stats is a snapshot of a bot's counters.
type Stats struct {
	Poller  PollerStats  // zero if the bot takes webhooks
	Webhook WebhookStats // zero if the bot polls
	Sink    runtime.SinkStats
	Queue   queue.Status // zero if the bot has no queue, or was never started
}

// Stats returns the bot's counters. It may be called at any time.
func (b *Bot) Stats() Stats {
	s := Stats{Sink: b.sink.Stats()}
	if b.webhook != nil {
		s.Webhook = b.webhook.Stats()
	} else {
		s.Poller = b.poller.Stats()
	}
	if q := b.queue.Load(); q != nil {
		s.Queue = (*q).Status()
	}
	return s
}

// An Activity is a handler that has started and not returned.
type Activity struct {
	Header  Header
	Handler string        // the name in spec.yaml; empty until one has matched
	Shard   int           // which of Workers shards the update belongs to, from 0
	Waited  time.Duration // from the arrival of the update to the start of the handler
	Took    time.Duration // since the start of the handler

	// Abandoned says that the handler has timed out and has not returned. Stuck says that it had not returned at the end of
	// its hold, either, so that its constraints are released: see [TimeoutKey].
	Abandoned, Stuck bool
}

// Activities returns the handlers that run, the one that has run longest first, with those that timed out and have not
// returned. It is a snapshot, and may be called at any time. A bot that is not asked pays nothing for it; a call looks at
// all updates in hand.
func (b *Bot) Activities() []Activity {
	running := b.sink.Activities()
	all := make([]Activity, len(running))
	for i, a := range running {
		all[i] = Activity{
			Header: a.Item.Header, Handler: a.Item.Handler(), Shard: a.Shard, Waited: a.Waited, Took: a.Took,
			Abandoned: a.Abandoned, Stuck: a.Stuck,
		}
	}
	return all
}

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
