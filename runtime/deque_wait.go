package runtime

import (
	"context"
	"slices"
)

// A waiter waits until a condition on a deque holds.
type waiter struct {
	ok  func() bool   // the condition; called with the deque's mu held
	met chan struct{} // closed when the condition holds
}

// Wait waits until there is room for at least one item and returns for how many there is. If ctx ends first, Wait
// returns ctx's error.
func (d *Deque[T]) Wait(ctx context.Context) (free int, err error) { return d.waitRoom(ctx, 1) }

// waitRoom waits until there is room for at least so many items.
func (d *Deque[T]) waitRoom(ctx context.Context, atLeast int) (free int, err error) {
	err = d.wait(ctx, func() bool { free = d.free(); return free >= atLeast })
	return free, err
}

// WaitEmpty waits until the deque is empty. If ctx ends first, WaitEmpty returns ctx's error.
func (d *Deque[T]) WaitEmpty(ctx context.Context) error {
	return d.wait(ctx, func() bool { return d.arrival.len == 0 })
}

// wait waits until ok returns true. It calls ok now and after every change, with mu held.
func (d *Deque[T]) wait(ctx context.Context, ok func() bool) error {
	d.mu.Lock()
	if ok() {
		d.mu.Unlock()
		return nil
	}
	w := &waiter{ok, make(chan struct{})}
	d.waiters = append(d.waiters, w)
	d.mu.Unlock()
	select {
	case <-w.met:
		return nil
	case <-ctx.Done():
		d.mu.Lock()
		defer d.mu.Unlock()
		d.waiters = slices.DeleteFunc(d.waiters, func(other *waiter) bool { return other == w })
		return ctx.Err()
	}
}

// notify wakes the waiters whose condition holds. The caller holds mu.
func (d *Deque[T]) notify() {
	for i := 0; i < len(d.waiters); {
		if w := d.waiters[i]; w.ok() {
			close(w.met)
			d.waiters = slices.Delete(d.waiters, i, i+1)
		} else {
			i++
		}
	}
}
