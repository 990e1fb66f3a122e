package runtime

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// There are never more running handlers than slots. This runs on the real scheduler.
func TestG3_Concurrency(t *testing.T) {
	for _, concurrency := range []int{1, 2, 7} {
		var live atomic.Int64
		s := NewSharded(SinkConfig[int]{
			Workers:     3,
			Concurrency: concurrency,
			Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n%50))) },
			Handle: func(context.Context, int) error {
				if n := live.Add(1); n > int64(concurrency) {
					t.Errorf("%d handlers at once, of %d", n, concurrency)
				}
				runtime.Gosched()
				live.Add(-1)
				return nil
			},
		})
		for n := range 2000 {
			put(t, s, n)
		}
		drain(t, s)
	}
}

// The sink never holds more items than its backlog.
func TestG3_Backlog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[int]{
			Concurrency: 2,
			Backlog:     5,
			Handle: func(context.Context, int) error {
				time.Sleep(time.Second)
				return nil
			},
		})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		// Put takes five items at once and two more when the first two end. Then ctx ends.
		taken, err := s.Put(ctx, make([]int, 20), doneNothing)
		if taken != 7 || !errors.Is(err, context.DeadlineExceeded) || s.Len() != 5 {
			t.Errorf("Put took %d, and the sink holds %d: %v", taken, s.Len(), err)
		}
		if free, err := s.Room(ctx); free != 0 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("room for %d: %v", free, err)
		}
		if at := time.Since(start); at != 1500*time.Millisecond {
			t.Errorf("Put returned after %v", at)
		}
		// Room waits until there is room for one more. Two handlers end in that instant.
		if free := room(t, s); free < 1 || free > 2 || time.Since(start) != 2*time.Second {
			t.Errorf("room for %d after %v", free, time.Since(start))
		}
		if free := put(t, s, 1); free != 1 {
			t.Errorf("room for %d", free)
		}
		drain(t, s)
		if free := room(t, s); free != 5 {
			t.Errorf("room for %d in an empty sink", free)
		}
	})
}

// A SinkConfig has the documented defaults, and a sink without a handler cannot be made.
func TestSinkDefaults(t *testing.T) {
	c := SinkConfig[int]{Handle: handleNothing[int]}.withDefaults()
	if c.Workers != runtime.GOMAXPROCS(0) || c.Concurrency != DefaultConcurrency || c.Backlog != DefaultBacklog || c.Timeout != 0 {
		t.Errorf("%+v", c)
	}
	c = SinkConfig[int]{Handle: handleNothing[int], Concurrency: 100, Backlog: 10}.withDefaults()
	if c.Backlog != 100 {
		t.Errorf("a backlog of %d for a concurrency of 100", c.Backlog)
	}
	defer func() {
		if recover() == nil {
			t.Error("a sink without a handler was made")
		}
	}()
	NewSharded(SinkConfig[int]{})
}

// All items of a batch start at once, and there is no room for the next batch until all of them are finished.
func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := NewBatch(SinkConfig[int]{Concurrency: 3, Handle: func(_ context.Context, n int) error {
			time.Sleep(time.Duration(n) * time.Second)
			return nil
		}})
		put(t, s, 1, 5, 2)
		if at := time.Since(start); at != 5*time.Second {
			t.Errorf("the first batch took %v", at)
		}
		free := put(t, s, 1, 1, 1, 1)
		if at := time.Since(start); at != 7*time.Second || free != DefaultBacklog {
			t.Errorf("the second batch, with one item more than there are slots, took %v, and there is room for %d", at-5*time.Second, free)
		}
		drain(t, s)
	})
}

// Items run one at a time, in order. A handler that timed out holds up the next item, unless Release is set.
func TestSequential(t *testing.T) {
	for _, release := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			log := newLogbook[int]()
			s := NewSequential(SinkConfig[int]{
				Workers:     4,
				Concurrency: 100,
				Timeout:     3 * time.Second, Hold: -1,
				Release: release,
				Handle: func(_ context.Context, n int) error {
					log.add(n)
					time.Sleep(time.Duration(n) * time.Second)
					return nil
				},
			})
			put(t, s, 1, 2, 5, 1)
			drain(t, s)
			want := []line[int]{{0, 1}, {1 * time.Second, 2}, {3 * time.Second, 5}, {8 * time.Second, 1}}
			if release {
				want[3].at = 6 * time.Second
			}
			for i, got := range log.all() {
				if got != want[i] {
					t.Errorf("release %v: %d is %v, want %v", release, i, got, want[i])
				}
			}
		})
	}
}

// A concurrent sink ignores constraints: up to Concurrency items start at once, and it has room for no more than that.
func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := NewConcurrent(SinkConfig[int]{
			Concurrency: 5,
			Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
			Handle: func(context.Context, int) error {
				time.Sleep(time.Second)
				return nil
			},
		})
		if free := room(t, s); free != 5 {
			t.Errorf("room for %d", free)
		}
		if free := put(t, s, 1, 2, 3, 4); free != 1 || time.Since(start) != 0 {
			t.Errorf("room for %d after %v", free, time.Since(start))
		}
		if free := put(t, s, 5); free < 1 || time.Since(start) != time.Second {
			t.Errorf("room for %d after %v", free, time.Since(start))
		}
		drain(t, s)
	})
}

// Room waits until there is room for a hundredth of the backlog, but at most 5 ms once there is room for one item.
func TestRoomWaitsForMore(t *testing.T) {
	for name, test := range map[string]struct {
		takes time.Duration // how long each handler runs, one after another
		at    time.Duration // when Room returns
		room  int           // what it returns
	}{
		"quick": {100 * time.Microsecond, time.Millisecond, 10},
		"slow":  {4 * time.Millisecond, 9 * time.Millisecond, 2},
		"still": {time.Second, time.Second + 5*time.Millisecond, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewSharded(SinkConfig[int]{
					Concurrency: 1,
					Backlog:     1000,
					Handle: func(context.Context, int) error {
						time.Sleep(test.takes)
						return nil
					},
				})
				start := time.Now()
				free := put(t, s, make([]int, 1000)...)
				if at := time.Since(start); free != test.room || at != test.at {
					t.Errorf("room for %d after %v, want %d after %v", free, at, test.room, test.at)
				}
				drain(t, s)
			})
		})
	}
}
