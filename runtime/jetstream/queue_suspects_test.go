package jetstream

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestLateAdvance advances to a message that has become a suspect meanwhile.
func TestLateAdvance(t *testing.T) {
	m := marks{Owner: "one", Suspect: 10, Ahead: 12, Counts: map[uint64]int{7: 2}, Begun: 7}
	if got := m.advance(10, 5); got.Suspect != 10 || got.count(7) != 2 || got.Begun != 7 {
		t.Errorf("the suspects are forgotten: %+v", got)
	}
	if got := m.advance(11, 5); got.Suspect != 0 || got.Ahead != 16 || got.count(7) != 0 || got.Begun != 0 {
		t.Errorf("there are still suspects: %+v", got)
	}
}

// TestSuspects runs a model of one partition whose owners die at random, at each step between two writes. Each message has a number of
// begins that a process did not survive. What is counted is never less than that, and at most one more, for the death before which it may have
// been begun. A poisonous message becomes a dead letter, while all others are handled. With an owner dies its server, which forgets some of what was acknowledged.
func TestSuspects(t *testing.T) {
	const window, attempts = 4, 3
	for seed := range uint64(500) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			const last = 30
			var waiting []uint64
			poison := make(map[uint64]bool)
			for s := uint64(1); s <= last; s++ {
				waiting = append(waiting, s)
				poison[s] = random.IntN(12) == 0
			}
			stored := marks{}
			crashes := make(map[uint64]int) // how often a process died while the message was begun
			var dead, done []uint64
			dirty := false
			dies := func() bool { dirty = random.IntN(25) == 0; return dirty }
		owners:
			for owner := 0; len(waiting) > 0; owner++ {
				if owner > 2000 {
					t.Fatalf("it does not end: %v wait, %+v", waiting, stored)
				}
				crashed := dirty
				for _, s := range done {
					if crashed && random.IntN(2) == 0 {
						waiting = append(waiting, s)
						crashes[s] = 0
					}
				}
				done = nil
				slices.Sort(waiting)
				if dies() {
					dirty = crashed // before anything was written
					continue
				}
				m := stored.take(fmt.Sprint(owner), crashed, last)
				stored = m
				if dies() {
					continue
				}
				if random.IntN(8) == 0 {
					dirty = false
					continue // leaves in order, before it has received anything
				}
				for len(waiting) > 0 {
					head := waiting[0]
					count := m.count(head)
					if m.Suspect == 0 && head <= m.Ahead {
						// Several at once, which end in any order.
						hand := slices.Clone(waiting[:1+random.IntN(min(window, len(waiting)))])
						hand = slices.DeleteFunc(hand, func(s uint64) bool { return s > m.Ahead })
						for len(hand) > 0 {
							i := random.IntN(len(hand))
							if poison[hand[i]] || random.IntN(40) == 0 {
								for _, s := range hand {
									crashes[s]++
								}
								dirty = true
								continue owners
							}
							waiting = slices.DeleteFunc(waiting, func(s uint64) bool { return s == hand[i] })
							done = append(done, hand[i])
							hand = slices.Delete(hand, i, i+1)
						}
						if random.IntN(5) == 0 {
							dirty = false // leaves in order
							continue owners
						}
						continue
					}
					if count == 0 {
						m = m.advance(head, window)
						stored = m
						if dies() {
							continue owners
						}
						continue
					}
					if count >= attempts {
						dead = append(dead, head)
						waiting = waiting[1:]
						m = m.finish(head)
						continue
					}
					if crashes[head] > count || poison[head] && crashes[head] < count-1 {
						t.Fatalf("%d was begun %d times by those who died, and %d are counted", head, crashes[head], count)
					}
					m = m.begin(head)
					stored = m
					if poison[head] || random.IntN(100) == 0 {
						crashes[head]++
						dirty = true
						continue owners
					}
					waiting = waiting[1:]
					done = append(done, head)
					m = m.finish(head)
					if random.IntN(10) == 0 {
						dirty = false
						continue owners
					}
				}
			}
			for s, is := range maps.All(poison) {
				if is && (!slices.Contains(dead, s) || crashes[s] > attempts) {
					t.Errorf("%d is poisonous, was begun %d times, and the dead letters are %v", s, crashes[s], dead)
				}
			}
			for _, s := range dead {
				if crashes[s] < attempts-1 {
					t.Errorf("%d is a dead letter, and was begun %d times by processes that died", s, crashes[s])
				}
			}
		})
	}
}

// TestRecent compares recent with a list of the last ones.
func TestRecent(t *testing.T) {
	var r recent
	for s := uint64(1); s <= 3*recentSize; s++ {
		r.add(s, stamp(s))
		r.add(s, stamp(s))
		if !r.has(s, stamp(s)) || r.has(s, stamp(s+1)) || r.has(s+1, stamp(s+1)) {
			t.Fatalf("has %d", s)
		}
		if s > recentSize && (r.has(s-recentSize, stamp(s-recentSize)) || !r.has(s-recentSize+1, stamp(s-recentSize+1))) {
			t.Fatalf("at %d it does not have the last %d", s, recentSize)
		}
	}
	if len(r.stored) != recentSize || len(r.order) != recentSize {
		t.Errorf("it has %d and %d", len(r.stored), len(r.order))
	}
}

func stamp(n uint64) time.Time { return time.Unix(int64(n), 0) }
