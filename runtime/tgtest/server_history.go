package tgtest

// history is a list with bounded memory: it adds items at its end and forgets the oldest ones. Each item has a sequence
// number, which counts from 0 and never changes.
type history[T any] struct {
	items   []T
	dropped int // number of items forgotten
	limit   int // keep at least that many items and at most twice as many; 0 = no limit
}

// add adds an item and returns those that the history forgets.
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

// end returns the sequence number of the next item.
func (h *history[T]) end() int { return h.dropped + len(h.items) }

// from returns the items with a sequence number of at least seq. The slice is valid only while the lock is held.
func (h *history[T]) from(seq int) []T {
	return h.items[min(max(seq-h.dropped, 0), len(h.items)):]
}

// broadcast wakes all goroutines that wait for a change.
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
