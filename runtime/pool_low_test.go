package runtime

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// A busy worker calls OnLow from time to time, but only while few items wait.
func TestOnLow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	synctest.Test(t, func(t *testing.T) {
		const items, each = 300, 100 * time.Microsecond
		var (
			s     *Pool[int]
			calls = newLogbook[int]()
		)
		s = NewSharded(SinkConfig[int]{
			Workers:     1,
			Concurrency: 1,
			Handle: func(context.Context, int) error {
				time.Sleep(each)
				return nil
			},
			OnLow: func() { calls.add(s.Stats().Queued) },
		})
		put(t, s, make([]int, items)...)
		drain(t, s)
		for _, call := range calls.all() {
			if call.what >= lowItems {
				t.Errorf("OnLow was called at %v, with %d waiting", call.at, call.what)
			}
		}
		// Every third item ends more than 250 µs after the last check.
		if n := len(calls.all()); n < lowItems/3-1 || n > lowItems/3+1 {
			t.Errorf("OnLow was called %d times while the last %d items were handled", n, lowItems)
		}
	})
}
