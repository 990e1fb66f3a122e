package runtime

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A script is a source that hands out numbers, as many as it is asked for, up to a last one, and then waits.
type script struct {
	last  int
	err   error         // instead of waiting
	pause time.Duration // before every answer
	limit func(int) int // how many it hands out

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

// The source is asked for the room there is, and for nothing while there is none.
func TestG4_FetchLimitIsTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 100}
		release := make(chan struct{})
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{
			Concurrency: 2,
			Backlog:     5,
			Handle:      func(context.Context, int) error { <-release; return nil },
		}))
		source.limit = func(limit int) int { return min(limit, 2) }
		start(t, r)
		synctest.Wait()
		if want := []int{5, 3, 1}; !slices.Equal(source.limits, want) || r.Len() != 5 {
			t.Errorf("asked for %v, want %v; it holds %d", source.limits, want, r.Len())
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(source.limits) != 3 {
			t.Errorf("a full sink, and yet asked for %v", source.limits)
		}
		release <- struct{}{}
		synctest.Wait()
		if want := []int{5, 3, 1, 1}; !slices.Equal(source.limits, want) {
			t.Errorf("asked for %v, want %v", source.limits, want)
		}
		close(release)
		synctest.Wait()
		stop(t, r)
		for _, limit := range source.limits {
			if limit < 1 || limit > 5 {
				t.Errorf("asked for %d", limit)
			}
		}
	})
}

// The next batch is fetched while the last one is handled.
func TestG4_FetchingGoesOnBesideTheHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 30, pause: time.Second, limit: func(int) int { return 10 }}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{Handle: func(context.Context, int) error {
			time.Sleep(10 * time.Second)
			return nil
		}}))
		start(t, r)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if r.Len() != 30 {
			t.Errorf("%d items after 3 s", r.Len())
		}
		stop(t, r)
	})
}

// Stop ends the fetch at once, waits for the handlers, and then closes the source, once.
func TestG7_StopOfARunner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 3}
		r := NewRunner[int](source, sleeper(newLogbook[int](), nil))
		start(t, r)
		synctest.Wait()
		begin := time.Now()
		stop(t, r)
		if took := time.Since(begin); took != 3*time.Second && took != 4*time.Second { // 1 and 2 in one slot, or 1 and 3
			t.Errorf("stopped after %v", took)
		}
		if source.closed != 1 || len(source.done) != 3 || r.Running() || r.Len() != 0 || r.Err() != nil {
			t.Errorf("closed %d times, done %v, running %v, %d items, %v", source.closed, source.done, r.Running(), r.Len(), r.Err())
		}
		stop(t, r)
		if source.closed != 1 {
			t.Error("a second Stop closed the source again")
		}
	})
}

func TestG7_StopInEachState(t *testing.T) {
	for name, source := range map[string]*script{
		"waiting for items": {},
		"pausing":           {last: 1, pause: time.Hour},
		"full":              {last: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := NewRunner[int](source, NewSharded(SinkConfig[int]{Backlog: 3, Concurrency: 3, Handle: func(ctx context.Context, _ int) error {
					<-ctx.Done()
					return nil
				}}))
				start(t, r)
				synctest.Wait()
				begin := time.Now()
				ended, cancel := context.WithCancel(t.Context())
				cancel()
				err := r.Stop(ended)
				if took := time.Since(begin); took != 0 || err != nil || r.Running() {
					t.Errorf("stopped after %v, %v, running %v", took, err, r.Running())
				}
				if n := len(source.done); n != source.next {
					t.Errorf("%d of %d done", n, source.next)
				}
			})
		})
	}
}

// A context that has ended is no reason not to stop.
func TestG7_StopWithoutAnyTime(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		source := &script{}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{Handle: handleNothing[int]}))
		start(t, r)
		if err := r.Stop(ended); err != nil || r.Running() || source.closed != 1 {
			t.Fatalf("%v, running %v, closed %d times", err, r.Running(), source.closed)
		}
	}
}

// Stop says what it had to leave, and still lets the source confirm what is done.
func TestG7_StopThatRunsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 5}
		r := NewRunner[int](source, sleeper(newLogbook[int](), func(c *SinkConfig[int]) { c.Concurrency = 1 }))
		start(t, r)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		err := r.Stop(ctx)
		left, ok := errors.AsType[*LeftError](err)
		// 1 and 2 are done, 3 runs until 6 s, 4 and 5 never start. Shards may take turns in another order.
		if !ok || left.Running > 1 || left.Queued+left.Running != len(r.Pending()) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v; pending %v", err, r.Pending())
		}
		if source.closed != 1 || len(source.done)+len(r.Pending()) != 5 {
			t.Errorf("closed %d times, done %v, pending %v", source.closed, source.done, r.Pending())
		}
		time.Sleep(time.Hour)
	})
}

// A second Stop, with less patience, does not wait longer than that.
func TestG7_StopBesideStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 1}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{Handle: func(context.Context, int) error {
			time.Sleep(time.Minute)
			return nil
		}}))
		start(t, r)
		synctest.Wait()
		first := make(chan error)
		go func() { first <- r.Stop(context.Background()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second Stop: %v", err)
		}
		if err := <-first; err != nil || source.closed != 1 {
			t.Errorf("the first Stop: %v, the source was closed %d times", err, source.closed)
		}
	})
}

// Done is called exactly once for every item, however its handler ended.
func TestG8_DoneOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 60}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{
			Timeout:     3 * time.Second,
			Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n%4))) },
			Handle: func(_ context.Context, n int) error {
				time.Sleep(time.Duration(n%5) * time.Second)
				switch n % 3 {
				case 0:
					return errFailed
				case 1:
					panic("on purpose")
				}
				return nil
			},
		}))
		start(t, r)
		synctest.Wait()
		stop(t, r)
		if len(source.done) != 60 {
			t.Errorf("%d of 60 are done", len(source.done))
		}
		for n, errs := range source.done {
			if len(errs) != 1 {
				t.Errorf("%d is done %d times: %v", n, len(errs), errs)
			}
			late := n%5 > 3
			if got := errors.Is(errs[0], ErrTimeout); got != late && n%5 != 3 {
				t.Errorf("%d is done with %v", n, errs[0])
			}
			if n%3 == 2 && n%5 < 3 && errs[0] != nil || n%3 != 2 && errs[0] == nil {
				t.Errorf("%d is done with %v", n, errs[0])
			}
		}
	})
}

// The handle: Start, Stop, Wait, Err, Len, Running, Pending, and Start again.
func TestG12_Handle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 4}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{Handle: func(_ context.Context, n int) error {
			time.Sleep(time.Duration(n%3) * time.Hour)
			return nil
		}}))
		if r.Running() || r.Len() != 0 || r.Err() != nil || r.Wait(t.Context()) != nil || r.Stop(t.Context()) != nil {
			t.Error("a runner that was never started is not at rest")
		}
		for life := 1; life <= 3; life++ {
			start(t, r)
			if err := r.Start(t.Context()); !errors.Is(err, ErrStarted) {
				t.Errorf("a second Start: %v", err)
			}
			synctest.Wait()
			first := 4 * (life - 1)
			var want []int
			for n := first + 1; n <= first+4; n++ {
				if n%3 != 0 {
					want = append(want, n)
				}
			}
			if got := r.Pending(); !r.Running() || !slices.Equal(got, want) || r.Len() != len(want) {
				t.Errorf("running %v, pending %v, %d", r.Running(), got, r.Len())
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := r.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Wait: %v", err)
			}
			cancel()
			waited := make(chan error, 1)
			go func() { waited <- r.Wait(t.Context()) }()
			stop(t, r)
			if err := <-waited; err != nil || r.Running() || len(source.done) != first+4 || source.closed != life {
				t.Errorf("Wait: %v, running %v, %d done, closed %d times", err, r.Running(), len(source.done), source.closed)
			}
			source.last += 4
		}
	})
}

// When the context of Start ends, the fetching ends, without an error.
func TestG12_TheContextOfStartEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 1}
		r := NewRunner[int](source, sleeper(newLogbook[int](), nil))
		ctx, cancel := context.WithCancel(t.Context())
		if err := r.Start(ctx); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cancel()
		if err := r.Wait(t.Context()); err != nil || r.Err() != nil || r.Running() {
			t.Errorf("Wait: %v, Err: %v, running %v", err, r.Err(), r.Running())
		}
		if r.Len() != 1 || source.closed != 0 {
			t.Errorf("%d items, closed %d times", r.Len(), source.closed)
		}
		if err := r.Start(t.Context()); !errors.Is(err, ErrStarted) {
			t.Errorf("Start before Stop: %v", err)
		}
		stop(t, r)
		if len(source.done) != 1 || source.closed != 1 {
			t.Errorf("done %v, closed %d times", source.done, source.closed)
		}
	})
}

// An error of the source ends the run and is told; Start after Stop tries again.
func TestG12_TheSourceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 2, err: errFailed}
		r := NewRunner[int](source, sleeper(newLogbook[int](), nil))
		for life := range 2 {
			start(t, r)
			err := r.Wait(t.Context())
			if !errors.Is(err, errFailed) || err.Error() != "fetching: failed on purpose" || r.Err() != err || r.Running() {
				t.Errorf("Wait: %v, Err: %v, running %v", err, r.Err(), r.Running())
			}
			stop(t, r)
			if len(source.done) != 2*(life+1) {
				t.Errorf("done %v", source.done)
			}
			source.last += 2
		}
	})
}

// An error of the sink, and one of the source's Close, are told too.
func TestG12_TheSinkFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner[int](&script{last: 1}, brokenSink{})
		start(t, r)
		if err := r.Wait(t.Context()); !errors.Is(err, errFailed) || err.Error() != "putting: failed on purpose" {
			t.Errorf("Wait: %v", err)
		}
		if err := r.Stop(t.Context()); !errors.Is(err, errFailed) {
			t.Errorf("Stop: %v", err)
		}
	})
}

type brokenSink struct{}

func (brokenSink) Put(_ context.Context, items []int, _ func(int, error)) (taken, free int, err error) {
	if len(items) == 0 {
		return 0, 1, nil
	}
	return 0, 0, errFailed
}
func (brokenSink) Drain(context.Context) error { return errFailed }
func (brokenSink) Len() int                    { return 0 }
func (brokenSink) Pending() []int              { return nil }

// An own source and an own sink need nothing but the two interfaces: here a channel, and a queue that somebody else
// reads and acknowledges.
func TestG14_OwnSourceAndSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 10}
		queue := &queueSink{room: 4}
		r := NewRunner[int](source, queue)
		start(t, r)
		for n := 1; n <= 10; n++ {
			synctest.Wait()
			if want := min(4, 11-n); r.Len() != want || len(source.done) != n-1 {
				t.Errorf("%d queued, want %d; %d done", r.Len(), want, len(source.done))
			}
			if got := queue.acknowledge(); got != n {
				t.Errorf("took %d, want %d", got, n)
			}
		}
		stop(t, r)
		if len(source.done) != 10 {
			t.Errorf("done %v", source.done)
		}
	})
}

// A queueSink stores items; an item is done when a reader acknowledges it.
type queueSink struct {
	room    int
	mu      sync.Mutex
	items   []int
	done    func(int, error)
	changed chan struct{}
}

func (q *queueSink) Put(ctx context.Context, items []int, done func(int, error)) (taken, free int, err error) {
	for {
		q.mu.Lock()
		q.done = done
		for taken < len(items) && len(q.items) < q.room {
			q.items = append(q.items, items[taken])
			taken++
		}
		free = q.room - len(q.items)
		changed := make(chan struct{})
		q.changed = changed
		q.mu.Unlock()
		if taken == len(items) && free > 0 {
			return taken, free, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return taken, 0, ctx.Err()
		}
	}
}

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
