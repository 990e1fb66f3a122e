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
		last = numberOf(info.State.LastSeq+1, 0) - 1
	}
	next := before.take(me, dirty, last)
	q.mu.Lock()
	valid := q.valid()
	q.mu.Unlock()
	if !valid {
		return queue.ErrLost
	}
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

// change stores the marks with a change, one change after another. It loses the partition if another owner has written them. The change is
// applied twice: to what is stored, and then to the marks as they are after that.
func (p *partition) change(ctx context.Context, change func(marks) marks) error {
	p.changes.Lock()
	defer p.changes.Unlock()
	q := p.q
	q.mu.Lock()
	if !p.taken {
		q.mu.Unlock()
		return queue.ErrLost
	}
	next, sequence := change(p.marks), p.sequence
	next.Done = p.known()
	p.stale = false
	q.mu.Unlock()
	sequence, err := q.streams.put(ctx, q.streams.marks(p.index), next, sequence)
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		// The answer may be lost, or there is another owner. In both cases the marks have to be read again.
		if p.taken {
			p.taken, p.dirty = false, false
		}
		p.restart()
		if errors.Is(err, errChanged) {
			return queue.ErrLost
		}
		return err
	}
	p.sequence, p.marks = sequence, change(p.marks)
	p.marks.Done = next.Done
	return nil
}

// settle stores that a suspect is done. Otherwise the next death would be counted for it too, because it comes again if its bundle is not done.
func (p *partition) settle(ctx context.Context) error {
	return p.change(ctx, func(m marks) marks { return m })
}

// advance stores that the first message and many behind it may be received, and that there are no suspects. A write covers about as many
// messages as the process may have in hand, so that the writes are few, and so are the suspects that were never received.
func (p *partition) advance(ctx context.Context) error {
	q := p.q
	q.mu.Lock()
	if len(p.fifo) == 0 {
		q.mu.Unlock()
		return nil
	}
	next, ahead := p.fifo[0].sequence, uint64(4*q.connection.config.Pending*len(q.partitions))
	q.mu.Unlock()
	return p.change(ctx, func(m marks) marks { return m.advance(next, ahead) })
}

// poison puts a message into the dead letters that was begun too often.
func (p *partition) poison(ctx context.Context, it *item, attempts int) error {
	q := p.q
	cause := fmt.Sprintf("the process died %d times while it was handled", attempts)
	letter, err := q.streams.bury(ctx, it, attempts, cause)
	if err != nil {
		return err
	}
	if err := p.change(ctx, func(m marks) marks { return m.bury(it.sequence) }); err != nil {
		return err
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
