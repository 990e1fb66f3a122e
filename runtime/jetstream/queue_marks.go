package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// takeMarks makes the marks those of this owner, once for each time that it gets the partition. The owner before cannot write them any more.
func (p *partition) takeMarks(ctx context.Context) error {
	q := p.q
	q.mu.Lock()
	taken, dirty, me := p.taken, p.dirty, q.me.ID
	q.mu.Unlock()
	if taken {
		return nil
	}
	var before marks
	sequence, err := get(ctx, q.streams.fleet, q.streams.marks(p.index), &before)
	if err != nil {
		return err
	}
	last := uint64(0)
	if dirty {
		info, err := q.streams.messages.Info(ctx)
		if err != nil {
			return fmt.Errorf("taking over partition %d: %w", p.index, err)
		}
		last = info.State.LastSeq
	}
	next := before.take(me, dirty, last)
	if dirty || next.Suspect > 0 {
		if sequence, err = q.streams.put(ctx, q.streams.marks(p.index), next, sequence); err != nil {
			return fmt.Errorf("taking over partition %d: %w", p.index, err)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil || q.me.ID != me {
		return context.Canceled
	}
	p.marks, p.sequence, p.taken = next, sequence, true
	return nil
}

// write stores the marks. It loses the partition if another owner has written them.
func (p *partition) write(ctx context.Context, next marks) error {
	q := p.q
	q.mu.Lock()
	sequence := p.sequence
	q.mu.Unlock()
	sequence, err := q.streams.put(ctx, q.streams.marks(p.index), next, sequence)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		// The answer may be lost, or there is another owner. In both cases the marks have to be read again.
		p.taken, p.dirty = false, false
		p.restart()
		if errors.Is(err, errChanged) {
			return queue.ErrLost
		}
		return err
	}
	p.sequence = sequence
	return nil
}

// advance stores that the first message and many behind it may be received, and that there are no suspects. A write covers as many
// messages as the process may have in hand, so that the writes are few, and so are the suspects that were never received.
func (p *partition) advance(ctx context.Context) error {
	q := p.q
	q.mu.Lock()
	if len(p.fifo) == 0 {
		q.mu.Unlock()
		return nil
	}
	next := p.marks.advance(p.fifo[0].sequence + uint64(q.connection.config.Pending*len(q.partitions)))
	q.mu.Unlock()
	if err := p.write(ctx, next); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	p.marks = next
	return nil
}

// poison puts a message into the dead letters that was begun too often.
func (p *partition) poison(ctx context.Context, it *item, attempts int) error {
	q := p.q
	cause := fmt.Sprintf("the process died %d times while it was handled", attempts)
	letter, err := q.streams.bury(ctx, it, attempts, cause)
	if err != nil {
		return err
	}
	q.mu.Lock()
	message := it.message
	q.mu.Unlock()
	// If a server that dies forgot this acknowledgement, the message would come again, and its count is forgotten too.
	if err := message.DoubleAck(ctx); err != nil {
		return fmt.Errorf("acknowledging a dead letter: %w", err)
	}
	q.log.Error("a message was put into the dead letters: "+cause, "partition", p.index, "id", it.id, "seq", it.sequence)
	q.finish(it)
	if q.config.OnPoison != nil {
		q.config.OnPoison(letter)
	}
	return nil
}

// recent holds the sequences of what was done last. An acknowledgement may be lost, and then the message comes again. The server
// sends no more messages than are allowed to be in hand, so few come again; a server that dies may forget some more.
type recent struct {
	stored map[uint64]time.Time // by sequence
	order  []uint64             // a ring
	next   int
}

const recentSize = 4096

func (r *recent) add(sequence uint64, stored time.Time) {
	if r.stored == nil {
		r.stored = make(map[uint64]time.Time)
	}
	if _, ok := r.stored[sequence]; ok {
		r.stored[sequence] = stored
		return
	}
	if len(r.order) < recentSize {
		r.order = append(r.order, sequence)
	} else {
		delete(r.stored, r.order[r.next])
		r.order[r.next] = sequence
		r.next = (r.next + 1) % recentSize
	}
	r.stored[sequence] = stored
}

// has reports whether a message was done. A server that has lost its last messages uses their sequences again, so the time has to be
// the same too.
func (r *recent) has(sequence uint64, stored time.Time) bool {
	t, ok := r.stored[sequence]
	return ok && t.Equal(stored)
}
