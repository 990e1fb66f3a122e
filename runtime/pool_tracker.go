package runtime

import (
	"sync"
	"sync/atomic"
)

// gang counts goroutines, so that their owner can wait for the last of them with a context. Whoever starts one calls
// begin before, and the goroutine calls end as its last act.
type gang struct {
	running atomic.Int64
	mu      sync.Mutex
	idle    chan struct{} // closed when the last one ends; nil while nobody waits
}

func (g *gang) begin() { g.running.Add(1) }

func (g *gang) end() {
	if g.running.Add(-1) > 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.idle != nil && g.running.Load() == 0 {
		close(g.idle)
		g.idle = nil
	}
}

// wait returns a channel that is closed once no goroutine runs.
func (g *gang) wait() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.idle == nil {
		g.idle = make(chan struct{})
	}
	idle := g.idle
	if g.running.Load() == 0 {
		close(g.idle)
		g.idle = nil
	}
	return idle
}
