package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A worker that is never out of work says that the items run low, now and then, and only then.
func TestLow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const items, each = 300, 100 * time.Microsecond
		var (
			s     *Handlers[int]
			calls = newLogbook[int]()
		)
		s = NewSharded(SinkConfig[int]{
			Workers:     1,
			Concurrency: 1,
			Handle: func(context.Context, int) error {
				time.Sleep(each)
				return nil
			},
			Low: func() { calls.add(s.Stats().Queued) },
		})
		put(t, s, make([]int, items)...)
		drain(t, s)
		for _, call := range calls.all() {
			if call.what >= lowItems {
				t.Errorf("Low was called at %v, with %d waiting", call.at, call.what)
			}
		}
		// Every third item ends more than 250 µs after the last look.
		if n := len(calls.all()); n < lowItems/3-1 || n > lowItems/3+1 {
			t.Errorf("Low was called %d times while the last %d items were handled", n, lowItems)
		}
	})
}

// A sink whose items wait for their turn asks for more when there is room for some of them.
func TestPutWaitsForSomeRoom(t *testing.T) {
	for _, test := range []struct {
		name        string
		concurrency int
		takes       func(n int) time.Duration // the nth item
		at          time.Duration
		room        int
	}{
		{"items wait", 1, func(int) time.Duration { return time.Second }, 10 * time.Second, 10},
		{"none waits", 1000, func(n int) time.Duration { return time.Duration(n+1) * time.Second }, time.Second, 1},
		{"the last is started", 999, func(n int) time.Duration { return time.Second + time.Duration(n)*time.Minute }, time.Second, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := NewSharded(SinkConfig[int]{
					Concurrency: test.concurrency,
					Backlog:     1000,
					Handle: func(_ context.Context, n int) error {
						time.Sleep(test.takes(n))
						return nil
					},
				})
				items := make([]int, 1000)
				for i := range items {
					items[i] = i
				}
				start := time.Now()
				free := put(t, s, items...)
				if at := time.Since(start); free != test.room || at != test.at {
					t.Errorf("room for %d after %v, want %d after %v", free, at, test.room, test.at)
				}
				drain(t, s)
			})
		})
	}
}
