package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// A partition is what the process knows of a partition of the queue. Its fields are guarded by the queue's mu.
type partition struct {
	q     *Queue
	index int

	running  bool // owned, and a goroutine reads it
	draining bool // owned, and to be given up once nothing is in hand
	dirty    bool // the owner before has not left in order
	taken    bool // the marks are those of this owner
	busy     bool // Receive writes marks or a dead letter
	stop     context.CancelFunc
	reset    context.CancelFunc // of the reading under way
	reader   chan struct{}      // closed at the end of the last reader

	generation uint64             // grows when what was received and not begun becomes invalid
	fifo       []*item            // not received yet, in order
	held       map[uint64]*item   // by sequence: those in fifo, and those received and not done
	bundles    map[uint64]*bundle // by sequence in the stream; a bundle is here until all of it is done
	opened     uint64             // the sequence of the last bundle that was in hand since the partition is owned
	recent     recent             // bundles that were done

	marks    marks
	sequence uint64     // of the marks in the stream
	changes  sync.Mutex // serializes changes of the marks
	stale    bool       // a suspect is done, and that is not stored
}

// An item is a message that the process has in hand.
type item struct {
	partition  *partition
	bundle     *bundle
	generation uint64
	id         int64
	data       []byte
	sequence   uint64
	attempt    int
	suspect    bool
	received   bool
	begun      bool
	done       bool
}

func newPartition(q *Queue, index int) *partition {
	done := make(chan struct{})
	close(done)
	return &partition{q: q, index: index, held: make(map[uint64]*item), bundles: make(map[uint64]*bundle), reader: done}
}

// own starts to read the partition. q.mu is held.
func (p *partition) own(dirty bool) {
	ctx, cancel := context.WithCancel(p.q.ctx)
	before, done := p.reader, make(chan struct{})
	p.running, p.draining, p.dirty, p.stop, p.reader = true, false, dirty, cancel, done
	if !p.taken { // another process may have had the bundles meanwhile
		clear(p.bundles)
		p.opened = 0
	}
	if dirty && !p.taken {
		p.q.log.Info("taking over a partition whose owner did not leave in order", "partition", p.index)
	}
	p.q.done.Go(func() {
		defer close(done)
		<-before
		p.run(ctx)
	})
}

// leave ends the reading. What was not begun becomes invalid. q.mu is held.
func (p *partition) leave() {
	if !p.running {
		return
	}
	p.running, p.draining = false, false
	p.stop()
	p.invalidate()
}

// invalidate drops what was not begun. q.mu is held.
func (p *partition) invalidate() {
	p.generation++
	p.fifo = nil
	for sequence, it := range p.held {
		if !it.begun {
			delete(p.held, sequence)
			p.q.free(it)
		}
	}
	p.q.changed()
}

// drain says whether the partition shall be given up. q.mu is held.
func (p *partition) drain(want bool) {
	if p.draining == want {
		return
	}
	p.draining = want
	if !want {
		p.restart()
		return
	}
	for _, it := range p.fifo {
		delete(p.held, it.sequence)
	}
	p.fifo = nil
	if len(p.held) == 0 {
		p.q.look()
	}
}

// isDrained reports whether the partition is to be given up, nothing of it is in hand, and the next owner will know what is done. q.mu is
// held.
func (p *partition) isDrained() bool {
	return p.draining && len(p.held) == 0 && (len(p.partly()) == 0 || p.taken && slices.Equal(p.known(), p.marks.Done))
}

// restart reads everything anew that is not acknowledged. q.mu is held.
func (p *partition) restart() {
	if p.reset != nil {
		p.reset()
	}
}

// run reads the partition until ctx ends.
func (p *partition) run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	<-pause.C
	what := "partition " + strconv.Itoa(p.index)
	defer p.q.failing(what, nil)
	for ctx.Err() == nil {
		err := p.read(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errAnew) {
			continue
		}
		p.q.failing(what, err)
		pause.Reset(repeatPause)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
	}
}

// errAnew says that everything that is not acknowledged has to be read again.
var errAnew = errors.New("reading anew")

const pinGroup = "owner"

// consumer returns the configuration of the partition's consumer.
//
// The consumer is pinned, so that a process that does not know yet that it has lost the partition gets no messages. The server never gives
// a message up, and does not send it again by time: the owner resets the consumer instead, which keeps the order.
func (p *partition) consumer() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:        "partition-" + strconv.Itoa(p.index),
		FilterSubject:  p.q.streams.partition(p.index),
		DeliverPolicy:  jetstream.DeliverAllPolicy,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        24 * time.Hour,
		MaxDeliver:     -1,
		MaxAckPending:  p.q.connection.config.Pending,
		PriorityPolicy: jetstream.PriorityPolicyPinned,
		PriorityGroups: []string{pinGroup},
		PinnedTTL:      2 * time.Second,
		MemoryStorage:  true, // each owner resets it, so nothing of it has to be kept
	}
}

// read resets the consumer and reads messages, until ctx ends or something is missing.
func (p *partition) read(parent context.Context) error {
	q := p.q
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	call, stop := context.WithTimeout(ctx, 2*callTime)
	defer stop()
	consumer, err := q.streams.messages.CreateOrUpdateConsumer(call, p.consumer())
	if err != nil {
		return fmt.Errorf("making the consumer: %w", err)
	}
	if err := p.takeMarks(call); err != nil {
		return err
	}
	name := consumer.CachedInfo().Name
	if err := q.streams.messages.UnpinConsumer(call, name, pinGroup); err != nil {
		return fmt.Errorf("unpinning the consumer: %w", err)
	}
	if _, err := q.streams.js.ResetConsumerToSequence(call, q.streams.messages.CachedInfo().Config.Name, name, 1); err != nil {
		return fmt.Errorf("resetting the consumer: %w", err)
	}
	q.mu.Lock()
	if parent.Err() != nil {
		q.mu.Unlock()
		return parent.Err()
	}
	if !p.taken { // a change of the marks has failed meanwhile
		q.mu.Unlock()
		return errAnew
	}
	p.reset = cancel
	// What waits in the fifo comes again.
	for _, it := range p.fifo {
		delete(p.held, it.sequence)
	}
	p.fifo = nil
	q.mu.Unlock()
	messages, err := consumer.Messages(jetstream.PullMaxMessages(q.connection.config.Pending), jetstream.PullPriorityGroup(pinGroup),
		jetstream.PullExpiry(5*time.Second), jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return fmt.Errorf("reading messages: %w", err)
	}
	defer messages.Stop()
	q.failing("partition "+strconv.Itoa(p.index), nil)
	for expected := uint64(1); ; expected++ {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			if ctx.Err() != nil && parent.Err() == nil {
				return errAnew
			}
			return fmt.Errorf("reading messages: %w", err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("reading messages: %w", err)
		}
		if meta.Sequence.Consumer != expected {
			return errAnew // a message was lost on its way, or another process has read some
		}
		if err := p.add(ctx, m, meta); err != nil {
			return err
		}
	}
}

// add takes a message in hand, unless the process has it already or has done it.
func (p *partition) add(ctx context.Context, m jetstream.Msg, meta *jetstream.MsgMetadata) error {
	fresh, err := newBundle(m, meta)
	if err != nil {
		return err
	}
	q := p.q
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err() // the partition may belong to another process
	}
	if p.recent.has(fresh.sequence, meta.Timestamp) {
		return m.Ack()
	}
	b := p.bundles[fresh.sequence]
	if b != nil && b.stored.Equal(meta.Timestamp) {
		b.message = m
	} else {
		b = fresh
		p.open(b)
		if b.left == 0 {
			delete(p.bundles, b.sequence)
			return m.Ack()
		}
	}
	if p.draining {
		return nil
	}
	empty := len(p.fifo) == 0
	p.fill(b)
	if empty {
		q.changed()
	}
	return nil
}

// take returns the first message, if it may be received now. Otherwise it may return what has to be done first. q.mu is held.
func (p *partition) take() (*item, func(context.Context) error) {
	if len(p.fifo) == 0 || p.busy || !p.taken || p.inHand() >= p.q.connection.config.Pending {
		return nil, nil
	}
	it := p.fifo[0]
	switch {
	case p.marks.Suspect > 0:
		if p.inHand() > 0 {
			return nil, nil // one at a time
		}
		count := p.marks.count(it.sequence)
		switch {
		case count == 0:
			return nil, p.advance // they are in order, so all suspects are done
		case count >= p.q.config.Attempts:
			return nil, func(ctx context.Context) error { return p.poison(ctx, it, count) }
		case count >= 2 && p.q.alone != nil:
			return nil, nil
		case count >= 2:
			p.q.alone = it
		}
		it.suspect, it.attempt = true, count+1
	case it.sequence > p.marks.Ahead:
		return nil, p.advance
	}
	p.fifo = slices.Delete(p.fifo, 0, 1)
	it.received = true
	return it, nil
}

// inHand returns how many messages were received and are not done. q.mu is held.
func (p *partition) inHand() int { return len(p.held) - len(p.fifo) }

// delivery returns what Receive returns of an item.
func (it *item) delivery() *queue.Delivery {
	return &queue.Delivery{
		Message: queue.Message{ID: it.id, Partition: it.partition.index, Data: it.data},
		Seq:     it.sequence,
		Attempt: it.attempt,
		Token:   it,
	}
}
