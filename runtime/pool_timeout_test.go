package runtime

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The clock starts when the handler starts. At the time-out its context ends, the hook runs, and the slot is free.
func TestG5_Timeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[string]()
		s := NewSharded(SinkConfig[string]{
			Concurrency: 1,
			Timeout:     10 * time.Second, Hold: -1,
			Handle: func(ctx context.Context, item string) error {
				log.add("start " + item)
				if at, ok := ctx.Deadline(); !ok || time.Until(at) != 10*time.Second {
					t.Errorf("the deadline is in %v", time.Until(at))
				}
				if ctx.Err() != nil {
					t.Errorf("%s starts with %v", item, ctx.Err())
				}
				<-ctx.Done()
				log.add("over " + item)
				if !errors.Is(ctx.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
					t.Errorf("the context ended with %v", ctx.Err())
				}
				return nil
			},
			OnTimeout: func(ctx context.Context, item string) {
				if _, ok := ctx.Deadline(); ok || ctx.Err() != nil {
					t.Errorf("the hook's context has a deadline, or %v", ctx.Err())
				}
				time.Sleep(time.Second)
				log.add("hook " + item)
			},
		})
		put(t, s, "a", "b")
		drain(t, s)
		want := []line[string]{
			{0, "start a"}, {10 * time.Second, "over a"}, {10 * time.Second, "start b"}, {11 * time.Second, "hook a"},
			{20 * time.Second, "over b"}, {21 * time.Second, "hook b"},
		}
		got := log.all()
		if len(got) == len(want) && got[1].what == "start b" {
			got[1], got[2] = got[2], got[1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want\n%v", got, want)
		}
	})
}

// A key is held until the handler returns. With Release, it is released at the time-out.
func TestG5_HoldAndRelease(t *testing.T) {
	for _, release := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			log := newLogbook[int]()
			s := NewSharded(SinkConfig[int]{
				Timeout: 10 * time.Second, Hold: -1,
				Release:     release,
				Constraints: func(_ int, keys []Key) []Key { return append(keys, 1, 2) },
				Handle: func(_ context.Context, n int) error {
					log.add(n)
					time.Sleep(time.Minute)
					return nil
				},
			})
			put(t, s, 1, 2)
			drain(t, s)
			want := map[bool]time.Duration{false: time.Minute, true: 10 * time.Second}[release]
			if got := log.all(); got[1] != (line[int]{want, 2}) {
				t.Errorf("release %v: the second started at %v", release, got[1].at)
			}
		})
	}
}

// An error after the time-out goes to the error hook as a LateError, with a context that has not ended.
func TestG5_LateError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type value struct{}
		var calls int
		s := NewSharded(SinkConfig[string]{
			Timeout: time.Second, Hold: -1,
			Handle: func(context.Context, string) error {
				time.Sleep(2 * time.Second)
				return errFailed
			},
			OnError: func(ctx context.Context, item string, err error) {
				calls++
				late, ok := errors.AsType[*LateError](err)
				if !ok || late.Err != errFailed || !errors.Is(err, errFailed) || err.Error() != "after its time-out: failed on purpose" {
					t.Errorf("the hook received %v", err)
				}
				if ctx.Err() != nil || ctx.Value(value{}) != "here" {
					t.Errorf("the hook's context has %v, and %v", ctx.Err(), ctx.Value(value{}))
				}
			},
		})
		var done error
		ctx := context.WithValue(t.Context(), value{}, "here")
		if _, err := s.Put(ctx, []string{"a"}, func(_ string, err error) { done = err }); err != nil {
			t.Fatal(err)
		}
		drain(t, s)
		if calls != 1 || !errors.Is(done, ErrTimeout) {
			t.Errorf("%d calls of the hook, and done with %v", calls, done)
		}
	})
}

// Limit changes the time-out of one handler.
func TestG5_Limit(t *testing.T) {
	for _, c := range []struct {
		name    string
		limit   func(ctx context.Context)
		timeout time.Duration // 0 for none
		release bool
	}{
		{"as the sink", func(context.Context) {}, 10 * time.Second, false},
		{"shorter", func(ctx context.Context) { Limit(ctx, 5*time.Second, -1, false) }, 5 * time.Second, false},
		{"longer", func(ctx context.Context) { Limit(ctx, 20*time.Second, -1, true) }, 20 * time.Second, true},
		{"none", func(ctx context.Context) { Limit(ctx, 0, -1, false) }, 0, false},
		{"twice", func(ctx context.Context) { Limit(ctx, 5*time.Second, -1, true); Limit(ctx, 8*time.Second, -1, false) }, 8 * time.Second, false},
		{"from its start", func(ctx context.Context) { time.Sleep(3 * time.Second); Limit(ctx, 5*time.Second, -1, false) }, 5 * time.Second, false},
		{"too late", func(ctx context.Context) { time.Sleep(30 * time.Second); Limit(ctx, time.Hour, -1, true) }, 10 * time.Second, false},
		{"derived", func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			Limit(ctx, 7*time.Second, -1, false)
		}, 7 * time.Second, false},
		{"another context", func(context.Context) { Limit(context.Background(), time.Second, -1, true) }, 10 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newLogbook[string]()
				s := NewSharded(SinkConfig[int]{
					Timeout:     10 * time.Second,
					Hold:        -1,
					Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
					Handle: func(ctx context.Context, n int) error {
						if n == 2 {
							log.add("second")
							return nil
						}
						c.limit(ctx)
						time.Sleep(time.Minute)
						log.add("returned")
						return nil
					},
					OnTimeout: func(context.Context, int) { log.add("timed out") },
				})
				put(t, s, 1, 2)
				drain(t, s)
				returned := time.Minute + map[string]time.Duration{"from its start": 3, "too late": 30}[c.name]*time.Second
				at := make(map[string]time.Duration)
				for _, l := range log.all() {
					at[l.what] = l.at
				}
				second := returned
				if c.release {
					second = c.timeout
				}
				if at["timed out"] != c.timeout || at["returned"] != returned || at["second"] != second {
					t.Errorf("%v, want the second at %v", at, second)
				}
			})
		})
	}
}

// Abandoned handlers are counted until they return.
func TestG5_AbandonedAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[int]{
			Concurrency: 2,
			Timeout:     time.Second, Hold: -1,
			Handle: func(_ context.Context, n int) error {
				time.Sleep(time.Duration(n) * time.Minute)
				return nil
			},
		})
		put(t, s, 1, 2, 3, 4, 5, 6)
		for minute, want := range []int{6, 5, 4, 3, 2, 1, 0} {
			time.Sleep(30 * time.Second)
			synctest.Wait()
			stats := s.Stats()
			if stats.Abandoned != want || stats.TimedOut != 6 || stats.Finished != 0 || stats.Running != 0 {
				t.Errorf("after %d.5 minutes: %+v, want %d abandoned", minute, stats, want)
			}
			time.Sleep(30 * time.Second)
		}
		drain(t, s)
	})
}

// An item does not time out while it waits.
func TestG5_WaitingDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSequential(SinkConfig[int]{
			Timeout: 2 * time.Second, Hold: -1,
			Handle: func(context.Context, int) error {
				time.Sleep(time.Second)
				return nil
			},
		})
		put(t, s, make([]int, 60)...)
		drain(t, s)
		if stats := s.Stats(); stats.TimedOut != 0 || stats.Finished != 60 {
			t.Errorf("%+v", stats)
		}
	})
}

// If a handler returns while its time-out is being reported, its return is reported after the time-out. Drain does not
// return between the two.
func TestG5_AReturnDuringTheReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[string]()
		s := NewSharded(SinkConfig[string]{
			Concurrency: 1,
			Timeout:     10 * time.Second, Hold: -1,
			Handle: func(ctx context.Context, item string) error {
				log.add("start " + item)
				if item == "a" {
					<-ctx.Done()
				}
				return nil
			},
			Observer: lifeObserver{log: log},
		})
		slow := func(string, error) { time.Sleep(time.Second) } // done should not block, but if it does, other reports wait
		if _, err := s.Put(t.Context(), []string{"a", "b"}, slow); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Second + 500*time.Millisecond)
		synctest.Wait()
		if stats := s.Stats(); stats.Abandoned != 1 {
			t.Errorf("%+v", stats)
		}
		drain(t, s)
		got := log.all()
		want := []line[string]{{0, "start a"}, {11 * time.Second, "timed out a"}, {11 * time.Second, "returned a"}, {11 * time.Second, "start b"}}
		if len(got) == 4 && got[2] != want[2] {
			got[2], got[3] = got[3], got[2]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want\n%v", got, want)
		}
	})
}

// A lifeObserver logs time-outs and late returns.
type lifeObserver struct {
	NopObserver[string]
	log *logbook[string]
}

func (o lifeObserver) TimedOut(item string, _ int) { o.log.add("timed out " + item) }

func (o lifeObserver) Returned(item string, _ int, _ time.Duration, _ error) {
	o.log.add("returned " + item)
}

// Handlers that return at about the time of their time-outs are done once. This runs on the real scheduler.
func TestG5_ReturnsAtTheTimeout(t *testing.T) {
	const items = 4000
	for _, release := range []bool{false, true} {
		var done [items]atomic.Int64
		s := NewSharded(SinkConfig[int]{
			Workers:     3,
			Concurrency: 5,
			Timeout:     30 * time.Microsecond, Hold: -1,
			Release: release,
			Constraints: func(n int, keys []Key) []Key {
				return append(keys, KeyOfInt(int64(n%11)), KeyOfInt(int64(n%7)))
			},
			Handle: func(_ context.Context, n int) error {
				for start := time.Now(); time.Since(start) < time.Duration(n%60)*time.Microsecond; {
					runtime.Gosched()
				}
				return nil
			},
			OnTimeout: func(context.Context, int) {},
		})
		for n := range items {
			if _, err := s.Put(t.Context(), []int{n}, func(n int, _ error) { done[n].Add(1) }); err != nil {
				t.Fatal(err)
			}
		}
		drain(t, s)
		for n := range done {
			if got := done[n].Load(); got != 1 {
				t.Errorf("release %v: item %d is done %d times", release, n, got)
			}
		}
		checkIdle(t, s, items)
	}
}
