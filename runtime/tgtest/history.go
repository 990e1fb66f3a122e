package tgtest

// history is a list that only grows at its end and forgets from its front, so that a server that runs for days
// stays within bounds. An item keeps its sequence number, which counts from 0.
type history[T any] struct {
	items   []T
	dropped int // number of items forgotten
	limit   int // at least so many of the newest are kept, at most twice as many
}

func (h *history[T]) add(item T) (forgotten []T) {
	if h.limit > 0 && len(h.items) >= 2*h.limit {
		n := len(h.items) - h.limit
		forgotten = append(forgotten, h.items[:n]...)
		h.items = append(h.items[:0:0], h.items[n:]...)
		h.dropped += n
	}
	h.items = append(h.items, item)
	return forgotten
}

// end is the sequence number of the next item.
func (h *history[T]) end() int { return h.dropped + len(h.items) }

// from is what is left of the items from sequence number seq on. It must not be kept past the lock.
func (h *history[T]) from(seq int) []T {
	return h.items[min(max(seq-h.dropped, 0), len(h.items)):]
}

// broadcast wakes everybody who waits for a change.
type broadcast struct{ changed chan struct{} }

// wait returns a channel that is closed at the next notify.
func (b *broadcast) wait() <-chan struct{} {
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

func (b *broadcast) notify() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}
