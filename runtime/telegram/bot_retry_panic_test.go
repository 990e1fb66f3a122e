package telegram

import (
	"context"
	"errors"
	"testing"

	"github.com/tggen/tggen/runtime"
)

// TestG15_TryPanic checks that a handler that panicked in Try is settled: if another handler asks for a further attempt, it
// is not run again, and its error is still the panic.
func TestG15_TryPanic(t *testing.T) {
	u, err := NewEnvelope([]byte(message(1, "x")))
	if err != nil {
		t.Fatal(err)
	}
	retry := Retry{Attempts: 3}
	runs := 0
	watch := func(ev *Event) (err error) {
		defer func() {
			if value := recover(); value != nil {
				err = runtime.NewPanicError(value)
			}
		}()
		ev.Enter("Watch")
		return ev.Try(retry, func() error { runs++; panic("boom") })
	}
	for attempt := 1; attempt <= 2; attempt++ {
		ev := &Event{Header: u.Header, Attempt: attempt, progress: &u.progress}
		u.progress.begin(ev)
		if settled := func() bool { ev.Enter("Watch"); return ev.Settled() }(); settled != (attempt == 2) {
			t.Errorf("attempt %d: Watch is settled: %t", attempt, settled)
		}
		err := watch(ev)
		if p, ok := errors.AsType[*runtime.PanicError](err); !ok || p.Value != "boom" {
			t.Errorf("attempt %d: %v", attempt, err)
		}
		ev.Enter("Order")
		failed := ev.Try(retry, func() error { return context.Canceled })
		b := Bot{config: Config{Retry: retry}}
		if _, again := b.retry(u, attempt, errors.Join(err, failed)); !again {
			t.Errorf("attempt %d: no further attempt", attempt)
		}
	}
	if runs != 1 {
		t.Errorf("the handler ran %d times", runs)
	}
}
