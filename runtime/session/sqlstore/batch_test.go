package sqlstore

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tggen/tggen/runtime/session"
)

// queued returns a store whose queue holds commits with the given numbers of writes. No worker runs.
func queued(writes ...int) *Store {
	s := &Store{running: true}
	for _, n := range writes {
		s.queue = append(s.queue, &commit{writes: make([]session.Write, n)})
	}
	return s
}

// TestLeave checks that a batch is cancelled when none of its callers waits any more, and not before.
func TestLeave(t *testing.T) {
	s := queued(1, 1, 1)
	early, first, second := s.queue[0], s.queue[1], s.queue[2]
	s.leave(early)
	cancelled := false
	b := s.take(func() { cancelled = true })
	if len(b.commits) != 2 {
		t.Errorf("the batch has %d commits; one of three has left", len(b.commits))
	}
	s.leave(first)
	if cancelled {
		t.Error("the batch was cancelled while a caller waits")
	}
	s.leave(second)
	if !cancelled {
		t.Error("the batch was not cancelled after its last caller has left")
	}
}

func TestTake(t *testing.T) {
	for _, test := range []struct {
		writes []int
		bytes  int // of each commit
		want   []int
	}{
		{writes: []int{1, 2, 3}, want: []int{3}},
		{writes: []int{100, 100, 56, 1}, want: []int{3, 1}},
		{writes: []int{100, 100, 100}, want: []int{2, 1}},
		{writes: []int{1, 1, 1}, bytes: batchBytes / 2, want: []int{2, 1}},
		{writes: []int{1, 1, 1}, bytes: batchBytes + 1, want: []int{1, 1, 1}},
	} {
		s := queued(test.writes...)
		for _, c := range s.queue {
			c.bytes = test.bytes
		}
		var got []int
		for b := s.take(nil); b != nil; b = s.take(nil) {
			got = append(got, len(b.commits))
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%v: batches of %v commits, want %v", test.writes, got, test.want)
		}
		if s.running {
			t.Error("the queue is empty, and the worker is still said to run")
		}
	}
}

type stateError string

func (e stateError) Error() string    { return "ERROR: database is locked" }
func (e stateError) SQLState() string { return string(e) }

func TestIsBusy(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{errMoved, true},
		{stateError("40001"), true},
		{fmt.Errorf("wrapped: %w", stateError("40P01")), true},
		{stateError("55P03"), false},
		{errors.New("database is locked (5) (SQLITE_BUSY)"), true},
		{errors.New("sqlite3: database table is locked"), true},
		{errors.New("sqlite3: disk I/O error"), false},
	} {
		if isBusy(test.err) != test.want {
			t.Errorf("isBusy(%v) is %v", test.err, !test.want)
		}
	}
}
