package runtime

import (
	"context"
	"sync"
	"testing"
	"time"
)

func handleNothing[T any](context.Context, T) error { return nil }

func doneNothing[T any](T, error) {}

// put puts items that there is room for.
func put[T any](t testing.TB, s Sink[T], items ...T) (free int) {
	t.Helper()
	taken, free, err := s.Put(t.Context(), items, doneNothing[T])
	if taken != len(items) || err != nil {
		t.Fatalf("Put took %d of %d: %v", taken, len(items), err)
	}
	return free
}

// drain waits for all that was put.
func drain[T any](t testing.TB, s Sink[T]) {
	t.Helper()
	if err := s.Drain(context.Background()); err != nil {
		t.Fatalf("Drain: %v", err)
	}
}

// A logbook notes what happens, and when since it was made.
type logbook[T any] struct {
	epoch time.Time
	mu    sync.Mutex
	lines []line[T]
}

type line[T any] struct {
	at   time.Duration
	what T
}

func newLogbook[T any]() *logbook[T] { return &logbook[T]{epoch: time.Now()} }

func (l *logbook[T]) add(what T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line[T]{time.Since(l.epoch), what})
}

func (l *logbook[T]) all() []line[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines
}

func (l *logbook[T]) whats() []T {
	var all []T
	for _, l := range l.all() {
		all = append(all, l.what)
	}
	return all
}
