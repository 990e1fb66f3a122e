package telegram

import (
	"time"

	"github.com/tggen/tggen/runtime"
)

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
