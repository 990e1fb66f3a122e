package telegram

import (
	"time"

	"github.com/tggen/tggen/runtime"
)

const (
	// stallFirst is how long the polling stands still before the poller says so, and stallEvery how long between two
	// reports.
	stallFirst = 10 * time.Second
	stallEvery = time.Minute
)

// A stall is a wait for room in the window, which is reported if it is long.
type stall struct {
	begun    time.Time
	due      time.Time // of the next report
	reported bool
	clock    *time.Timer
}

// timer returns a channel that fires when the next report is due.
func (s *stall) timer() <-chan time.Time {
	if s.clock == nil {
		s.begun = time.Now()
		s.due = s.begun.Add(stallFirst)
		s.clock = time.NewTimer(stallFirst)
	}
	return s.clock.C
}

// report reports the stall if that is due.
func (s *stall) report(p *Poller, oldest *mark) {
	now := time.Now()
	if now.Before(s.due) {
		return
	}
	s.reported, s.due = true, now.Add(stallEvery)
	s.clock.Reset(stallEvery)
	if p.stalled != nil {
		p.stalled(oldest.id, now.Sub(s.begun), false)
	}
}

// over reports the end of a stall that was reported.
func (s *stall) over(p *Poller) {
	if s.reported && p.stalled != nil {
		p.stalled(0, time.Since(s.begun), true)
	}
}

func (s *stall) stop() {
	if s.clock != nil {
		s.clock.Stop()
	}
}

// onFull says that nothing is fetched for want of room in the backlog, and why.
func (b *Bot) onFull(full runtime.Full[*Envelope]) {
	if full.Over {
		b.resumed(full.Waited)
		return
	}
	reason := "the backlog is full"
	if b.config.Sink == Batch || b.config.Sink == Sequential {
		reason = "the last batch is unfinished"
	}
	var oldest *Envelope
	if full.Any {
		oldest = full.Oldest
	}
	b.stalled(reason, full.Waited, oldest)
}

// onWindowFull says that nothing is fetched because Telegram returns no more than 100 updates, beginning with the oldest
// one that is not confirmed, and the bot has them all.
func (b *Bot) onWindowFull(oldest int64, waited time.Duration, over bool) {
	if over {
		b.resumed(waited)
		return
	}
	var envelope *Envelope
	for _, u := range b.sink.Pending() {
		if u.ID == oldest {
			envelope = u
			break
		}
	}
	b.stalled("the oldest update is unfinished, and Telegram returns only 100 from there on", waited, envelope)
}

// stalled reports that the fetching stands still.
func (b *Bot) stalled(reason string, waited time.Duration, oldest *Envelope) {
	stats := b.sink.Stats()
	attrs := []any{
		"waited", waited.Round(time.Second),
		"queued", stats.Queued, "running", stats.Running, "abandoned", stats.Abandoned, "retrying", stats.Retrying,
	}
	if oldest != nil {
		attrs = append(append(attrs, "age", stats.Oldest.Round(time.Second)), oldest.attrs()...)
	}
	b.logger.Warn("fetching stands still: "+reason, attrs...)
	b.observer.Stalled(reason, waited)
}

// resumed reports that the fetching goes on.
func (b *Bot) resumed(waited time.Duration) {
	b.logger.Info("fetching goes on", "waited", waited.Round(time.Second))
	b.observer.Resumed(waited)
}
