package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// takeMarks makes the marks those of this owner, once for each time that it gets the partition. The owner before cannot write them any more.
//
// delivered is the last sequence that was sent to the owner before.
func (p *partition) takeMarks(ctx context.Context, delivered uint64) error {
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
	next := before.take(me, dirty)
	if dirty || next.Recovering || len(next.Suspects) > 0 {
		if sequence, err = q.streams.put(ctx, q.streams.marks(p.index), next, sequence); err != nil {
			return fmt.Errorf("taking over partition %d: %w", p.index, err)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil || q.me.ID != me {
		return context.Canceled
	}
	p.marks, p.sequence, p.taken, p.recovering, p.delivered = next, sequence, true, next.Recovering, delivered
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

// A search finds the suspects of a partition: the messages that the owner before may have begun. They are the first that are not
// acknowledged, because an owner cannot have more of them in hand than the server allows.
type search struct {
	want  int    // how many messages are to be looked at
	limit uint64 // the last sequence that was sent to any owner, or 0 if that is not known
	seen  []uint64
	ended bool
}

func newSearch(q *Queue, pending, delivered uint64) *search {
	s := &search{want: int(min(pending, uint64(q.connection.config.Pending)))}
	if q.connection.server == nil {
		// The server lived on while the owner died, so it knows what it has sent. A server in the same process did not, and its
		// knowledge of that may be older.
		s.limit = delivered
		if delivered == 0 {
			s.want = 0
		}
	}
	return s
}

func (s *search) count(sequence uint64) {
	if s.ended {
		return
	}
	s.want--
	if s.limit != 0 && sequence > s.limit {
		s.want = 0
		return
	}
	s.seen = append(s.seen, sequence)
}

// endSearch stores the suspects once they are all known.
func (p *partition) endSearch(ctx context.Context, s *search) error {
	if s.ended || s.want > 0 {
		return nil
	}
	s.ended = true
	q := p.q
	q.mu.Lock()
	recovering, next := p.recovering, p.marks
	var suspects []uint64
	for _, sequence := range s.seen {
		if it := p.held[sequence]; it != nil && !it.received { // others run in this process, or are done
			suspects = append(suspects, sequence)
		}
	}
	q.mu.Unlock()
	if !recovering {
		return nil
	}
	next = next.found(suspects)
	if err := p.write(ctx, next); err != nil {
		return fmt.Errorf("storing the suspects of partition %d: %w", p.index, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.marks, p.recovering = next, false
	if len(suspects) > 0 {
		q.log.Warn("messages may have been begun by a process that died, and are handled one at a time", "partition", p.index, "messages", len(suspects))
	}
	q.changed()
	return nil
}

// endSuspicion stores that there are no suspects any more. Only then may others be begun.
func (p *partition) endSuspicion(ctx context.Context) error {
	p.q.mu.Lock()
	next := p.marks.found(nil)
	p.q.mu.Unlock()
	if err := p.write(ctx, next); err != nil {
		return err
	}
	p.q.mu.Lock()
	defer p.q.mu.Unlock()
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
