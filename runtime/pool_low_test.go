package runtime

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// A worker that is never out of work says that the items run low, now and then, and only then.
func TestLow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
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
