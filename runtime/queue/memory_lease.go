package queue

import (
	"context"
	"slices"
	"time"
)

// A memoryLease is a [Lease] of a [MemoryQueue].
type memoryLease struct {
	queue  *MemoryQueue
	ctx    context.Context
	cancel context.CancelFunc
}

// end ends a lease. The mutex is held.
func (s *memory) end(l *memoryLease) {
	l.cancel()
	if s.lease == l {
		s.lease = nil
		s.changed()
	}
}

func (l *memoryLease) Context() context.Context { return l.ctx }

func (l *memoryLease) Last() (int64, time.Time) {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	return l.queue.high, l.queue.highAt
}

func (l *memoryLease) Restart(context.Context) error {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	if l.queue.lease != l {
		return ErrLost
	}
	l.queue.high = 0
	return nil
}

func (l *memoryLease) Release(context.Context) error {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	l.queue.end(l)
	return nil
}

// DeadLetters implements [Queue].
func (q *MemoryQueue) DeadLetters() DeadLetters { return memoryLetters{q.memory} }

type memoryLetters struct{ *memory }

// find returns the place of a letter. The mutex is held.
func (l memoryLetters) find(number uint64) (int, error) {
	i := slices.IndexFunc(l.letters, func(d DeadLetter) bool { return d.Number == number })
	if i < 0 {
		return i, ErrNotFound
	}
	return i, nil
}

func (l memoryLetters) List(_ context.Context, after uint64, limit int) (list []DeadLetter, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.letters {
		if d.Number > after && len(list) < limit {
			list = append(list, d)
		}
	}
	return list, nil
}

func (l memoryLetters) Show(_ context.Context, number uint64) (DeadLetter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.find(number)
	if err != nil {
		return DeadLetter{}, err
	}
	return l.letters[i], nil
}

func (l memoryLetters) Replay(ctx context.Context, number uint64) error {
	letter, err := l.Show(ctx, number)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.store([]Message{letter.Message})
	l.mu.Unlock()
	return l.Drop(ctx, number)
}

func (l memoryLetters) Drop(_ context.Context, number uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, err := l.find(number)
	if err == nil {
		l.letters = slices.Delete(l.letters, i, i+1)
	}
	return err
}
