// Package pace says how long a poller waits between two polls.
package pace

import (
	"math"
	"time"
)

// FullBatch is the largest number of updates in the answer to a getUpdates.
const FullBatch = 100

// batches is the number of recent batches that the Pacer considers.
const batches = 16

// A Pacer trades speed for less traffic. It waits after a batch that was not full, so that the next one is fuller. The
// longer the recent batches took, and the fewer updates they held, the longer it waits.
type Pacer struct {
	balance  float64       // from 0, no wait, to 1, the longest waits
	maxDelay time.Duration // bounds each wait

	sizes [batches]float64
	times [batches]float64 // in milliseconds
	at    int
	due   bool // the last batch was not full, and there was no wait since
}

// New returns a pacer that waits at most maxDelay.
func New(balance float64, maxDelay time.Duration) Pacer {
	p := Pacer{balance: balance, maxDelay: maxDelay}
	for i := range batches {
		p.sizes[i], p.times[i] = FullBatch, 1
	}
	return p
}

// Record notes the size of a batch and the time it took.
func (p *Pacer) Record(size int, took time.Duration) {
	p.sizes[p.at], p.times[p.at] = float64(size), milliseconds(took)
	p.at = (p.at + 1) % batches
	p.due = size < FullBatch
}

// Delay returns the time to wait before the next batch: m * tanh(100 b / max(1, m) * sum(times) / max(1, sum(sizes))),
// all in milliseconds. It is 0 if it is called a second time after the same batch.
func (p *Pacer) Delay() time.Duration {
	if p.balance == 0 || !p.due {
		return 0
	}
	p.due = false
	var sizes, times float64
	for i := range batches {
		sizes += p.sizes[i]
		times += p.times[i]
	}
	m := milliseconds(p.maxDelay)
	wait := m * math.Tanh(100*p.balance/max(1, m)*times/max(1, sizes))
	return time.Duration(wait * float64(time.Millisecond))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
