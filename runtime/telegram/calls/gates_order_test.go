package calls

import (
	"context"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// TestNoneOvertakes checks the moment between the end of a gate's time and its timer: a call that comes then stands behind
// those that wait.
func TestNoneOvertakes(t *testing.T) {
	g, now := newGates(time.Hour, (&RetryConfig{}).stopping), time.Now()
	waits := newGate(place{})
	waits.until = now
	g.all[place{}] = waits
	first := &ticket{call: call{ctx: t.Context(), method: "getMe"}, number: 1, at: waits, ready: make(chan error, 1)}
	waits.queue = queue{first}
	second := &ticket{call: first.call, number: 2, ready: make(chan error, 1)}
	g.try(second, now)
	if second.at != waits {
		t.Fatal("the second call went first")
	}
	waits.timer = time.NewTimer(0)
	g.opens(waits)
	if first.at != nil || second.at != waits {
		t.Error("the first call did not go, or the second one did")
	}
}

// TestEndAtTheMomentOfGoing checks that a call whose context ends while a gate lets it through does not keep its place.
func TestEndAtTheMomentOfGoing(t *testing.T) {
	for range 200 {
		g := newGates(time.Hour, (&RetryConfig{}).stopping)
		shut := newGate(place{})
		shut.until, shut.timer = time.Now().Add(time.Hour), time.NewTimer(time.Hour)
		shut.why = &gotgbot.TelegramError{}
		g.all[place{}] = shut
		g.closed.Add(1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		waits := &ticket{call: call{ctx: ctx, method: "getMe"}, number: 1}
		left := make(chan struct{})
		go func() {
			defer close(left)
			if g.enter(ctx, waits) == nil {
				g.leave(waits, outcome{})
			}
		}()
		for waiting := false; !waiting; {
			g.mu.Lock()
			waiting = len(shut.queue) == 1
			if waiting {
				cancel()
				shut.until = time.Now()
				g.pump(shut, time.Now())
			}
			g.mu.Unlock()
		}
		<-left
		g.mu.Lock()
		if shut.flight != 0 {
			t.Fatal("the call kept its place")
		}
		g.mu.Unlock()
	}
}
