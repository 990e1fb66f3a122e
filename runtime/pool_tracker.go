package runtime

import (
	"sync"
	"sync/atomic"
)

// A tracker counts goroutines, so that their owner can wait for the last of them and give up when a context ends. Call
// begin before you start a goroutine; the goroutine calls end as its last act.
type tracker struct {
	running atomic.Int64
	mu      sync.Mutex
	idle    chan struct{} // closed when the last goroutine ends; nil while nobody waits
}

func (t *tracker) begin() { t.running.Add(1) }

func (t *tracker) end() {
	if t.running.Add(-1) > 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle != nil && t.running.Load() == 0 {
		close(t.idle)
		t.idle = nil
	}
}

// wait returns a channel that is closed once no goroutine runs.
func (t *tracker) wait() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle == nil {
		t.idle = make(chan struct{})
	}
	idle := t.idle
	if t.running.Load() == 0 {
		close(t.idle)
		t.idle = nil
	}
	return idle
}
