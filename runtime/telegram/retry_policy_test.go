package telegram

import (
	"testing"
	"time"
)

func TestG9_RetryWaits(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		policy RetryPolicy
		random float64
		want   []time.Duration
	}{
		{RetryPolicy{}, 0, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 6400 * ms, 12800 * ms, 25600 * ms, 30 * time.Second, 30 * time.Second}},
		{RetryPolicy{}, 0.5, []time.Duration{75 * ms, 150 * ms, 300 * ms}},
		{RetryPolicy{Interval: RetryQuadratic}, 0.9, []time.Duration{100 * ms, 200 * ms, 300 * ms, 400 * ms}},
		{RetryPolicy{Interval: RetryFixed}, 0.9, []time.Duration{100 * ms, 100 * ms}},
		{RetryPolicy{Interval: RetryFixed, Fixed: time.Minute}, 0.9, []time.Duration{time.Minute, time.Minute}},
	} {
		policy, err := test.policy.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range test.want {
			if got := policy.wait(i+1, test.random); got != want {
				t.Errorf("%+v: wait %d is %v, want %v", test.policy, i+1, got, want)
			}
		}
	}
	policy, _ := RetryPolicy{}.withDefaults()
	for tries := range 100_000 {
		if d := policy.wait(tries+1, 0.999999); d <= 0 || d > retryCap {
			t.Fatalf("wait %d is %v", tries+1, d)
		}
	}
}

func TestG9_BadRetryPolicy(t *testing.T) {
	for _, policy := range []RetryPolicy{{Interval: RetryFixed + 1}, {Fixed: -1}, {MaxElapsed: -1}} {
		if _, err := NewPoller(PollerConfig{Token: testToken, PollingConfig: PollingConfig{Retry: policy}}); err == nil {
			t.Errorf("%+v was accepted", policy)
		}
	}
}
