package runtime

import (
	"context"
	"time"
)

const (
	// fullFirst is how long Room waits before it calls OnFull, and fullEvery how long between two calls.
	fullFirst = 10 * time.Second
	fullEvery = time.Minute
)

// A Full says why a pool has had no room for a while, see [SinkConfig].OnFull.
type Full[T any] struct {
	Waited time.Duration // since Room began to wait
	Over   bool          // there is room again
	Stats  SinkStats
	Oldest T    // the oldest unfinished item
	Any    bool // there is an unfinished item; if not, Oldest is the zero T
}

// waitFull calls wait, and calls OnFull while that waits for long.
func (p *Pool[T]) waitFull(ctx context.Context, wait func(context.Context) error) error {
	if p.config.OnFull == nil {
		return wait(ctx)
	}
	begin := time.Now()
	for soon := fullFirst; ; soon = fullEvery {
		limited, cancel := context.WithTimeout(ctx, soon)
		err := wait(limited)
		cancel()
		waited := time.Since(begin)
		switch {
		case ctx.Err() != nil && err != nil:
			return ctx.Err()
		case err == nil:
			if waited >= fullFirst && soon == fullEvery {
				p.config.OnFull(p.full(waited, true))
			}
			return nil
		}
		p.config.OnFull(p.full(waited, false))
	}
}

func (p *Pool[T]) full(waited time.Duration, over bool) Full[T] {
	full := Full[T]{Waited: waited, Over: over, Stats: p.Stats()}
	if oldest, ok := p.deque.first(); ok {
		full.Oldest, full.Any = oldest.item, true
	}
	return full
}
