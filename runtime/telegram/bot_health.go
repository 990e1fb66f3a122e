package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram/internal/status"
)

// Health returns a handler for those who look after the bot. The author's own HTTP server passes requests to it; nothing
// listens for it. It answers GET and HEAD of three paths, and everything else with 404 or 405:
//
//   - /livez answers 200 if the bot is live, and otherwise 503 and the reason. A bot that is not live gets no updates, and
//     should be started again.
//   - /readyz answers 200 if the bot gets updates: after the getMe of [Bot.Start], and until the stop begins. Otherwise it
//     answers 503 and the reason.
//   - /statusz answers with what the bot does: which handlers are stuck and since when, which run, the oldest update, the
//     backlog, the counters, and the state of the queue, of the store and of the journal. With a webhook it says whether that is set, and
//     what the server said about its last failed delivery; it asks the server for that, once a minute at most. That is a page
//     without scripts for a browser, and JSON for other clients.
//
// A bot that polls is live if its last poll was answered within the time-out of a poll, MaxDelay, and 10 s, which is 40.5 s by
// default; or if it does not poll because it has no room: the backlog is full, or with [AtLeastOnce] the 100 updates from
// the oldest unfinished one on are in hand. The time begins anew when there is room again, and a poll that was answered with
// 429 has as much more time as the server asks to wait. A poll that failed in any other way counts for nothing, and neither does a call that
// succeeded.
//
// A bot that takes webhooks is live if it listens and waits for an update, or has no room for one, or has got one within the
// last 10 s. It cannot know whether the server tries to deliver: /statusz says that.
//
// With a queue, a process that polls only while it leads is live while another one leads. While the queue does not work, no process is
// ready.
//
// A bot that is not started, that asks who it is, or that stops is live, because starting it again would not help. One whose
// polling or serving has ended with an error is not.
//
// No answer has the token, or anything that a user wrote. /statusz has the ids of chats and users, so it is not for strangers.
// With a webhook, the bot's own listener answers /livez and /readyz, too: see [WebhookSettings].
func (b *Bot) Health() http.Handler { return status.Handler(health{b}) }

// health is a bot as package status sees it.
type health struct{ bot *Bot }

// A phase is what a bot is at.
type phase uint8

const (
	phaseStopped phase = iota
	phaseStarting
	phaseRunning
	phaseStopping
	phaseEnded // with an error
)

func (p phase) String() string {
	return [...]string{"not started", "starting", "running", "stopping", "ended with an error"}[p]
}

func (b *Bot) phase() phase {
	l := b.life.Load()
	if l == nil {
		return phaseStopped
	}
	if l.ctx.Err() != nil {
		return phaseStopping
	}
	select {
	case <-l.started:
	default:
		return phaseStarting
	}
	switch {
	case b.runner.Running():
		return phaseRunning
	case b.runner.Err() != nil:
		return phaseEnded
	}
	return phaseStopping
}

// Live implements status.Subject.
func (h health) Live() (fault string) {
	b := h.bot
	switch b.phase() {
	case phaseEnded:
		return "the bot has ended with an error"
	case phaseRunning:
	default:
		return ""
	}
	if q := b.Stats().Queue; b.receiver != nil && (q.Err != nil || b.webhook == nil && !q.Leading) {
		return "" // nothing can be stored, or another process polls, and starting the bot again would not help
	}
	if b.webhook != nil {
		if b.webhook.waits.Load() || !b.webhook.pulse.IsLate() || !b.sink.HasRoom() {
			return ""
		}
		return "no update was taken " + since(b.webhook.Stats().LastUpdate)
	}
	if b.poller.waits.Load() || !b.poller.pulse.IsLate() || !b.sink.HasRoom() {
		return ""
	}
	return "no poll was answered " + since(b.poller.Stats().LastAnswer)
}

func since(t time.Time) string {
	if t.IsZero() {
		return "yet"
	}
	return fmt.Sprintf("for %v", time.Since(t).Round(time.Second))
}

// Ready implements status.Subject.
func (h health) Ready() (fault string) {
	if p := h.bot.phase(); p != phaseRunning {
		return "the bot is " + p.String()
	}
	if q := h.bot.Stats().Queue; q.Err != nil {
		return "the queue does not work: " + q.Err.Error()
	}
	return ""
}

// Report implements status.Subject.
func (h health) Report(ctx context.Context) *status.Report {
	b, now := h.bot, time.Now()
	stats := b.Stats()
	me := b.API().User
	r := &status.Report{
		State: b.phase().String(), Bot: status.Bot{ID: me.Id, Username: me.Username}, Now: now,
		Source: "polling", Delivery: b.config.Delivery.String(),
		Updates: status.Updates{
			HasRoom: b.sink.HasRoom(), Queued: stats.Sink.Queued, Retrying: stats.Sink.Retrying, Running: stats.Sink.Running,
			Abandoned: stats.Sink.Abandoned, Bytes: stats.Sink.Bytes,
			Handled: stats.Sink.Finished, Failed: stats.Sink.Failed, TimedOut: stats.Sink.TimedOut, Stuck: stats.Sink.Stuck,
			Retried: stats.Sink.Retried,
		},
	}
	if l := b.life.Load(); l != nil {
		r.Started = l.began
	}
	if pending := b.sink.Pending(); len(pending) > 0 {
		r.Updates.Oldest = &status.Oldest{Update: identity(pending[0].Header, pending[0].Handler()), Age: status.Seconds(stats.Sink.Oldest)}
	}
	for _, a := range b.Activities() {
		list := &r.Running
		if a.Abandoned {
			list = &r.Stuck
		}
		list.Add(status.Activity{
			Update: identity(a.Header, a.Handler), Shard: a.Shard, Since: now.Add(-a.Took),
			Took: status.Seconds(a.Took), Waited: status.Seconds(a.Waited), Released: a.Stuck || a.Abandoned && b.config.TimeoutKey == Release,
		})
	}
	if b.webhook != nil {
		s := stats.Webhook
		r.Source = "webhook"
		r.Webhook = &status.Webhook{
			LastUpdate: s.LastUpdate, Received: s.Received, Dropped: s.Dropped, Duplicates: s.Duplicates,
			Refused: s.Refused, Unauthorized: s.Unauthorized, Invalid: s.Invalid, Registration: b.askRegistration(ctx),
		}
	} else {
		s := stats.Poller
		r.Polling = &status.Polling{
			LastAnswer: s.LastAnswer, Polls: s.Polls, Failures: s.Failures, Fetched: s.Fetched, Dropped: s.Dropped, Duplicates: s.Duplicates,
		}
	}
	if b.receiver != nil {
		r.Queue = queueReport(stats.Queue)
	}
	if b.storeHealth != nil {
		r.Store = b.storeHealth.state()
	}
	if b.eraser != nil {
		r.Journal = &status.Journal{Store: b.journalStore.state(), Deletions: b.eraser.waiting()}
	}
	return r
}

func queueReport(s queue.Status) *status.Queue {
	q := &status.Queue{
		Backlog: s.Backlog, DeadLetters: s.DeadLetters, Processes: s.Processes, Partitions: s.Owned, Held: s.Held,
		Leading: s.Leading, Leader: s.Leader,
	}
	if s.Err != nil {
		q.Error = s.Err.Error()
	}
	return q
}

func identity(h Header, handler string) status.Update {
	return status.Update{ID: h.ID, Kind: h.Kind.String(), Chat: h.Chat, User: h.User, Handler: handler}
}

// A watchedStore is the store of the journal. It remembers whether the store is down.
type watchedStore struct {
	session.Store
	trace func(ctx context.Context, operation string) (traced context.Context, end func(err error)) // may be nil

	mu       sync.Mutex
	failures int       // since the last call that succeeded
	since    time.Time // the first of them
}

// Load implements [session.Store].
func (s *watchedStore) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	traced, end := s.begin(ctx, "load")
	records, err := s.Store.Load(traced, keys)
	end(err)
	s.note(ctx, err)
	return records, err
}

// Commit implements [session.Store].
func (s *watchedStore) Commit(ctx context.Context, writes []session.Write) error {
	traced, end := s.begin(ctx, "commit")
	err := s.Store.Commit(traced, writes)
	end(err)
	s.note(ctx, err)
	return err
}

// begin begins to trace a call.
func (s *watchedStore) begin(ctx context.Context, operation string) (traced context.Context, end func(err error)) {
	if s.trace != nil {
		ctx, end = s.trace(ctx, operation)
	}
	if end == nil {
		end = func(error) {}
	}
	return ctx, end
}

// note notes the outcome of a call. That a commit was refused, or was interrupted, does not mean that the store is down.
func (s *watchedStore) note(ctx context.Context, err error) {
	if err != nil && ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil || errors.Is(err, session.ErrConflict) || errors.Is(err, session.ErrInvalid):
		s.failures = 0
	default:
		if s.failures++; s.failures == 1 {
			s.since = time.Now()
		}
	}
}

func (s *watchedStore) state() status.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures == 0 {
		return status.Store{}
	}
	return status.Store{Failing: true, FailingSince: s.since, Failures: s.failures}
}
