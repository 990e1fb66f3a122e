package calls

import (
	"container/heap"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
)

// The rule that tells a flood of the whole bot from one of a chat: so many chats are refused within so short a time.
const (
	floodChats  = 3
	floodWithin = time.Second
)

// gates holds the gates of a bot. A call goes through the gate of its chat (or of its method, if it has no chat), the gate
// of the bot, and the gate for bulk calls, as far as they exist. It waits at the first one that is not open, and holds no
// place at the others meanwhile.
type gates struct {
	maxWait  time.Duration
	stopping func() <-chan struct{} // closed when waits must end
	numbers  atomic.Uint64          // of tickets
	closed   atomic.Int64           // len(all); while it is 0, calls do not need the lock

	mu      sync.Mutex
	all     map[place]*gate
	bulk    gate
	refused []refusal // of the last second; at most one for each chat
}

// A refusal is a chat for which the server asked to wait.
type refusal struct {
	chat      string
	at, until time.Time
}

func newGates(maxWait time.Duration, stopping func() <-chan struct{}) *gates {
	return &gates{maxWait: maxWait, stopping: stopping, all: make(map[place]*gate), bulk: gate{window: maxBulk, fixed: true}}
}

// enter waits until a call may go. Each enter that returns nil must be followed by leave.
func (g *gates) enter(ctx context.Context, t *ticket) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", t.call.method, err)
	}
	if g.closed.Load() == 0 && !t.bulk {
		return nil
	}
	t.ready = make(chan error, 1)
	g.mu.Lock()
	g.try(t, time.Now())
	g.mu.Unlock()
	select {
	case err := <-t.ready: // most calls need not wait
		return err
	default:
	}
	var why error
	select {
	case err := <-t.ready:
		return err
	case <-ctx.Done():
		why = ctx.Err()
	case <-g.stopping():
		why = ErrStopped
	}
	g.mu.Lock()
	waits := t.at != nil
	if waits {
		heap.Remove(&t.at.queue, t.index)
		t.at = nil
	}
	g.mu.Unlock()
	if !waits && <-t.ready == nil {
		g.leave(t, outcome{})
	}
	return fmt.Errorf("%s: waiting for its turn: %w", t.call.method, why)
}

// try lets a call through, or makes it wait at a gate, or ends it if it would wait too long. The lock is held.
func (g *gates) try(t *ticket, now time.Time) {
	t.at = nil
	way := [...]*gate{g.all[t.call.place()], g.all[place{}], nil}
	if t.bulk {
		way[2] = &g.bulk
	}
	for _, gate := range way {
		if gate == nil || gate.open(now) && !gate.overtakes(t) {
			continue
		}
		if err := g.tooLong(t, gate, now); err != nil {
			t.ready <- err
			return
		}
		t.at = gate
		heap.Push(&gate.queue, t)
		return
	}
	for _, gate := range way {
		if gate != nil {
			gate.flight++
			t.held = append(t.held, passage{gate, gate.epoch})
		}
	}
	t.ready <- nil
}

// leave ends the passage of a call. Its outcome may widen or close gates.
func (g *gates) leave(t *ticket, o outcome) {
	if len(t.held) == 0 && !o.flood {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for _, p := range t.held {
		if p.epoch != p.gate.epoch {
			continue
		}
		p.gate.flight--
		if o.answered && !p.gate.fixed {
			p.gate.window++
		}
	}
	held := t.held
	if o.flood {
		g.refuse(t, o.answer, o.wait, now)
	}
	t.held = nil
	for _, p := range held {
		g.pump(p.gate, now)
	}
}

// refuse closes the gates that a refused call tells to close.
func (g *gates) refuse(t *ticket, why *gotgbot.TelegramError, wait time.Duration, now time.Time) {
	until := now.Add(wait)
	at := t.call.place()
	if at.chat == "" {
		// Settings such as setMyName have limits of hours. A wait that no call would sit out concerns its method.
		if wait <= g.maxWait {
			at = place{}
		}
		g.close(at, t, why, until, now)
		return
	}
	g.close(at, t, why, until, now)
	g.refused = slices.DeleteFunc(g.refused, func(r refusal) bool { return r.chat == at.chat || now.Sub(r.at) > floodWithin })
	g.refused = append(g.refused, refusal{at.chat, now, until})
	if len(g.refused) < floodChats {
		return
	}
	// One of the chats may have a longer wait of its own, which does not concern the others.
	for _, r := range g.refused {
		if r.until.Before(until) {
			until = r.until
		}
	}
	g.refused = nil
	g.close(place{}, t, why, until, now)
}

// close closes a gate until a time, because the call of t was refused.
func (g *gates) close(at place, t *ticket, why *gotgbot.TelegramError, until, now time.Time) {
	gate := g.all[at]
	switch {
	case gate == nil:
		gate = newGate(at)
		g.all[at] = gate
		g.closed.Add(1)
	case slices.Contains(t.held, passage{gate, gate.epoch}):
		gate.epoch++
		gate.window, gate.flight = 1, 0
	case gate.flight > 0:
		return // the call is older than the probe, which will tell what holds now
	}
	gate.why = why
	if until.After(gate.until) {
		gate.until = until
	}
	wait := gate.until.Sub(now)
	if gate.timer == nil {
		gate.timer = time.AfterFunc(wait, func() { g.opens(gate) })
	} else {
		gate.timer.Reset(wait)
	}
	for _, waiting := range slices.Clone(gate.queue) {
		if err := g.tooLong(waiting, gate, now); err != nil {
			heap.Remove(&gate.queue, waiting.index)
			waiting.at = nil
			waiting.ready <- err
		}
	}
}

// opens is called when the time of a gate is up.
func (g *gates) opens(gate *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pump(gate, time.Now())
}

// pump lets the calls go that a gate has room for, and removes the gate if it is no longer needed.
func (g *gates) pump(gate *gate, now time.Time) {
	for len(gate.queue) > 0 && gate.open(now) {
		g.try(heap.Pop(&gate.queue).(*ticket), now)
	}
	if gate.fixed || gate.gone || now.Before(gate.until) || len(gate.queue) > 0 || gate.flight >= gate.window {
		return
	}
	if idle := gate.until.Add(floodWithin); gate.at == (place{}) && gate.window == 1 && now.Before(idle) {
		// The calls that were refused wait at the gates of their chats, which may open a moment later. One of them is the probe.
		gate.timer.Reset(idle.Sub(now))
		return
	}
	gate.gone = true
	gate.timer.Stop()
	delete(g.all, gate.at)
	g.closed.Add(-1)
}

// tooLong returns a [*FloodError] if a call must not wait as long as a gate is closed.
func (g *gates) tooLong(t *ticket, gate *gate, now time.Time) error {
	wait := gate.until.Sub(now)
	deadline, bounded := t.call.ctx.Deadline()
	if wait <= 0 || wait <= g.maxWait && (!bounded || gate.until.Before(deadline)) {
		return nil
	}
	return t.call.floodError(gate.at.chat, gate.why, wait)
}
