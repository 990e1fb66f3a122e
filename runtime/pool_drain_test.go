package runtime

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// sleeper returns a sink whose items are the seconds that their handlers run. Handlers of even items return early when
// their context ends.
func sleeper(log *logbook[int], change func(*SinkConfig[int])) *Pool[int] {
	config := SinkConfig[int]{
		Concurrency: 2,
		Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n))) },
		Handle: func(ctx context.Context, n int) error {
			log.add(n)
			if n%2 != 0 {
				time.Sleep(time.Duration(n) * time.Second)
				return nil
			}
			if !pass(time.Duration(n)*time.Second, ctx.Done()) {
				return ctx.Err()
			}
			return nil
		},
	}
	if change != nil {
		change(&config)
	}
	return NewSharded(config)
}

// drainFor drains with a time limit. It returns the UnfinishedError, if there is one, and how long Drain took.
func drainFor(s Sink[int], d time.Duration) (*UnfinishedError, time.Duration, error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	err := s.Drain(ctx)
	unfinished, _ := errors.AsType[*UnfinishedError](err)
	return unfinished, time.Since(start), err
}

// Drain waits for queued items, for running handlers, for handlers that timed out and have not returned, and for hooks.
func TestG7_DrainWaitsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) {
			c.Timeout = 4 * time.Second
			c.Hold = -1
			c.OnTimeout = func(context.Context, int) { time.Sleep(10 * time.Second) }
		})
		put(t, s, 3, 3, 3, 9) // 9 times out at 4, its hook ends at 14, it returns at 9; the others end at 9
		drain(t, s)
		if at := time.Since(start); at != 14*time.Second {
			t.Errorf("drained after %v", at)
		}
		unfinished, took, err := drainFor(s, 0)
		if unfinished != nil || err != nil || took != 0 {
			t.Errorf("an empty sink: %v after %v", err, took)
		}
	})
}

// When its context ends, Drain starts nothing more, cancels the handlers' contexts, waits one second, and reports what is
// unfinished.
func TestG7_DrainWhoseContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[int]()
		s := sleeper(log, nil)
		put(t, s, 101, 100)
		synctest.Wait()
		put(t, s, 7, 5)
		unfinished, took, err := drainFor(s, 10*time.Second)
		if unfinished == nil || unfinished.Queued != 2 || unfinished.Running != 1 || unfinished.Stopped != 1 ||
			!errors.Is(err, context.DeadlineExceeded) || took != 11*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if want := "stopped with 1 handler running and 2 items queued, 1 handler cancelled: context deadline exceeded"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		if got := s.Pending(); !slices.Equal(got, []int{101, 100, 7, 5}) || s.Len() != 4 {
			t.Errorf("pending: %v", got)
		}
		// A second Drain waits only for the running handler.
		unfinished, took, err = drainFor(s, 5*time.Second)
		if unfinished == nil || unfinished.Queued != 2 || unfinished.Running != 1 || took != 6*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Hour)
		unfinished, took, err = drainFor(s, 5*time.Second)
		if unfinished == nil || unfinished.Queued != 2 || unfinished.Running != 0 || took != 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		if got := log.whats(); len(got) != 2 || got[0]+got[1] != 201 {
			t.Errorf("started: %v", got)
		}
	})
}

// If all handlers return when their contexts are cancelled, Drain returns at once. The item of a handler that returned an
// error is unfinished, since it may succeed another time; that of one that returned nil is finished.
func TestG7_HandlersThatReturnWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended error
		finished := make(map[int]error)
		s := NewSharded(SinkConfig[int]{
			Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
			Handle: func(ctx context.Context, n int) error {
				<-ctx.Done()
				if n == 100 {
					return ctx.Err()
				}
				return nil
			},
			OnError: func(_ context.Context, _ int, err error) { ended = err },
		})
		s.Put(t.Context(), []int{100, 200}, func(n int, err error) { finished[n] = err })
		unfinished, took, err := drainFor(s, 3*time.Second)
		if unfinished == nil || unfinished.Stopped != 1 || unfinished.Queued != 1 || unfinished.Running != 0 || took != 3*time.Second || ended != context.Canceled {
			t.Errorf("%v after %v; the handler ended with %v", err, took, ended)
		}
		if got := s.Pending(); !slices.Equal(got, []int{100, 200}) {
			t.Errorf("pending are %d", got)
		}
		s.Put(t.Context(), []int{200}, func(n int, err error) { finished[n] = err })
		unfinished, took, err = drainFor(s, 3*time.Second)
		if unfinished != nil || err != nil || took != 3*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if err, ok := finished[200]; len(finished) != 1 || !ok || err != nil || len(s.Pending()) > 0 {
			t.Errorf("finished are %v, pending are %d", finished, s.Pending())
		}
		checkIdle(t, s, 1)
	})
}

// A Drain whose context has ended cancels the handlers' contexts at once.
func TestG7_DrainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sleeper(newLogbook[int](), nil)
		put(t, s, 100, 102, 104)
		synctest.Wait()
		unfinished, took, err := drainFor(s, 0)
		if unfinished == nil || unfinished.Queued != 1 || unfinished.Running != 0 || took != 0 {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// Drain also cancels the contexts of running hooks, and a hook that does not return counts as running.
func TestG7_HooksAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[string]()
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) {
			c.Timeout = time.Second
			c.Hold = -1
			c.OnTimeout = func(ctx context.Context, _ int) {
				<-ctx.Done()
				log.add(ctx.Err().Error())
				time.Sleep(time.Hour)
			}
		})
		put(t, s, 2)
		unfinished, _, err := drainFor(s, 5*time.Second)
		want := []line[string]{{5 * time.Second, "context canceled"}}
		if unfinished == nil || unfinished.Queued != 0 || unfinished.Running != 1 || !slices.Equal(log.all(), want) {
			t.Errorf("%v; the hook's context ended at %v", err, log.all())
		}
		drain(t, s)
	})
}

// After a Drain that left items unfinished, the next Put drops those that are queued. Running handlers keep their slots and
// their keys.
func TestG12_PutAfterAnUnfinishedDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, done := newLogbook[int](), newLogbook[int]()
		s := sleeper(log, nil)
		note := func(n int, _ error) { done.add(n) }
		for _, items := range [][]int{{11, 13}, {11, 13, 3}} {
			if _, err := s.Put(t.Context(), items, note); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if unfinished, _, err := drainFor(s, 2*time.Second); unfinished == nil || unfinished.Queued != 3 || unfinished.Running != 2 {
			t.Errorf("%v", err)
		}
		put(t, s, 11) // at 3 s
		if got := s.Pending(); !slices.Equal(got, []int{11, 13, 11}) {
			t.Errorf("pending after Put: %v", got)
		}
		put(t, s, 5)
		drain(t, s)
		if got := log.all(); got[2].at != 11*time.Second || got[3].at != 13*time.Second || got[2].what+got[3].what != 11+5 {
			t.Errorf("started %v", got)
		}
		if got := done.whats(); !slices.Equal(got, []int{11, 13}) {
			t.Errorf("done: %v", got)
		}
	})
}

// After a Drain that left items unfinished, Room drops those that are queued too: a runner that is started again asks for
// room first.
func TestG12_RoomAfterAnUnfinishedDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) { c.Backlog = 4 })
		if _, err := s.Put(t.Context(), []int{11, 13, 11, 13}, doneNothing); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		drainFor(s, 0)
		if free := room(t, s); free != 2 || s.Len() != 2 {
			t.Errorf("room for %d beside %d items", free, s.Len())
		}
		drain(t, s)
	})
}

// After a Drain whose context ended, a time-out still frees its slot.
func TestG5_TimeoutAfterAnUnfinishedDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[int]()
		s := sleeper(log, func(c *SinkConfig[int]) {
			c.Concurrency = 1
			c.Timeout, c.Hold = 10*time.Second, -1
		})
		put(t, s, 101)
		drainFor(s, 2*time.Second)
		put(t, s, 1)
		drain(t, s)
		if got := log.all(); got[1] != (line[int]{10 * time.Second, 1}) {
			t.Errorf("started %v", got)
		}
	})
}

// No goroutine is left after Drain, whatever the handlers did. This runs on the real scheduler.
func TestG13_NoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		s := NewSharded(SinkConfig[int]{
			Timeout: time.Millisecond, Hold: -1,
			Concurrency: 10,
			Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n%7)), KeyOfInt(int64(n%3))) },
			Handle: func(ctx context.Context, n int) error {
				switch n % 5 {
				case 0:
					<-ctx.Done()
				case 1:
					panic("on purpose")
				case 2:
					runtime.Goexit()
				case 3:
					go func() { <-ctx.Done() }()
				}
				return nil
			},
			OnError:   func(context.Context, int, error) {},
			OnTimeout: func(context.Context, int) {},
		})
		for n := range 50 {
			put(t, s, n)
		}
		drain(t, s)
	}
	var after int
	for range 100 { // a goroutine reports its end shortly before it ends
		if after = runtime.NumGoroutine(); after <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, after)
}

// A Drain that gives up cancels the task that a worker has just taken and not yet started, too.
func TestG7_ATaskThatWasJustTakenIsCancelled(t *testing.T) {
	s := NewSharded(SinkConfig[int]{Workers: 1, Concurrency: 1, Handle: handleNothing[int]})
	s.slots.free = 0 // so that no worker takes it but this test
	if _, err := s.Put(t.Context(), []int{1}, doneNothing); err != nil {
		t.Fatal(err)
	}
	home := &s.shards[0]
	home.mu.Lock()
	taken := s.take(home)
	home.mu.Unlock()
	s.pause(context.DeadlineExceeded)
	if !s.start(taken) || taken.Err() != context.Canceled || !taken.wasStopped() {
		t.Errorf("the context of a task that was just taken has ended with %v", taken.Err())
	}
}

// What a stop cancels is unfinished, also if the handler comes to its time-out first, or returns an error only after the
// pool was opened again. The source is told of neither.
func TestG7_WhatDrainCancelledIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done []int
		s := NewConcurrent(SinkConfig[int]{
			Timeout: 10 * time.Second,
			Handle: func(ctx context.Context, n int) error {
				if n == 3 {
					Limit(ctx, 0, 0, false)
				}
				time.Sleep(time.Minute)
				return errFailed
			},
			OnError: func(context.Context, int, error) {},
		})
		note := func(n int, _ error) { done = append(done, n) }
		s.Put(t.Context(), []int{1, 3}, note)
		unfinished, took, err := drainFor(s, 9500*time.Millisecond)
		if unfinished == nil || unfinished.Running != 2 || took != 10500*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
		room(t, s)
		time.Sleep(time.Hour)
		drain(t, s)
		if len(done) > 0 || s.Len() != 0 {
			t.Errorf("done are %d, and %d items are held", done, s.Len())
		}
	})
}
