package tgtest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// modelQueue is a simple model of the queue: a list that is filtered on every call.
type modelQueue struct {
	events []event
	next   int64
	again  []int64 // to be delivered once more
}

func (m *modelQueue) oldest() int64 {
	if len(m.events) > 0 {
		return m.events[0].id
	}
	return m.next
}

func (m *modelQueue) get(offset int64, limit int, now time.Time) []int64 {
	if offset < 0 {
		m.events = m.events[max(0, len(m.events)+int(offset)):]
		offset = 0
	}
	if offset > m.next+10 || offset < m.oldest()-100_000 {
		offset = 0
	}
	m.events = slices.DeleteFunc(m.events, func(e event) bool { return e.id < offset })
	var got, later []int64
	for _, id := range m.again {
		waits := slices.ContainsFunc(m.events, func(e event) bool { return e.id == id && !e.expires.Before(now) })
		switch {
		case waits:
		case len(got) < limit:
			got = append(got, id)
		default:
			later = append(later, id)
		}
	}
	m.again = later
	for i := 0; i < len(m.events) && len(got) < limit; {
		if m.events[i].expires.Before(now) {
			m.events = slices.Delete(m.events, i, i+1)
			continue
		}
		got = append(got, m.events[i].id)
		i++
	}
	slices.Sort(got)
	return got
}

func TestQueueAgainstModel(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		first := 1 + r.Int64N(1000)
		q, m := &queue{next: first, random: rand.Int64N}, &modelQueue{next: first}
		now := time.Unix(0, 0)
		for step := range 200 {
			now = now.Add(time.Duration(r.IntN(3)) * time.Second)
			switch r.IntN(4) {
			case 0:
				id := first + r.Int64N(max(m.next-first, 1))
				if q.repeat(event{id: id, body: []byte("x")}); !slices.Contains(m.again, id) {
					m.again = append(m.again, id)
				}
			case 1, 2:
				for range r.IntN(30) {
					expires := now.Add(time.Duration(1+r.IntN(40)) * time.Second)
					if id := q.push([]byte("x"), expires); id != m.next {
						t.Fatalf("seed %d, step %d: pushed %d, want %d", seed, step, id, m.next)
					}
					m.events = append(m.events, event{id: m.next, expires: expires})
					m.next++
				}
			default:
				offset := m.oldest() + int64(r.IntN(40)) - 10
				switch r.IntN(6) {
				case 0:
					offset = 0
				case 1:
					offset = -int64(r.IntN(30))
				}
				limit := 1 + r.IntN(20)
				want := m.get(offset, limit, now)
				var got []int64
				for _, e := range q.get(nil, offset, limit, now) {
					got = append(got, e.id)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("seed %d, step %d: offset %d limit %d: %v, want %v", seed, step, offset, limit, got, want)
				}
			}
			if q.pending() != len(m.events)+len(m.again) {
				t.Fatalf("seed %d, step %d: %d and %d updates are pending, want %d and %d", seed, step, q.live, len(q.again), len(m.events), len(m.again))
			}
			if q.live != len(m.events) || q.oldest() != m.oldest() {
				t.Fatalf("seed %d, step %d: %d from %d, want %d from %d", seed, step, q.live, q.oldest(), len(m.events), m.oldest())
			}
		}
	}
}

// TestQueueDoesNotGrow checks that memory depends on the updates in the queue and not on those that passed through it.
func TestQueueDoesNotGrow(t *testing.T) {
	q := &queue{next: 1, random: rand.Int64N}
	now := time.Now()
	for range 1000 {
		for range 100 {
			q.push([]byte("x"), now.Add(time.Hour))
		}
		q.get(nil, q.next-50, 100, now) // always leaves 50
	}
	if cap(q.events) > 1000 {
		t.Errorf("room for %d events", cap(q.events))
	}
}

func TestHistoryForgets(t *testing.T) {
	h := history[int]{limit: 10}
	var forgotten []int
	for i := range 1000 {
		forgotten = append(forgotten, h.add(i)...)
		if len(h.items) > 20 {
			t.Fatalf("%d items", len(h.items))
		}
	}
	if h.end() != 1000 || len(h.from(995)) != 5 || h.from(995)[0] != 995 || len(h.from(2000)) != 0 {
		t.Errorf("end %d, from 995: %v", h.end(), h.from(995))
	}
	if rest := h.from(0); len(rest) < 10 || !slices.IsSorted(append(forgotten, rest...)) || len(forgotten)+len(rest) != 1000 {
		t.Errorf("%d forgotten, %d left", len(forgotten), len(rest))
	}
}
