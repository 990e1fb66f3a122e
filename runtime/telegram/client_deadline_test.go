package telegram

import (
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
