package runtime

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A modelEntry is an item in the model, which is a slice.
type modelEntry struct {
	item    int
	added   time.Time
	started time.Time
	due     time.Time
}

// TestDequeModel does the same random operations on a deque and on a slice, on a fake clock, and compares them.
func TestDequeModel(t *testing.T) {
	runs := 1500
	if testing.Short() {
		runs = 200
	}
	base := rand.Uint64()
	for i := range runs {
		seed := base + uint64(i)
		synctest.Test(t, func(t *testing.T) {
			runDequeModel(t, rand.New(rand.NewPCG(seed, 0)))
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func runDequeModel(t *testing.T, pick *rand.Rand) {
	capacity := pick.IntN(12)
	var reported, want []int
	d := NewDeque(DequeConfig[int]{Capacity: capacity, OnTimeout: func(i int) { reported = append(reported, i) }})
	var entries []*Entry[int] // by item
	var model []*modelEntry
	find := func(item int) int {
		return slices.IndexFunc(model, func(m *modelEntry) bool { return m.item == item })
	}
	for range 60 {
		switch op := pick.IntN(6); {
		case op == 0:
			items := make([]int, pick.IntN(4))
			for i := range items {
				items[i] = len(entries) + i
				model = append(model, &modelEntry{item: items[i], added: time.Now()})
			}
			entries = append(entries, d.Add(items...)...)
		case op == 1:
			time.Sleep(time.Duration(pick.IntN(8)) * time.Millisecond)
		case len(entries) == 0:
		case op == 2:
			item := pick.IntN(len(entries))
			i := find(item)
			if d.Done(entries[item]) != (i >= 0) {
				t.Errorf("Done(%d) is %v", item, i < 0)
			}
			if i >= 0 {
				model = slices.Delete(model, i, i+1)
			}
		default:
			item := pick.IntN(len(entries))
			i, timeout := find(item), time.Duration(pick.IntN(12))*time.Millisecond
			if d.Start(entries[item], timeout) != (i >= 0) {
				t.Errorf("Start(%d) is %v", item, i < 0)
			}
			if i >= 0 {
				m := model[i]
				if m.started.IsZero() {
					m.started = time.Now()
				}
				m.due = time.Time{}
				if timeout > 0 {
					m.due = m.started.Add(timeout)
				}
			}
		}
		synctest.Wait()
		model, want = decay(model, want)
		if !slices.Equal(reported, want) {
			t.Errorf("timed out %v, want %v", reported, want)
		}
		compareDeque(t, d, model, capacity)
		if t.Failed() {
			return
		}
	}
	d.Close()
	for _, m := range model {
		due, ok := d.deadline(entries[m.item])
		if ok {
			t.Errorf("%d is due at %v after Close", m.item, due)
		}
	}
}

// decay removes the entries that are due and appends them to gone, in the order of their deadlines.
func decay(model []*modelEntry, gone []int) ([]*modelEntry, []int) {
	due := slices.Clone(model)
	due = slices.DeleteFunc(due, func(m *modelEntry) bool { return m.due.IsZero() || m.due.After(time.Now()) })
	slices.SortStableFunc(due, func(a, b *modelEntry) int { return a.due.Compare(b.due) })
	for _, m := range due {
		gone = append(gone, m.item)
	}
	return slices.DeleteFunc(model, func(m *modelEntry) bool { return slices.Contains(due, m) }), gone
}

// compareDeque compares everything that a deque reports with the model.
func compareDeque(t *testing.T, d *Deque[int], model []*modelEntry, capacity int) {
	t.Helper()
	pending, started, oldest := []int{}, 0, time.Duration(0)
	for i, m := range model {
		pending = append(pending, m.item)
		if !m.started.IsZero() {
			started++
		}
		if i == 0 {
			oldest = time.Since(m.added)
		}
	}
	if got := d.Pending(); !slices.Equal(got, pending) {
		t.Errorf("pending %v, want %v", got, pending)
	}
	if d.Len() != len(pending) || d.Started() != started || d.Oldest() != oldest {
		t.Errorf("%d items, %d started, the oldest %v; want %d, %d, %v",
			d.Len(), d.Started(), d.Oldest(), len(pending), started, oldest)
	}
	if capacity > 0 && d.Free() != max(0, capacity-len(pending)) {
		t.Errorf("%d free with %d of %d", d.Free(), len(pending), capacity)
	}
}
