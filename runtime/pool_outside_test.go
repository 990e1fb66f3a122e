package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestG3_G7_OutsideDuringADrain has Drain cancel a handler that waits for a slot to come back from outside. The handler goes on at
// once, beyond the limit, and until it returns nothing else starts in its place.
func TestG3_G7_OutsideDuringADrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		at := make(map[string]time.Duration)
		p := NewSharded(SinkConfig[string]{
			Concurrency: 1,
			Handle: func(ctx context.Context, name string) error {
				switch name {
				case "away":
					_ = Outside(ctx, func(context.Context) error { time.Sleep(2 * time.Second); return nil })
					at["back"] = time.Since(epoch)
					time.Sleep(20 * time.Second)
				case "busy":
					time.Sleep(10 * time.Second)
				case "next":
					at["next"] = time.Since(epoch)
				}
				return ctx.Err()
			},
			OnError: func(context.Context, string, error) {},
		})
		put := func(name string) {
			if _, err := p.Put(t.Context(), []string{name}, func(string, error) {}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		put("away")
		put("busy")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := p.Drain(ctx); err == nil {
			t.Error("Drain did not give up")
		}
		put("next")
		time.Sleep(time.Minute)
		if err := p.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if got := at["back"]; got != 5*time.Second {
			t.Errorf("the handler went on at %v, want 5s, when Drain cancelled it", got)
		}
		if got := at["next"]; got != 25*time.Second {
			t.Errorf("the next handler started at %v, want 25s, when no other one ran", got)
		}
		if p.slots.free != 1 {
			t.Errorf("%d slots are free, want 1", p.slots.free)
		}
	})
}

// TestG5_UntimedOutsideOfAPool checks that the functions work with any context, and within each other.
func TestG5_UntimedOutsideOfAPool(t *testing.T) {
	calls := 0
	f := func(context.Context) error { calls++; return nil }
	if err := Untimed(t.Context(), f); err != nil {
		t.Error(err)
	}
	if err := Outside(t.Context(), f); err != nil {
		t.Error(err)
	}
	p := NewSequential(SinkConfig[int]{Handle: func(ctx context.Context, _ int) error {
		within := func(ctx context.Context) error { return Outside(ctx, f) }
		return Outside(ctx, func(ctx context.Context) error { return Untimed(ctx, within) })
	}, OnError: func(_ context.Context, _ int, err error) { t.Error(err) }})
	if _, err := p.Put(t.Context(), []int{1}, func(int, error) {}); err != nil {
		t.Fatal(err)
	}
	if err := p.Drain(t.Context()); err != nil || calls != 3 {
		t.Errorf("%d calls, want 3; Drain: %v", calls, err)
	}
	checkIdle(t, p, 1)
}

// TestG3_PutByTwo has two goroutines put items beside each other.
func TestG3_PutByTwo(t *testing.T) {
	const each = 2000
	handled := make(chan int, 2*each)
	p := NewSharded(SinkConfig[int]{
		Concurrency: 4, Backlog: 10,
		Handle:      func(_ context.Context, i int) error { handled <- i; return nil },
		Constraints: func(i int, keys []Key) []Key { return append(keys, Key(i%3)) },
	})
	second := make(chan error)
	put := func(first int) error {
		for i := range each {
			if _, err := p.Put(t.Context(), []int{first + i}, func(int, error) {}); err != nil {
				return err
			}
		}
		return nil
	}
	go func() { second <- put(each) }()
	if err := put(0); err != nil {
		t.Error(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	if err := p.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	if len(handled) != 2*each {
		t.Errorf("%d items were handled, want %d", len(handled), 2*each)
	}
	checkIdle(t, p, 2*each)
}
