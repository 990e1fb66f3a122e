package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The item is found in the context of every attempt, in what is derived from it, and in that of the error hook.
func TestItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := func(where string, ctx context.Context) {
			if item, ok := Item[int](ctx); item != 7 || !ok {
				t.Errorf("%s: Item is %d, %v", where, item, ok)
			}
			if item, ok := Item[string](ctx); item != "" || ok {
				t.Errorf("%s: Item of another type is %q, %v", where, item, ok)
			}
		}
		attempts, reported := 0, 0
		s := NewSharded(SinkConfig[int]{
			Retry: fixed[int](2),
			Handle: func(ctx context.Context, _ int) error {
				attempts++
				want("the handler", ctx)
				derived, cancel := context.WithCancel(ctx)
				defer cancel()
				want("a derived context", derived)
				if n := testing.AllocsPerRun(1000, func() { _, _ = Item[int](derived) }); n != 0 {
					t.Errorf("Item makes %v allocations", n)
				}
				return errors.New("not yet")
			},
			OnError: func(ctx context.Context, _ int, _ error) {
				reported++
				want("the error hook", ctx)
			},
		})
		put(t, s, 7)
		time.Sleep(time.Hour) // the back-off
		drain(t, s)
		if attempts != 2 || reported != 1 {
			t.Errorf("%d attempts and %d reports, want 2 and 1", attempts, reported)
		}
	})
	if item, ok := Item[int](t.Context()); item != 0 || ok {
		t.Errorf("outside of a handler Item is %d, %v", item, ok)
	}
}
