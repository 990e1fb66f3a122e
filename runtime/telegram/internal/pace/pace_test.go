package pace

import (
	"testing"
	"time"
)

func TestPacer(t *testing.T) {
	// The expected waits were computed from the formula by hand.
	for _, test := range []struct {
		balance float64
		delay   time.Duration
		batches []int
		took    time.Duration
		want    time.Duration
	}{
		{0, 500 * time.Millisecond, []int{1}, time.Second, 0},
		{1, 500 * time.Millisecond, []int{100}, time.Second, 0},
		{1, 500 * time.Millisecond, []int{1}, time.Second, 67212300},        // 500 tanh(0.2 * 1015 / 1501)
		{0.5, 500 * time.Millisecond, []int{1}, time.Second, 33759400},      // 500 tanh(0.1 * 1015 / 1501)
		{1, 500 * time.Millisecond, make([]int, 16), time.Second, 500e6},    // 500 tanh(0.2 * 16000)
		{1, time.Nanosecond, make([]int, 16), time.Second, time.Nanosecond}, // MaxDelay bounds the wait
	} {
		p := New(test.balance, test.delay)
		for _, size := range test.batches {
			p.Record(size, test.took)
		}
		got := p.Delay()
		if diff := got - test.want; diff < -20*time.Microsecond || diff > 20*time.Microsecond {
			t.Errorf("%+v: waits %v", test, got)
		}
		if p.Delay() != 0 {
			t.Errorf("%+v: waits twice", test)
		}
	}
}
