package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// Receive implements queue.Queue.
func (q *Queue) Receive(ctx context.Context, limit int) ([]*queue.Delivery, error) {
	if limit < 1 {
		return nil, fmt.Errorf("receiving at most %d messages", limit)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.closed:
			return nil, queue.ErrClosed
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
		var deliveries []*queue.Delivery
		acted := false
		if q.valid() {
			for _, p := range q.partitions {
				if p.stale && p.taken && p.running && !p.busy {
					q.act(ctx, p, p.settle)
					acted = true
				}
			}
			if acted {
				continue
			}
			start := q.next
			q.next = (q.next + 1) % len(q.partitions)
			for i := range q.partitions {
				p := q.partitions[(start+i)%len(q.partitions)]
				for len(deliveries) < limit {
					it, act := p.take()
					if it != nil {
						deliveries = append(deliveries, it.delivery())
						continue
					}
					if act != nil && len(deliveries) == 0 {
						q.act(ctx, p, act)
						acted = true
					}
					break
				}
			}
		}
		if len(deliveries) > 0 {
			return deliveries, nil
		}
		if acted {
			continue
		}
		if err := q.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// act writes something before a message of the partition can be received. q.mu is held, and released meanwhile.
func (q *Queue) act(ctx context.Context, p *partition, f func(context.Context) error) {
	p.busy = true
	q.mu.Unlock()
	err := f(ctx)
	if ctx.Err() == nil {
		q.failing("taking over", err)
	}
	if err != nil {
		pause := time.NewTimer(repeatPause)
		defer pause.Stop()
		select {
		case <-ctx.Done():
		case <-q.ctx.Done():
		case <-pause.C:
		}
	}
	q.mu.Lock()
	p.busy = false
	q.changed()
}

// itemOf returns the item of a delivery of this queue.
func (q *Queue) itemOf(d *queue.Delivery) (*item, error) {
	if it, ok := d.Token.(*item); ok && it.partition.q == q {
		return it, nil
	}
	return nil, errors.New("the delivery is that of another queue")
}

// Begin implements queue.Queue.
func (q *Queue) Begin(ctx context.Context, d *queue.Delivery) error {
	it, err := q.itemOf(d)
	if err != nil {
		return err
	}
	p := it.partition
	q.mu.Lock()
	if err := q.may(it); err != nil || !it.suspect {
		it.begun = err == nil
		q.mu.Unlock()
		return err
	}
	q.mu.Unlock()
	err = p.change(ctx, func(m marks) marks { return m.begin(it.sequence) })
	q.mu.Lock()
	defer q.mu.Unlock()
	if err == nil {
		if err = q.may(it); err == nil {
			it.begun = true
			return nil
		}
	}
	if it.generation == p.generation {
		p.invalidate() // it is dropped, and what comes after it must not overtake it
		p.restart()
	}
	return err
}

// may reports whether an item may be begun. q.mu is held.
func (q *Queue) may(it *item) error {
	switch {
	case q.closed:
		return queue.ErrClosed
	case it.begun || it.done:
		return errors.New("the delivery was begun before")
	case !q.valid():
		q.lapse()
		return queue.ErrLost
	case it.generation != it.partition.generation:
		return queue.ErrLost
	}
	return nil
}

// Done implements queue.Queue.
func (q *Queue) Done(d *queue.Delivery) {
	if it, err := q.itemOf(d); err == nil {
		q.finish(it)
	}
}

// finish acknowledges an item.
func (q *Queue) finish(it *item) {
	p := it.partition
	q.mu.Lock()
	if it.done {
		q.mu.Unlock()
		return
	}
	it.done = true
	if p.held[it.sequence] == it {
		delete(p.held, it.sequence)
		if !it.received {
			for i := range p.fifo {
				if p.fifo[i] == it {
					p.fifo = append(p.fifo[:i:i], p.fifo[i+1:]...)
					break
				}
			}
		}
	}
	message, closed := p.close(it), q.closed
	if it.sequence <= p.marks.Suspect {
		p.marks = p.marks.finish(it.sequence)
		p.stale = true
		q.changed()
	}
	q.free(it)
	if p.draining && len(p.held) == 0 {
		q.look()
	}
	if len(p.fifo) > 0 && p.inHand() == q.connection.config.Pending-1 {
		q.changed()
	}
	q.mu.Unlock()
	if message != nil && !closed {
		// If this is lost, the message comes again after the connection was restored, and is acknowledged then.
		_ = message.Ack()
	}
}

// free lets another suspect run that has to be alone. q.mu is held.
func (q *Queue) free(it *item) {
	if q.alone == it {
		q.alone = nil
		q.changed()
	}
}

// Dead implements queue.Queue.
func (q *Queue) Dead(ctx context.Context, d *queue.Delivery, cause error) error {
	it, err := q.itemOf(d)
	if err != nil {
		return err
	}
	if q.isClosed() {
		return queue.ErrClosed
	}
	if _, err := q.streams.bury(ctx, it, it.attempt, cause.Error()); err != nil {
		return fmt.Errorf("storing a dead letter: %w", err)
	}
	q.finish(it)
	return nil
}
