package runtime

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// A script is a source that returns the numbers from 1 to last, as many at a time as it is asked for, and then waits.
type script struct {
	last  int
	err   error         // returned instead of waiting, if set
	pause time.Duration // waited at the start of every Fetch
	limit func(int) int // lowers the limit of a Fetch, if set

	mu     sync.Mutex
	next   int
	limits []int
	done   map[int][]error
	closed int
}

func (s *script) Fetch(ctx context.Context, limit int) ([]int, error) {
	if s.pause > 0 && !pass(s.pause, ctx.Done()) {
		return nil, ctx.Err()
	}
	s.mu.Lock()
	s.limits = append(s.limits, limit)
	var items []int
	if s.limit != nil {
		limit = s.limit(limit)
	}
	for s.next < s.last && len(items) < limit {
		s.next++
		items = append(items, s.next)
	}
	s.mu.Unlock()
	if len(items) > 0 {
		return items, nil
	}
	if s.err != nil {
		return nil, s.err
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *script) Done(item int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		s.done = make(map[int][]error)
	}
	s.done[item] = append(s.done[item], err)
}

func (s *script) Close(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed++
	return nil
}

func start(t *testing.T, r *Runner[int]) {
	t.Helper()
	if err := r.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
}

func stop(t *testing.T, r *Runner[int]) {
	t.Helper()
	if err := r.Stop(context.Background()); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

// A brokenSink fails in Put and Drain. Room returns the error room.
type brokenSink struct{ room error }

func (brokenSink) Put(context.Context, []int, func(int, error)) (taken int, err error) {
	return 0, errFailed
}
func (s brokenSink) Room(context.Context) (free int, err error) { return 1, s.room }
func (brokenSink) Drain(context.Context) error                  { return errFailed }
func (brokenSink) Len() int                                     { return 0 }
func (brokenSink) Pending() []int                               { return nil }

// A queueSink stores up to room items. An item is done when a reader acknowledges it.
type queueSink struct {
	room    int
	mu      sync.Mutex
	items   []int
	done    func(int, error)
	changed chan struct{} // closed at the next acknowledgement
}

func (q *queueSink) Put(ctx context.Context, items []int, done func(int, error)) (taken int, err error) {
	for {
		q.mu.Lock()
		q.done = done
		for taken < len(items) && len(q.items) < q.room {
			q.items = append(q.items, items[taken])
			taken++
		}
		q.mu.Unlock()
		if taken == len(items) {
			return taken, nil
		}
		if _, err = q.Room(ctx); err != nil {
			return taken, err
		}
	}
}

func (q *queueSink) Room(ctx context.Context) (free int, err error) {
	for {
		q.mu.Lock()
		free = q.room - len(q.items)
		changed := make(chan struct{})
		q.changed = changed
		q.mu.Unlock()
		if free > 0 {
			return free, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// acknowledge removes the first item from the queue and reports it done.
func (q *queueSink) acknowledge() int {
	q.mu.Lock()
	item, done, changed := q.items[0], q.done, q.changed
	q.items = q.items[1:]
	q.changed = nil
	q.mu.Unlock()
	if changed != nil {
		close(changed)
	}
	done(item, nil)
	return item
}

func (q *queueSink) Drain(context.Context) error { return nil }

func (q *queueSink) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

func (q *queueSink) Pending() []int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.items)
}
