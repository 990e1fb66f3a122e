package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Items are done when their handlers return, and items that time out are done together, in arrival order, at the time-out.
// The cases are from the tests of grammY runner's decaying deque.
func TestDequePatterns(t *testing.T) {
	// Item i is s (succeeds after i ms), f (fails after i ms) or t (runs until long after the time-out of 100 ms).
	for pattern, want := range map[string]string{
		"s":          "s0",
		"f":          "f0",
		"t":          "t0",
		"sss":        "s0 s1 s2",
		"sft":        "s0 f1 t2",
		"tsf":        "s1 f2 t0",
		"ttst":       "s2 t0 t1 t3",
		"sftsftsft":  "s0 f1 s3 f4 s6 f7 t2 t5 t8",
		"tttfffsss":  "f3 f4 f5 s6 s7 s8 t0 t1 t2",
		"stftsttfst": "s0 f2 s4 f7 s8 t1 t3 t5 t6 t9",
	} {
		t.Run(pattern, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				done := newLogbook[string]()
				s := NewConcurrent(SinkConfig[int]{
					Timeout: 100 * time.Millisecond, Hold: -1,
					Handle: func(_ context.Context, i int) error {
						if pattern[i] == 't' {
							time.Sleep(time.Hour)
						}
						time.Sleep(time.Duration(i) * time.Millisecond)
						if pattern[i] == 'f' {
							return errFailed
						}
						return nil
					},
				})
				items := make([]int, len(pattern))
				for i := range items {
					items[i] = i
				}
				_, err := s.Put(t.Context(), items, func(i int, err error) {
					how := map[bool]string{true: "f", false: "s"}[err != nil]
					if errors.Is(err, ErrTimeout) {
						how = "t"
					}
					done.add(fmt.Sprint(how, i))
				})
				if err != nil {
					t.Fatal(err)
				}
				drain(t, s)
				if got := strings.Join(done.whats(), " "); got != want {
					t.Errorf("done in the order %s, want %s", got, want)
				}
			})
		})
	}
}

// Wait returns the free capacity once it is positive. The cases are from the tests of grammY runner's add.
func TestDequeCapacity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDeque(DequeConfig[int]{Capacity: 12})
		d.Add(1, 2, 3, 4)
		if free, err := d.Wait(t.Context()); free != 8 || err != nil {
			t.Errorf("12 slots, 4 items: %d free (%v), want 8", free, err)
		}

		d = NewDeque(DequeConfig[int]{Capacity: 3})
		entries := d.Add(1, 2, 3, 4, 5, 6)
		if d.Free() != 0 || d.Len() != 6 {
			t.Errorf("3 slots, 6 items: %d free of %d", d.Free(), d.Len())
		}
		room := make(chan int)
		go func() {
			free, _ := d.Wait(t.Context())
			room <- free
		}()
		for i, e := range entries[:4] {
			synctest.Wait()
			select {
			case free := <-room:
				t.Errorf("%d free after %d of 6 were done", free, i)
			default:
			}
			d.Done(e)
		}
		if free := <-room; free != 1 {
			t.Errorf("3 slots, 6 items: %d free once there is room, want 1", free)
		}
	})
}

// A deque without a capacity always has room.
func TestDequeUnbounded(t *testing.T) {
	d := NewDeque(DequeConfig[int]{})
	d.Add(make([]int, 1000)...)
	if free, err := d.Wait(t.Context()); free < 1<<30 || err != nil {
		t.Errorf("%d free, %v", free, err)
	}
}

// Wait and WaitEmpty return when their contexts end.
func TestDequeWaitEndsWithItsContext(t *testing.T) {
	d := NewDeque(DequeConfig[int]{Capacity: 1})
	d.Add(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
	if err := d.WaitEmpty(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitEmpty: %v", err)
	}
}

// An item's clock runs from Start, not from Add.
func TestG5_DequeClockRunsFromStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		timedOut := make(chan time.Duration, 1)
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { timedOut <- time.Since(start) }})
		e := d.Add(1)[0]
		time.Sleep(time.Hour)
		if !d.Start(e, time.Second) || d.Started() != 1 {
			t.Error("it did not start")
		}
		if at := <-timedOut; at != time.Hour+time.Second {
			t.Errorf("it timed out at %v", at)
		}
		if d.Start(e, time.Second) || d.Done(e) || d.Len() != 0 || d.Started() != 0 {
			t.Error("the deque still knows an item that timed out")
		}
	})
}

// A second Start moves the deadline, which counts from the first Start.
func TestG5_DequeStartAgainMovesTheDeadline(t *testing.T) {
	for _, c := range []struct {
		first, second time.Duration
		want          time.Duration // since the first start; 0 for never
	}{
		{10, 20, 20},
		{20, 10, 10},
		{20, 2, 5}, // the new deadline has already passed
		{0, 10, 10},
		{10, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var timedOut time.Duration
			d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { timedOut = time.Since(start) }})
			e := d.Add(1)[0]
			d.Start(e, c.first*time.Second)
			time.Sleep(5 * time.Second)
			d.Start(e, c.second*time.Second)
			time.Sleep(time.Minute)
			synctest.Wait()
			if timedOut != c.want*time.Second {
				t.Errorf("%d s, then %d s: timed out after %v, want %d s", c.first, c.second, timedOut, c.want)
			}
		})
	}
}

// A time-out may be longer than 2^31 ms. In grammY runner, such a time-out never fires.
func TestG5_DequeLongTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const long = 60 * 24 * time.Hour
		start := time.Now()
		timedOut := make(chan time.Duration, 1)
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { timedOut <- time.Since(start) }})
		d.Start(d.Add(1)[0], long)
		if at := <-timedOut; at != long {
			t.Errorf("it timed out at %v", at)
		}
	})
}

// OnTimeout is called in the order of the deadlines, one call at a time.
func TestG5_DequeTimesOutInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var timedOut []int
		var d *Deque[int]
		d = NewDeque(DequeConfig[int]{OnTimeout: func(i int) {
			before := d.Len()
			time.Sleep(3 * time.Second) // OnTimeout should not block, but if it does, other time-outs wait
			if timedOut = append(timedOut, i); d.Len() != before {
				t.Errorf("%d items were removed while %d was reported", before-d.Len(), i)
			}
		}})
		for i, e := range d.Add(0, 1, 2, 3, 4, 5) {
			d.Start(e, []time.Duration{5, 3, 4, 3, 20, 4}[i]*time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []int{1, 3, 2, 5, 0, 4}; !slices.Equal(timedOut, want) {
			t.Errorf("timed out in the order %v, want %v", timedOut, want)
		}
	})
}

// Items time out without an OnTimeout.
func TestDequeWithoutAHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDeque(DequeConfig[int]{})
		d.Start(d.Add(1)[0], time.Second)
		if err := d.WaitEmpty(t.Context()); err != nil {
			t.Error(err)
		}
		d.Close()
	})
}

// A timer that is reset while it fires calls expire once too often, perhaps while another call reports.
func TestDequeExpireDuringAReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *Deque[int]
		log := newLogbook[int]()
		d = NewDeque(DequeConfig[int]{OnTimeout: func(i int) {
			if i == 0 {
				time.Sleep(5 * time.Second) // item 1 times out meanwhile
				d.expire()
				if d.Len() != 1 || !d.expiry.reporting {
					t.Error("the second call did not leave the report to the first")
				}
			}
			log.add(i)
		}})
		for i, e := range d.Add(0, 1) {
			d.Start(e, time.Duration(1+i)*time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []line[int]{{6 * time.Second, 0}, {6 * time.Second, 1}}; !slices.Equal(log.all(), want) {
			t.Errorf("reported %v, want %v", log.all(), want)
		}
	})
}

// Close stops the time-outs until an item is started again.
func TestDequeClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reported := false
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) {
			time.Sleep(time.Second)
			reported = true
		}})
		entries := d.Add(1, 2, 3)
		d.Start(entries[0], time.Second)
		d.Start(entries[1], time.Minute)
		time.Sleep(time.Second)
		synctest.Wait()
		d.Close()
		if !reported {
			t.Error("Close did not wait for the time-out that was being reported")
		}
		reported = false
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := d.Pending(); reported || !slices.Equal(got, []int{2, 3}) {
			t.Errorf("pending after Close: %v", got)
		}
		d.Start(entries[2], time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := d.Pending(); !reported || !slices.Equal(got, []int{2}) {
			t.Errorf("pending after another Start: %v", got)
		}
		d.Close()
	})
}

// A deadline that is set while the timer fires is not lost, and Close returns.
func TestDequeCloseWhileTheTimerFires(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 100 {
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) {}})
		entries := d.Add(make([]int, 200)...)
		for _, e := range entries {
			d.Start(e, time.Hour)
		}
		for i := range entries { // each deadline is earlier than the previous one, and in the past
			d.Start(entries[len(entries)-1-i], time.Nanosecond)
		}
		if err := d.WaitEmpty(ctx); err != nil {
			t.Fatalf("%d entries did not time out", d.Len())
		}
		d.Close()
	}
}

// Oldest returns the age of the first item.
func TestDequeOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDeque(DequeConfig[string]{})
		if d.Oldest() != 0 {
			t.Error("an empty deque has an oldest")
		}
		a := d.Add("a")[0]
		time.Sleep(time.Second)
		d.Add("b")
		time.Sleep(time.Second)
		if d.Oldest() != 2*time.Second {
			t.Errorf("a is %v old", d.Oldest())
		}
		d.Done(a)
		if d.Oldest() != time.Second {
			t.Errorf("b is %v old", d.Oldest())
		}
		if a.Item() != "a" {
			t.Errorf("the item of a is %q", a.Item())
		}
	})
}
