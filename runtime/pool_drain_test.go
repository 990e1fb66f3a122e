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

// sleeper is a sink whose handlers take so many seconds, and obey their context if the number is even.
func sleeper(log *logbook[int], change func(*SinkConfig[int])) *Handlers[int] {
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

func drainFor(s Sink[int], d time.Duration) (*LeftError, time.Duration, error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	err := s.Drain(ctx)
	left, _ := errors.AsType[*LeftError](err)
	return left, time.Since(start), err
}

// Drain waits for what is queued, what runs, what timed out and has not returned, and the hooks.
func TestG7_DrainWaitsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) {
			c.Timeout = 4 * time.Second
			c.OnTimeout = func(context.Context, int) { time.Sleep(10 * time.Second) }
		})
		put(t, s, 3, 3, 3, 9) // 9 times out at 4, its hook ends at 14, it returns at 9; the others end at 9
		drain(t, s)
		if at := time.Since(start); at != 14*time.Second {
			t.Errorf("drained after %v", at)
		}
		left, took, err := drainFor(s, 0)
		if left != nil || err != nil || took != 0 {
			t.Errorf("an empty sink: %v after %v", err, took)
		}
	})
}

// When its time is up, Drain starts nothing more, ends the contexts, waits one second, and says what it left.
func TestG7_DrainThatRunsOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[int]()
		s := sleeper(log, nil)
		put(t, s, 101, 100)
		synctest.Wait()
		put(t, s, 7, 5)
		left, took, err := drainFor(s, 10*time.Second)
		if left == nil || left.Queued != 2 || left.Running != 1 || !errors.Is(err, context.DeadlineExceeded) || took != 11*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if want := "stopped with 1 handlers running and 2 items queued: context deadline exceeded"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		if got := s.Pending(); !slices.Equal(got, []int{101, 7, 5}) || s.Len() != 3 {
			t.Errorf("pending: %v", got)
		}
		// Again: there is nothing to wait for but what runs.
		left, took, err = drainFor(s, 5*time.Second)
		if left == nil || left.Queued != 2 || left.Running != 1 || took != 6*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		time.Sleep(time.Hour)
		left, took, err = drainFor(s, 5*time.Second)
		if left == nil || left.Queued != 2 || left.Running != 0 || took != 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v after %v", err, took)
		}
		if got := log.whats(); len(got) != 2 || got[0]+got[1] != 201 {
			t.Errorf("started: %v", got)
		}
	})
}

// Handlers that end when their context does leave nothing, and Drain returns at once.
func TestG7_HandlersThatObey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended error
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) {
			c.OnError = func(_ context.Context, _ int, err error) { ended = err }
		})
		put(t, s, 100)
		left, took, err := drainFor(s, 3*time.Second)
		if left != nil || err != nil || took != 3*time.Second || ended != context.Canceled {
			t.Errorf("%v after %v; the handler ended with %v", err, took, ended)
		}
	})
}

// A Drain without any time ends the contexts at once.
func TestG7_DrainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sleeper(newLogbook[int](), nil)
		put(t, s, 100, 102, 104)
		synctest.Wait()
		left, took, err := drainFor(s, 0)
		if left == nil || left.Queued != 1 || left.Running != 0 || took != 0 {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// The context of a hook that is still running ends too, and a hook that goes on counts as running.
func TestG7_HooksAreToldToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[string]()
		s := sleeper(newLogbook[int](), func(c *SinkConfig[int]) {
			c.Timeout = time.Second
			c.OnTimeout = func(ctx context.Context, _ int) {
				<-ctx.Done()
				log.add(ctx.Err().Error())
				time.Sleep(time.Hour)
			}
		})
		put(t, s, 2)
		left, _, err := drainFor(s, 5*time.Second)
		want := []line[string]{{5 * time.Second, "context canceled"}}
		if left == nil || left.Queued != 0 || left.Running != 1 || !slices.Equal(log.all(), want) {
			t.Errorf("%v; the hook's context ended at %v", err, log.all())
		}
		drain(t, s)
	})
}

// After a Drain that left something, the next Put drops what was queued; what runs keeps its slot and its key.
func TestG12_PutAfterADrainThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, done := newLogbook[int](), newLogbook[int]()
		s := sleeper(log, nil)
		note := func(n int, _ error) { done.add(n) }
		for _, items := range [][]int{{11, 13}, {11, 13, 3}} {
			if _, _, err := s.Put(t.Context(), items, note); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if left, _, err := drainFor(s, 2*time.Second); left == nil || left.Queued != 3 || left.Running != 2 {
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

// A time-out that falls due after a Drain that ran out of time still frees the slot.
func TestG5_TimeoutAfterADrainThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[int]()
		s := sleeper(log, func(c *SinkConfig[int]) {
			c.Concurrency = 1
			c.Timeout = 10 * time.Second
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

// On the real scheduler: no goroutine is left after Drain, whatever the handlers did.
func TestG13_NoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		s := NewSharded(SinkConfig[int]{
			Timeout:     time.Millisecond,
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
	for range 100 { // the last act of a goroutine is to say that it has ended
		if after = runtime.NumGoroutine(); after <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, after)
}
