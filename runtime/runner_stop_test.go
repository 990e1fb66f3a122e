package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Stop interrupts the fetch at once, waits for the handlers, and then closes the source once.
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

// Stop works in each state of the runner, even if its context has already ended.
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

// Stop closes the source even if its context has already ended.
func TestG7_StopWithAnEndedContext(t *testing.T) {
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

// If its context ends, Stop reports what is unfinished, and still lets the source confirm what is done.
func TestG7_StopWhoseContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &script{last: 5}
		r := NewRunner[int](source, sleeper(newLogbook[int](), func(c *SinkConfig[int]) { c.Concurrency = 1 }))
		start(t, r)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		err := r.Stop(ctx)
		unfinished, ok := errors.AsType[*UnfinishedError](err)
		// With one shard, 1 and 2 are done, 3 runs until 6 s, and 4 and 5 never start. With several, the order may differ.
		if !ok || unfinished.Running > 1 || unfinished.Queued+unfinished.Running != len(r.Pending()) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v; pending %v", err, r.Pending())
		}
		if source.closed != 1 || len(source.done)+len(r.Pending()) != 5 {
			t.Errorf("closed %d times, done %v, pending %v", source.closed, source.done, r.Pending())
		}
		time.Sleep(time.Hour)
	})
}

// A second Stop waits for the first, but not after its own context has ended.
func TestG7_TwoStops(t *testing.T) {
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
