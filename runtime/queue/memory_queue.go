package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A MemoryQueue is a [Queue] of a [Memory].
type MemoryQueue struct {
	*memory
	config Config
	next   int // the partition from which Receive takes first
	closed bool
	dead   bool // it was killed
}

// Kill ends the queue as the death of its process would. Its lease and its partitions are those of others at once. From then on the
// queue does nothing: Receive and Lead wait for the end of their contexts, and the other methods fail or do nothing.
func (q *MemoryQueue) Kill() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed && !q.dead {
		q.dead = true
		q.leave(q, false)
	}
}

// Lapse takes the lease and the partitions away from the queue, as if its process had been silent for too long, and comes back now.
// What it has begun counts as begun by a process that died, but may go on.
func (q *MemoryQueue) Lapse() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed && !q.dead {
		q.leave(q, false)
		q.members = append(q.members, q)
		q.balance()
	}
}

// Lead implements [Queue].
func (q *MemoryQueue) Lead(ctx context.Context) (Lease, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.closed:
			return nil, ErrClosed
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case q.lease == nil && !q.dead:
			l := &memoryLease{queue: q}
			l.ctx, l.cancel = context.WithCancel(context.Background())
			q.lease = l
			return l, nil
		}
		if err := q.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// Publish implements [Queue].
func (q *MemoryQueue) Publish(ctx context.Context, lease Lease, messages []Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return ErrClosed
	case q.dead:
		return fmt.Errorf("publishing: %w", ErrLost)
	case ctx.Err() != nil:
		return ctx.Err()
	case len(messages) > MaxMessages:
		return fmt.Errorf("publishing: %d messages are more than %d", len(messages), MaxMessages)
	}
	for _, m := range messages {
		if m.Partition < 0 || m.Partition >= len(q.parts) {
			return fmt.Errorf("publishing: there is no partition %d", m.Partition)
		}
	}
	if lease == nil {
		q.store(messages)
		return nil
	}
	if l, ok := lease.(*memoryLease); !ok || q.lease != l {
		return fmt.Errorf("publishing: %w", ErrLost)
	}
	var fresh []Message
	high := q.high
	for _, m := range messages {
		if m.ID > q.high {
			fresh, high = append(fresh, m), max(high, m.ID)
		}
	}
	if len(fresh) > 0 {
		q.high, q.highAt = high, time.Now()
		q.store(fresh)
	}
	return nil
}

// Receive implements [Queue].
func (q *MemoryQueue) Receive(ctx context.Context, limit int) ([]*Delivery, error) {
	if limit < 1 {
		return nil, fmt.Errorf("receiving at most %d messages", limit)
	}
	for {
		deliveries, poisoned, err := q.receive(ctx, limit)
		if q.config.OnPoison != nil {
			for _, letter := range poisoned {
				q.config.OnPoison(letter)
			}
		}
		if err != nil || len(deliveries) > 0 {
			return deliveries, err
		}
	}
}

// receive takes what can be received. It returns early if it has put something into the dead letters.
func (q *MemoryQueue) receive(ctx context.Context, limit int) (deliveries []*Delivery, poisoned []DeadLetter, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case q.closed:
			return nil, nil, ErrClosed
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		}
		q.next = (q.next + 1) % len(q.parts)
		for i := range q.parts {
			p := q.parts[(q.next+i)%len(q.parts)]
			if p.owner != q || p.target != q {
				continue
			}
			for at := 0; at < len(p.messages) && len(deliveries) < limit; {
				switch m := p.messages[at]; {
				case m.holder != nil:
					at++
				case m.died >= q.config.Attempts:
					poisoned = append(poisoned, q.bury(m, m.died, "the process died each time that the message was begun"))
				default:
					deliveries = append(deliveries, q.deliver(m))
					at++
				}
			}
		}
		if len(deliveries) > 0 || len(poisoned) > 0 {
			return deliveries, poisoned, nil
		}
		if err := q.wait(ctx); err != nil {
			return nil, nil, err
		}
	}
}

func (q *MemoryQueue) deliver(m *memoryMessage) *Delivery {
	m.holder, m.item = q, &memoryItem{message: m, generation: m.part.generation}
	return &Delivery{Message: m.Message, Seq: m.seq, Attempt: m.died + 1, Token: m.item}
}

// Begin implements [Queue].
func (q *MemoryQueue) Begin(_ context.Context, d *Delivery) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	item, ok := d.Token.(*memoryItem)
	switch {
	case q.closed:
		return ErrClosed
	case !ok:
		return errors.New("the delivery is that of another queue")
	case item.begun || item.done:
		return errors.New("the delivery was begun before")
	case q.dead || item.message.part.owner != q || item.generation != item.message.part.generation:
		return ErrLost
	}
	item.begun = true
	return nil
}

// Done implements [Queue].
func (q *MemoryQueue) Done(d *Delivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if item, ok := d.Token.(*memoryItem); ok && !q.closed && !q.dead && !item.done {
		item.done = true
		q.remove(item.message)
	}
}

// Dead implements [Queue].
func (q *MemoryQueue) Dead(_ context.Context, d *Delivery, cause error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	item, ok := d.Token.(*memoryItem)
	switch {
	case q.closed:
		return ErrClosed
	case !ok:
		return errors.New("the delivery is that of another queue")
	case q.dead:
		return fmt.Errorf("storing a dead letter: %w", ErrLost)
	case !item.done:
		item.done = true
		q.bury(item.message, d.Attempt, cause.Error())
	}
	return nil
}

// Status implements [Queue].
func (q *MemoryQueue) Status() Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Status{DeadLetters: int64(len(q.letters)), Processes: len(q.members), Leading: q.lease != nil && q.lease.queue == q}
	for _, p := range q.parts {
		s.Backlog += int64(len(p.messages))
		if p.owner == q {
			s.Owned = append(s.Owned, p.index)
			s.Held += p.held()
		}
	}
	if q.lease != nil {
		s.Leader = fmt.Sprintf("queue %p", q.lease.queue)
	}
	if q.closed {
		s.Err = ErrClosed
	}
	return s
}

// Close implements [Queue].
func (q *MemoryQueue) Close(context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		if !q.dead {
			q.leave(q, true)
		}
	}
	return nil
}
