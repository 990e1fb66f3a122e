package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"github.com/synadia-io/orbit.go/jetstreamext"
	"github.com/tggen/tggen/runtime/queue"
)

// A highWater is the last message of each batch of a poller. It replaces the one before it, and the server refuses the batch if
// that is not the one that the poller knows. So a poller that has lost its lease publishes nothing any more, and a batch
// that was stored is known by its ID even if the answer was lost.
type highWater struct {
	ID    int64     `json:"id"`    // the highest that was published
	At    time.Time `json:"at"`    // when it was published
	Lease string    `json:"lease"` // which lease published it
	Batch int       `json:"batch"` // its number within the lease
}

// A lease is a queue.Lease.
type lease struct {
	queue  *Queue
	id     string
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex // serialises batches
	high     highWater  // the last one that is known to be stored
	sequence uint64     // its sequence
	unknown  bool       // a batch may be stored that high does not know
}

// newLease makes the lease valid in the stream: from now on batches of the leases before are refused.
func (q *Queue) newLease(ctx context.Context) (*lease, error) {
	l := &lease{queue: q, id: nuid.Next()}
	for {
		sequence, err := get(ctx, q.streams.messages, q.streams.high(), &l.high)
		if err != nil {
			return nil, err
		}
		l.high.Lease, l.high.Batch = l.id, 0
		l.sequence, err = q.streams.put(ctx, q.streams.high(), l.high, sequence)
		if errors.Is(err, errChanged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		break
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, nil
}

// Context implements queue.Lease.
func (l *lease) Context() context.Context { return l.ctx }

// Last implements queue.Lease.
func (l *lease) Last() (int64, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.high.ID, l.high.At
}

// Restart implements queue.Lease.
func (l *lease) Restart(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.publish(ctx, nil, 0); err != nil {
		return fmt.Errorf("restarting the ids: %w", err)
	}
	return nil
}

// Release implements queue.Lease.
func (l *lease) Release(ctx context.Context) error {
	l.cancel()
	return l.queue.release(ctx, l)
}

// Publish implements queue.Queue.
func (q *Queue) Publish(ctx context.Context, given queue.Lease, messages []queue.Message) error {
	if q.isClosed() {
		return queue.ErrClosed
	}
	if len(messages) > queue.MaxMessages {
		return fmt.Errorf("publishing: %d messages are more than %d", len(messages), queue.MaxMessages)
	}
	for i := range messages {
		if p := messages[i].Partition; p < 0 || p >= q.config.Partitions {
			return fmt.Errorf("publishing: there is no partition %d", p)
		}
	}
	if given == nil {
		if len(messages) == 0 {
			return nil
		}
		if _, err := q.streams.store(ctx, q.streams.batch(messages)); err != nil {
			return fmt.Errorf("publishing: %w", err)
		}
		return nil
	}
	l, ok := given.(*lease)
	if !ok || l.queue != q {
		return errors.New("publishing: the lease is that of another queue")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(ctx); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	messages, highest := above(messages, l.high.ID)
	if len(messages) == 0 {
		return nil
	}
	if err := l.publish(ctx, messages, highest); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	return nil
}

// above returns the messages with IDs above the highest one, and the new highest one.
func above(messages []queue.Message, highest int64) ([]queue.Message, int64) {
	old := highest
	if slices.ContainsFunc(messages, func(m queue.Message) bool { return m.ID <= old }) {
		messages = slices.DeleteFunc(slices.Clone(messages), func(m queue.Message) bool { return m.ID <= old })
	}
	for i := range messages {
		highest = max(highest, messages[i].ID)
	}
	return messages, highest
}

// refresh finds out whether a batch whose answer was lost is stored. It fails with ErrLost if the lease has ended.
func (l *lease) refresh(ctx context.Context) error {
	if l.ctx.Err() != nil {
		return queue.ErrLost
	}
	if !l.unknown {
		return nil
	}
	var high highWater
	sequence, err := get(ctx, l.queue.streams.messages, l.queue.streams.high(), &high)
	if err != nil {
		return err
	}
	if high.Lease != l.id {
		return l.lost()
	}
	l.high, l.sequence, l.unknown = high, sequence, false
	return nil
}

func (l *lease) lost() error {
	l.cancel()
	return queue.ErrLost
}

// publish stores messages and the highest ID. l.mu is held.
func (l *lease) publish(ctx context.Context, messages []queue.Message, highest int64) error {
	if err := l.refresh(ctx); err != nil {
		return err
	}
	high := highWater{ID: highest, At: time.Now(), Lease: l.id, Batch: l.high.Batch + 1}
	data, err := json.Marshal(high)
	if err != nil {
		return err
	}
	last := nats.NewMsg(l.queue.streams.high())
	last.Data = data
	last.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	last.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(l.sequence, 10))
	batch := append(l.queue.streams.batch(messages), last)
	sequence, err := l.queue.streams.store(ctx, batch)
	if err == nil {
		l.high, l.sequence = high, sequence
		return nil
	}
	// The answer may be lost, or this may be the answer to a repetition.
	l.unknown = true
	if again := l.refresh(ctx); again != nil {
		if errors.Is(again, queue.ErrLost) {
			return again
		}
		return err
	}
	if l.high.Batch == high.Batch {
		return nil
	}
	return err
}

// store publishes a batch, all or none, and returns the sequence of its last message.
func (s *streams) store(ctx context.Context, batch []*nats.Msg) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	if len(batch) == 1 {
		ack, err := s.js.PublishMsg(ctx, batch[0], jetstream.WithRetryAttempts(0))
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	}
	ack, err := jetstreamext.PublishMsgBatch(ctx, s.js, batch, jetstreamext.BatchFlowControl{AckFirst: false})
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}
