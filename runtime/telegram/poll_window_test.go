package telegram

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tggen/tggen/runtime/telegram/wire"
)

// The test compares the window with a map while updates are fetched, finished in any order, confirmed, and given up.
func TestG8_PropertyOfWindow(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 2))
		var w window
		model := map[int64]*mark{}
		next := int64(0)
		for range 300 {
			switch random.IntN(6) {
			case 0, 1: // an update at the end, or one out of order
				id := next + random.Int64N(3)
				if random.IntN(5) == 0 {
					id = max(1, next-random.Int64N(20))
				}
				if id == 0 || model[id] != nil {
					break
				}
				m := &mark{id: id}
				model[id] = m
				w.add(m)
				next = max(next, id+1)
			case 2, 3:
				for _, m := range model {
					m.finished.Store(true)
					break
				}
			case 4: // the server answered a request with the offset
				offset := w.next
				if lowest := w.lowest(); lowest != nil {
					offset = lowest.id
				}
				w.confirm(offset)
				for id, m := range model {
					if id < offset {
						if !m.finished.Load() {
							t.Fatalf("seed %d: the offset %d passes %d, which is unfinished", seed, offset, id)
						}
						delete(model, id)
					}
				}
			case 5:
				if random.IntN(10) > 0 {
					break
				}
				unfinished := 0
				w.giveUp(func(m *mark) {
					unfinished++
					if model[m.id] != m || m.finished.Load() {
						t.Fatalf("seed %d: gave up %d", seed, m.id)
					}
					if unfinished == 1 {
						next = m.id
					}
					delete(model, m.id)
				})
				for _, m := range model {
					if !m.finished.Load() {
						t.Fatalf("seed %d: %d was not given up", seed, m.id)
					}
				}
			}
			checkWindow(t, seed, &w, model, next)
		}
	}
}

func checkWindow(t *testing.T, seed uint64, w *window, model map[int64]*mark, next int64) {
	t.Helper()
	var known []int64
	var lowest *mark
	for id, m := range model {
		known = append(known, id)
		if !m.finished.Load() && (lowest == nil || id < lowest.id) {
			lowest = m
		}
		if w.find(id) != m {
			t.Fatalf("seed %d: %d is not found", seed, id)
		}
	}
	slices.Sort(known)
	var got []int64
	for _, m := range w.marks {
		got = append(got, m.id)
	}
	if !slices.Equal(known, got) || w.lowest() != lowest || w.next != next {
		t.Fatalf("seed %d: window %d, lowest %v, next %d; want %d, %v, %d", seed, got, w.lowest(), w.next, known, lowest, next)
	}
	for i, id := range known {
		if w.countFrom(id) != len(known)-i || w.countFrom(id+1) != len(known)-i-1 {
			t.Fatalf("seed %d: %d counted from %d", seed, w.countFrom(id), id)
		}
	}
	if w.find(0) != nil || w.find(1<<40) != nil {
		t.Fatalf("seed %d: an unknown id is found", seed)
	}
}

func TestWindowRecallsAnEarlierNumbering(t *testing.T) {
	var w window
	slow, quick := &mark{id: 2_000_000_000, sum: 1}, &mark{id: 2_000_000_001, sum: 2}
	w.add(slow)
	w.add(quick)
	quick.finished.Store(true)
	w.restart()
	if w.lowest() != nil || w.next != 0 {
		t.Fatal("the earlier numbering still counts")
	}
	w.add(&mark{id: 5})
	if w.lowest().id != 5 || w.next != 6 {
		t.Fatalf("lowest %d, next %d", w.lowest().id, w.next)
	}
	if w.recall(quick.id, quick.sum) != nil {
		t.Error("a finished update is recalled")
	}
	if w.recall(slow.id, 99) != nil {
		t.Error("another update of the same id is recalled")
	}
	if w.recall(slow.id, slow.sum) != slow || w.recall(slow.id, slow.sum) != nil {
		t.Error("the unfinished update is not recalled once")
	}
}

func TestSeen(t *testing.T) {
	var s seen
	for id := int64(1); id <= 1000; id++ {
		if s.has(id, 7) {
			t.Fatalf("%d is known", id)
		}
		s.add(id, 7)
		for back := range int64(seenSize) {
			if old := id - back; old > 0 && !s.has(old, 7) {
				t.Fatalf("%d is forgotten at %d", old, id)
			}
		}
	}
	if s.has(1000, 8) {
		t.Error("another update of the same id is known")
	}
	s.forget(1000, 7)
	if s.has(1000, 7) || !s.has(999, 7) {
		t.Error("forget forgets something else")
	}
	for id := int64(1); id <= seenSize; id++ { // the ids restart at a lower number
		s.add(id, 9)
		if !s.has(id, 9) {
			t.Fatalf("%d is not known", id)
		}
	}
	if s.highest != seenSize {
		t.Errorf("highest is %d, and every later update would be searched for", s.highest)
	}
}

// A server ignores an offset that is more than 10 past its newest update. Only an answer with ids that low means that it
// has restarted its ids.
func TestPollerTheGapOfARestart(t *testing.T) {
	const offset = 1000
	for _, c := range []struct {
		newest    int64
		restarted bool
	}{{offset - 1, false}, {offset - 10, false}, {offset - 11, true}, {1, true}} {
		p := newTestPoller(t, newBotServer(1), nil)
		p.window.add(&mark{id: offset - 1})
		p.accept([]wire.RawUpdate{{Header: wire.Header{ID: c.newest}, Raw: []byte(message(c.newest, ""))}}, offset, 100)
		want := int64(offset)
		if c.restarted {
			want = c.newest + 1
		}
		if p.window.next != want {
			t.Errorf("after an answer with %d to the offset %d, the next offset is %d, want %d", c.newest, offset, p.window.next, want)
		}
	}
}

// giveUp forgets the unfinished updates of an earlier numbering, too, so that they are new when they come again.
func TestG8_GiveUpForgetsAnEarlierNumbering(t *testing.T) {
	var w window
	unfinished, finished, later := &mark{id: 500}, &mark{id: 501}, &mark{id: 502}
	for _, m := range []*mark{unfinished, finished, later} {
		w.add(m)
	}
	finished.finished.Store(true)
	w.restart()
	later.finished.Store(true)
	w.add(&mark{id: 3})
	var forgotten []int64
	w.giveUp(func(m *mark) { forgotten = append(forgotten, m.id) })
	if slices.Sort(forgotten); !slices.Equal(forgotten, []int64{3, 500}) {
		t.Errorf("forgot %d, want 3 and 500", forgotten)
	}
	if w.recall(500, 0) != nil || w.next != 3 || len(w.marks) != 0 {
		t.Errorf("the window still holds %d updates; the next offset is %d", len(w.marks), w.next)
	}
}
