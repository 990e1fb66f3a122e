package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/queue"
	"github.com/tggen/tggen/runtime/telegram/internal/feed"
	"github.com/tggen/tggen/runtime/telegram/internal/state"
)

const (
	// rescanTimers is how often the process that leads reads the timers that the others have set.
	rescanTimers = 30 * time.Second

	// timeoutAgain is how long a time-out of a state may wait in the queue before it is published again.
	timeoutAgain = time.Minute

	// queueTime bounds the time in which a stop closes the queue.
	queueTime = 10 * time.Second
)

// A queuedUpdate is what an update from a queue knows about its delivery.
type queuedUpdate struct {
	delivery *queue.Delivery
	queue    queue.Queue
	begun    bool
	dropped  bool        // it was not handled, because its new owner handles it
	ended    atomic.Bool // it is done
}

// newReceiver checks the settings of the queue, and makes the source of the handlers. With a queue, updates are confirmed
// when they are stored.
func (b *Bot) newReceiver(o options) error {
	switch config := &b.config.Queue; {
	case config.Partitions == 0 && o.queue == nil:
		return nil
	case o.queue == nil:
		return errors.New("the spec has a queue: use WithQueue to say where it is")
	case config.Partitions == 0:
		return errors.New("WithQueue needs a queue in the spec, because its constraints must fit one: write `queue: {partitions: 16}`")
	case config.Partitions < 0 || config.Attempts < 0:
		return fmt.Errorf("Config.Queue: %d partitions and %d attempts, and neither can be negative", config.Partitions, config.Attempts)
	case b.config.Sink != Sharded:
		return errors.New("Config.Queue needs Config.Sink to be Sharded, since other sinks keep no order")
	}
	b.config.Delivery = AtLeastOnce
	b.opener = o.queue
	b.receiver = feed.NewReceiver(feed.ReceiverConfig[*Envelope]{Logger: b.logger, Item: b.received, Outcome: b.outcome})
	return nil
}

// openQueue opens the queue of a bot that has one.
func (b *Bot) openQueue(ctx context.Context) error {
	if b.receiver == nil {
		return nil
	}
	id, _, _ := strings.Cut(b.API().Token, ":")
	config := b.config.Queue
	q, err := b.opener.Open(ctx, queue.Config{
		Name: "bot" + id, Partitions: config.Partitions, Attempts: config.Attempts, OnPoison: b.onPoison, Logger: b.logger,
	})
	if err != nil {
		return fmt.Errorf("opening the queue: %w", err)
	}
	b.receiver.Open(q)
	b.queue.Store(&q)
	return nil
}

// feedQueue begins to move updates into the queue. If that ends with an error, the handlers' runner ends with it.
func (b *Bot) feedQueue(ctx context.Context, l *life) {
	config := feed.Config[*Envelope]{
		Queue: b.receiver.Queue(), Source: runtime.Source[*Envelope](b.poller), Polls: true, Message: b.message, Logger: b.logger,
	}
	if b.webhook != nil {
		config.Source, config.Polls = b.webhook, false
	}
	if b.sessions != nil && b.config.Expire != nil {
		config.Leading = b.publishTimers
	}
	l.feed = feed.Start(ctx, config)
	l.feeding.Go(func() { // Stop waits for it
		<-l.feed.Ended()
		if err := l.feed.Err(); err != nil {
			b.receiver.Fail(err)
		}
	})
}

// closeQueue gives the partitions to other processes.
func (b *Bot) closeQueue(ctx context.Context) error {
	if b.receiver == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queueTime)
	defer cancel()
	if err := b.receiver.Queue().Close(ctx); err != nil {
		return fmt.Errorf("closing the queue: %w", err)
	}
	return nil
}

// message makes the message of an update. The first constraint decides the partition.
func (b *Bot) message(u *Envelope) queue.Message {
	return queue.Message{ID: u.ID, Partition: b.partition(u), Data: []byte(u.raw)}
}

// partition returns the partition of an update: the shard of its first constraint. If it has none, any will do.
func (b *Bot) partition(u *Envelope) int {
	if b.config.Constraints != nil {
		if keys := b.computeKeys(u, NewKeys(&b.API().User)); len(keys) > 0 {
			return keys[0].Shard(b.config.Queue.Partitions)
		}
	}
	return runtime.KeyOfInt(u.ID).Shard(b.config.Queue.Partitions)
}

// received makes an update of a delivery.
func (b *Bot) received(d *queue.Delivery) *Envelope {
	u := b.readMessage(d.Message)
	u.queued = &queuedUpdate{delivery: d, queue: b.receiver.Queue()}
	return u
}

// readMessage makes an update of a message. If the message cannot be read, Decode returns the error.
func (b *Bot) readMessage(m queue.Message) *Envelope {
	raw := m.Data
	expiry, err := state.UnmarshalExpiry(raw)
	if expiry != nil {
		raw = []byte(expiry.Raw)
	}
	var u *Envelope
	if err == nil {
		u, err = NewEnvelope(raw)
	}
	if err != nil {
		return &Envelope{Header: Header{ID: m.ID}, raw: string(raw), err: fmt.Errorf("reading an update of the queue: %w", err)}
	}
	if expiry != nil && b.sessions != nil {
		u.useSessions(b.sessions, expiry)
	}
	return u
}

// mayBegin asks the queue whether an update may be handled here. If it may not, the update is dropped: the process that owns its partition
// now handles it.
func (b *Bot) mayBegin(ctx context.Context, u *Envelope) bool {
	at := u.queued
	if at.begun {
		return true
	}
	err := runtime.Untimed(ctx, func(ctx context.Context) error { return at.queue.Begin(ctx, at.delivery) })
	if at.begun = err == nil; at.begun {
		return true
	}
	at.dropped = true
	if !errors.Is(err, queue.ErrLost) && ctx.Err() == nil {
		b.logger.WarnContext(ctx, "an update could not be begun, and comes again", append(u.attrs(), "error", err)...)
	}
	return false
}

// outcome says what becomes of an update whose handlers have returned. One that was tried again and failed for good becomes a dead letter.
func (b *Bot) outcome(u *Envelope, err error) (d *queue.Delivery, letter error, drop bool) {
	at := u.queued
	if at.dropped {
		return nil, nil, true
	}
	at.ended.Store(true)
	if err != nil && !errors.Is(err, runtime.ErrTimeout) && u.progress.retried() {
		return at.delivery, err, false // its page of the journal is left to expire
	}
	b.pages.done(u)
	return at.delivery, nil, false
}

// retried reports whether the update was tried more than once because a handler had failed.
func (p *progress) retried() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.event != nil && p.event.Attempt > 1
}

// onPoison reports an update that the queue has put into the dead letters by itself. The error hook must not delay the other updates.
func (b *Bot) onPoison(letter queue.DeadLetter) {
	err := &PoisonError{Attempts: letter.Attempts, Letter: letter.Number}
	u := b.readMessage(letter.Message)
	ev := b.eventOf(u)
	if update, err := u.Decode(); err == nil {
		ev.Update = update
	}
	b.work.start(func(ctx context.Context) error { return err }, func(ctx context.Context, err error) { b.reportWork(ctx, ev, err) })
}

// publishTimers puts the states that have timed out into the queue, until ctx ends. It is called while this process leads. A time-out
// that was not handled yet is published again later; what comes twice does nothing.
func (b *Bot) publishTimers(ctx context.Context) {
	b.sessions.RunTimers(ctx, func(ctx context.Context, x *state.Expiry) error {
		u, err := NewEnvelope([]byte(x.Raw))
		if err != nil {
			b.logger.ErrorContext(ctx, "a time-out of a state is dropped", "session", x.Session, "key", x.Key, "error", err)
			return nil
		}
		m := b.message(u)
		m.Data = x.Marshal()
		b.sessions.Timers.Again(x, timeoutAgain)
		return feed.Publish(ctx, b.receiver.Queue(), nil, []queue.Message{m}, b.logger)
	})
}
