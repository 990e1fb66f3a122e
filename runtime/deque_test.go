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

// grammY runner's decaying deque: whatever mixture of tasks succeeds, fails and times out, those that end leave when
// they end, and those whose time is up leave together, in the order of their arrival, at the time-out.
func TestDequePatterns(t *testing.T) {
	// s and f end 1 ms after the one before them, t never does; the time-out is 100 ms.
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
				left := newLogbook[string]()
				s := NewConcurrent(SinkConfig[int]{
					Timeout: 100 * time.Millisecond,
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
				_, _, err := s.Put(t.Context(), items, func(i int, err error) {
					how := map[bool]string{true: "f", false: "s"}[err != nil]
					if errors.Is(err, ErrTimeout) {
						how = "t"
					}
					left.add(fmt.Sprint(how, i))
				})
				if err != nil {
					t.Fatal(err)
				}
				drain(t, s)
				if got := strings.Join(left.whats(), " "); got != want {
					t.Errorf("left in the order %s, want %s", got, want)
				}
			})
		})
	}
}

// grammY runner's add resolves with the capacity once it is positive.
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
				t.Errorf("%d free after %d of 6 had left", free, i)
			default:
			}
			d.Done(e)
		}
		if free := <-room; free != 1 {
			t.Errorf("3 slots, 6 items: %d free once there is room, want 1", free)
		}
	})
}

func TestDequeUnbounded(t *testing.T) {
	d := NewDeque(DequeConfig[int]{})
	d.Add(make([]int, 1000)...)
	if free, err := d.Wait(t.Context()); free < 1<<30 || err != nil {
		t.Errorf("%d free, %v", free, err)
	}
}

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

// The clock runs from Start, not from Add.
func TestG5_DequeClockRunsFromStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		left := make(chan time.Duration, 1)
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { left <- time.Since(start) }})
		e := d.Add(1)[0]
		time.Sleep(time.Hour)
		if !d.Start(e, time.Second) || d.Started() != 1 {
			t.Error("it did not start")
		}
		if at := <-left; at != time.Hour+time.Second {
			t.Errorf("it left at %v", at)
		}
		if d.Start(e, time.Second) || d.Done(e) || d.Len() != 0 || d.Started() != 0 {
			t.Error("it has left, and yet it is here")
		}
	})
}

func TestG5_DequeStartAgainMovesTheDeadline(t *testing.T) {
	for _, c := range []struct {
		first, second time.Duration
		want          time.Duration // since the first start; 0 for never
	}{
		{10, 20, 20},
		{20, 10, 10},
		{20, 2, 5}, // its time is up at once
		{0, 10, 10},
		{10, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var left time.Duration
			d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { left = time.Since(start) }})
			e := d.Add(1)[0]
			d.Start(e, c.first*time.Second)
			time.Sleep(5 * time.Second)
			d.Start(e, c.second*time.Second)
			time.Sleep(time.Minute)
			synctest.Wait()
			if left != c.want*time.Second {
				t.Errorf("%d s, then %d s: left after %v, want %d s", c.first, c.second, left, c.want)
			}
		})
	}
}

// grammY runner's timer wraps at 2^31 ms, so that such a time-out never fires.
func TestG5_DequeLongTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const long = 60 * 24 * time.Hour
		start := time.Now()
		left := make(chan time.Duration, 1)
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) { left <- time.Since(start) }})
		d.Start(d.Add(1)[0], long)
		if at := <-left; at != long {
			t.Errorf("it left at %v", at)
		}
	})
}

// Items of the same instant time out together, in the order of their deadlines, and one at a time.
func TestG5_DequeTimesOutInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left []int
		var d *Deque[int]
		d = NewDeque(DequeConfig[int]{OnTimeout: func(i int) {
			before := d.Len()
			time.Sleep(3 * time.Second) // it should not, but the others wait for it
			if left = append(left, i); d.Len() != before {
				t.Errorf("%d left while %d was reported", before-d.Len(), i)
			}
		}})
		for i, e := range d.Add(0, 1, 2, 3, 4, 5) {
			d.Start(e, []time.Duration{5, 3, 4, 3, 20, 4}[i]*time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []int{1, 3, 2, 5, 0, 4}; !slices.Equal(left, want) {
			t.Errorf("left in the order %v, want %v", left, want)
		}
	})
}

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

// A timer that is reset while it fires calls expire once too often, perhaps beside a report.
func TestDequeExpireBesideAReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d *Deque[int]
		log := newLogbook[int]()
		d = NewDeque(DequeConfig[int]{OnTimeout: func(i int) {
			if i == 0 {
				time.Sleep(5 * time.Second) // the time of 1 is up meanwhile
				d.expire()
				if d.Len() != 1 || !d.expiry.reporting {
					t.Error("the other call did not leave it to the one that reports")
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
			t.Errorf("left after Close: %v", got)
		}
		d.Start(entries[2], time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := d.Pending(); !reported || !slices.Equal(got, []int{2}) {
			t.Errorf("left after a start again: %v", got)
		}
		d.Close()
	})
}

// A deadline that is set while the timer fires must not be lost, nor Close wait for ever.
func TestDequeCloseWhileTheTimerFires(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 100 {
		d := NewDeque(DequeConfig[int]{OnTimeout: func(int) {}})
		entries := d.Add(make([]int, 200)...)
		for _, e := range entries {
			d.Start(e, time.Hour)
		}
		for i := range entries { // each deadline is earlier than the one before, and in the past
			d.Start(entries[len(entries)-1-i], time.Nanosecond)
		}
		if err := d.WaitEmpty(ctx); err != nil {
			t.Fatalf("%d entries are left, whose time is up", d.Len())
		}
		d.Close()
	}
}

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
