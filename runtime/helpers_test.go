package runtime

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func handleNothing[T any](context.Context, T) error { return nil }

func doneNothing[T any](T, error) {}

// put puts items, waits for room, and returns how much room there is.
func put[T any](t testing.TB, s Sink[T], items ...T) (free int) {
	t.Helper()
	taken, err := s.Put(t.Context(), items, doneNothing[T])
	if taken != len(items) || err != nil {
		t.Fatalf("Put took %d of %d: %v", taken, len(items), err)
	}
	return room(t, s)
}

// room waits for room and returns how much there is.
func room[T any](t testing.TB, s Sink[T]) (free int) {
	t.Helper()
	free, err := s.Room(t.Context())
	if err != nil {
		t.Fatalf("Room: %v", err)
	}
	return free
}

// drain waits until every item is finished.
func drain[T any](t testing.TB, s Sink[T]) {
	t.Helper()
	if err := s.Drain(context.Background()); err != nil {
		t.Fatalf("Drain: %v", err)
	}
}

// A logbook records events, each with the time since the logbook was made.
type logbook[T any] struct {
	epoch time.Time
	mu    sync.Mutex
	lines []line[T]
}

// A line is one event in a logbook.
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

// whats returns the events without their times.
func (l *logbook[T]) whats() []T {
	var all []T
	for _, l := range l.all() {
		all = append(all, l.what)
	}
	return all
}

var errFailed = errors.New("failed on purpose")

// pass waits for d. It returns false if stop is closed first.
func pass(d time.Duration, stop <-chan struct{}) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-stop:
		return false
	}
}
