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

// The limit of a fetch is the room in the sink. A full sink stops the fetching.
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
			t.Errorf("the sink is full, but the source was asked for %v", source.limits)
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

// Done is called exactly once for every item, however its handler ended.
func TestG8_DoneOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 60}
		r := NewRunner[int](source, NewSharded(SinkConfig[int]{
			Timeout: 3 * time.Second, Hold: -1,
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

// Start, Stop, Wait, Err, Len, Running and Pending do what they say, also when the runner is started again.
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

// An error of the source ends the run and is returned by Wait and Err. Start after Stop tries again.
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

// An error of the sink ends the run and is returned by Wait. An error of Drain is returned by Stop.
func TestG12_TheSinkFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for sink, want := range map[brokenSink]string{
			{}:                "putting: failed on purpose",
			{room: errFailed}: "waiting for room: failed on purpose",
		} {
			r := NewRunner[int](&script{last: 1}, sink)
			start(t, r)
			if err := r.Wait(t.Context()); !errors.Is(err, errFailed) || err.Error() != want {
				t.Errorf("Wait: %v, want %s", err, want)
			}
			if err := r.Stop(t.Context()); !errors.Is(err, errFailed) {
				t.Errorf("Stop: %v", err)
			}
		}
	})
}

// A user's source and sink need only implement the two interfaces. Here the sink is a queue whose reader acknowledges the
// items.
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

// fetchFunc is a source whose Fetch is a function.
type fetchFunc func(ctx context.Context) ([]int, error)

func (f fetchFunc) Fetch(ctx context.Context, _ int) ([]int, error) { return f(ctx) }
func (fetchFunc) Done(int, error)                                   {}
func (fetchFunc) Close(context.Context) error                       { return nil }

// A source or a constraint function that panics, or ends its goroutine, ends the run with an error, never silently. The
// runner can be started again, and the pool still works.
func TestG12_AnEndThatNobodyAskedFor(t *testing.T) {
	one := fetchFunc(func(context.Context) ([]int, error) { return []int{1, 2}, nil })
	for _, c := range []struct {
		name       string
		source     fetchFunc
		constraint func()
		check      func(error) bool
		text       string
	}{
		{"a source calls Goexit", func(context.Context) ([]int, error) { runtime.Goexit(); return nil, nil }, nil,
			func(err error) bool { return errors.Is(err, ErrGoexit) }, "fetching: runtime.Goexit ended the goroutine"},
		{"a source panics", func(context.Context) ([]int, error) { panic(errFailed) }, nil,
			func(err error) bool { return errors.Is(err, errFailed) }, "fetching: panic: failed on purpose"},
		{"a constraint calls Goexit", one, runtime.Goexit,
			func(err error) bool { return errors.Is(err, ErrGoexit) }, "putting: runtime.Goexit ended the goroutine"},
		{"a constraint panics", one, func() { panic(errFailed) },
			func(err error) bool { return errors.Is(err, errFailed) }, "putting: panic: failed on purpose"},
		{"Goexit after a stop", func(ctx context.Context) ([]int, error) { <-ctx.Done(); runtime.Goexit(); return nil, nil }, nil,
			func(err error) bool { return errors.Is(err, ErrGoexit) }, "fetching: runtime.Goexit ended the goroutine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handled := 0
				pool := NewSharded(SinkConfig[int]{
					Workers: 1,
					Handle: func(context.Context, int) error {
						handled++
						return nil
					},
					Constraints: func(n int, keys []Key) []Key {
						if n == 2 && c.constraint != nil {
							c.constraint()
						}
						return append(keys, KeyOfInt(1), KeyOfInt(2))
					},
				})
				r := NewRunner[int](c.source, pool)
				for range 2 {
					start(t, r)
					if c.name == "Goexit after a stop" {
						stop(t, r)
					}
					err := r.Wait(t.Context())
					if !c.check(err) || err.Error() != c.text || r.Running() || r.Err() != err {
						t.Errorf("the run ended with %v, want %s", err, c.text)
					}
					stop(t, r)
				}
				put[int](t, pool, 3)
				drain[int](t, pool)
				if handled != 1 {
					t.Errorf("%d items were handled, want 1", handled)
				}
				checkIdle(t, pool, 1)
			})
		})
	}
}
