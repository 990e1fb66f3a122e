package telegram

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// A request may take its time-out, and at most a 64th of it longer. Requests that begin within that time share deadlines.
func TestClientDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := NewClient(ClientConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for _, timeout := range []time.Duration{1, 63, time.Millisecond, 30 * time.Second, 24 * time.Hour} {
			step := max(timeout/64, 1)
			deadlines := make(map[time.Time]bool)
			for range 64 {
				deadline := c.deadline(timeout)
				if left := time.Until(deadline); left < timeout || left >= timeout+step {
					t.Fatalf("time-out %v: %v are left", timeout, left)
				}
				deadlines[deadline] = true
				time.Sleep(max(step/16, 1))
			}
			if n := len(deadlines); step >= 16 && n > 5 {
				t.Errorf("time-out %v: %d deadlines", timeout, n)
			}
		}
	})
}

// A time-out that is as long as possible is no time-out that has passed.
func TestClientDeadlineOfTheLongestTimeout(t *testing.T) {
	c, err := NewClient(ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, timeout := range []time.Duration{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 / 2} {
		if left := time.Until(c.deadline(timeout)); left < timeout-time.Hour {
			t.Errorf("time-out %v: %v are left", timeout, left)
		}
	}
}
