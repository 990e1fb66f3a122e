package jetstream

import (
	"context"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// own changes the marks of the only partition, and the table, as another process does that owns the partition for a while.
func own(t *testing.T, q *Queue, change func(*marks), changeTable func(*table)) {
	t.Helper()
	var m marks
	sequence, err := get(t.Context(), q.streams.fleet, q.streams.marks(0), &m)
	if err != nil {
		t.Fatal(err)
	}
	m.Owner = "another"
	change(&m)
	if _, err := q.streams.put(t.Context(), q.streams.marks(0), m, sequence); err != nil {
		t.Fatal(err)
	}
	for {
		var now table
		sequence, err := get(t.Context(), q.streams.fleet, q.streams.table(), &now)
		if err != nil {
			t.Fatal(err)
		}
		changeTable(&now)
		if _, err := q.streams.put(t.Context(), q.streams.table(), now, sequence); err == nil {
			return
		}
	}
}

// TestAnotherOwner has another process that owns the partition for a while, does a part of a bundle and leaves in order. The process
// takes the partition again, and receives only the rest of the bundle, although it has had the bundle in hand.
func TestAnotherOwner(t *testing.T) {
	q := openOne(t, 4)
	got := receive(t, q, 4)
	numbers := func(d []*queue.Delivery) (n []uint64) {
		for _, d := range d {
			n = append(n, d.Seq)
		}
		return n
	}
	own(t, q, func(m *marks) { m.Done = numbers(got[1:3]) }, func(now *table) { *now = table{Slots: make([]slot, 1)} })
	q.look()
	again := receive(t, q, 2)
	if ids(again) != "1 4 " {
		t.Errorf("received %s", ids(again))
	}
	for _, d := range again {
		if err := q.Begin(t.Context(), d); err != nil {
			t.Error(err)
		}
		q.Done(d)
	}
	empty(t, q)
}

// TestCloseAfterALoss closes a queue that has a part of a bundle done, and whose partition another process has taken over meanwhile. It
// leaves the table, and what the other process has stored stays.
func TestCloseAfterALoss(t *testing.T) {
	q := openOne(t, 4)
	got := receive(t, q, 1)[0]
	if err := q.Begin(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	q.Done(got)
	q.stop() // it does not see that
	q.done.Wait()
	own(t, q, func(m *marks) { m.Begun = 99 }, func(*table) {})
	if err := q.Close(context.Background()); err != nil {
		t.Error(err)
	}
	var m marks
	if _, err := get(t.Context(), q.streams.fleet, q.streams.marks(0), &m); err != nil || m.Begun != 99 {
		t.Errorf("the marks are %+v, %v", m, err)
	}
	var now table
	if _, err := get(t.Context(), q.streams.fleet, q.streams.table(), &now); err != nil || len(now.Members) > 0 {
		t.Errorf("the table is %+v, %v", now, err)
	}
}

// TestFailedChange has a change of the marks that fails while the partition is read anew. The partition is read anew once more.
func TestFailedChange(t *testing.T) {
	q := openOne(t, 3)
	p := q.partitions[0]
	first := receive(t, q, 1)[0]
	taken := func() bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		return p.taken
	}
	fail := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		p.taken = false
		p.restart()
	}
	for range 5 {
		fail()
		for end := time.Now().Add(time.Minute); !taken() && time.Now().Before(end); { // until the marks are read
		}
		fail()
	}
	rest := receive(t, q, 2)
	if ids(rest) != "2 3 " {
		t.Errorf("received %s", ids(rest))
	}
	for _, d := range append(rest, first) {
		if err := q.Begin(t.Context(), d); err != nil {
			t.Error(err)
		}
		q.Done(d)
	}
	empty(t, q)
}

// TestSettle has a suspect that is done, and nothing that comes behind it. It is stored that it is done, so that the next death does not count
// for it.
func TestSettle(t *testing.T) {
	q := openOne(t, 1)
	p := q.partitions[0]
	d := receive(t, q, 1)[0]
	q.mu.Lock()
	d.Token.(*item).suspect = true
	p.marks.Suspect = d.Seq
	q.mu.Unlock()
	if err := q.Begin(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	var m marks
	if _, err := get(t.Context(), q.streams.fleet, q.streams.marks(0), &m); err != nil || m.Begun != d.Seq {
		t.Errorf("the marks are %+v, %v, while the suspect is handled", m, err)
	}
	q.Done(d)
	empty(t, q)
	m = marks{}
	if _, err := get(t.Context(), q.streams.fleet, q.streams.marks(0), &m); err != nil || m.Begun != 0 {
		t.Errorf("the marks are %+v, %v, when it is done", m, err)
	}
}
