package state

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestRecord(t *testing.T) {
	for range 1000 {
		s := stored{version: 1 + rand.IntN(9), state: []string{noValue, dataOnly, "AskName"}[rand.IntN(3)], timer: rand.Int64(),
			expires: rand.Int64N(2) * rand.Int64(), due: rand.Int64N(2) * rand.Int64()}
		if rand.IntN(2) == 0 {
			s.data = []byte("{\"a b\":\n1}")
		}
		if rand.IntN(2) == 0 {
			s.absorbed = absorbed{upTo: rand.Int64N(100), when: 1 + rand.Int64N(1e10)}
			for range rand.IntN(3) {
				s.absorbed.ids = append(s.absorbed.ids, rand.Int64())
			}
		}
		raw := s.append(nil)
		got, err := parse(raw)
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("%q is read as %+v, %v", raw, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("tggen1 1 Name 0 0 0 5,6@7\n{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := parse(raw)
		if err != nil {
			return
		}
		again, err := parse(s.append(nil))
		if err != nil || !reflect.DeepEqual(again, s) && s.absorbed.when != 0 {
			t.Errorf("%q is read as %+v, and then as %+v, %v", raw, s, again, err)
		}
	})
}

// TestAbsorbed compares absorbed with a list of all updates of one session and the times at which they were absorbed. The way in
// which updates come changes now and then.
func TestAbsorbed(t *testing.T) {
	for range 300 {
		var a absorbed
		var all []int64
		var last time.Time
		now := time.Unix(1_700_000_000, 0)
		ordered := true
		next := int64(1 + rand.IntN(2e9))
		var missing []int64 // ids below next that have not come; only a webhook leaves some out
		for range 200 {
			switch now = now.Add(time.Duration(rand.IntN(60)) * time.Second); rand.IntN(40) {
			case 0:
				if len(missing) == 0 {
					ordered = !ordered
				}
			case 1:
				now = now.Add(7 * 24 * time.Hour)
				next, missing = rand.Int64N(1000)+1, nil
			case 2: // another server, whose ids are far from all that are remembered
				far := func(to, from int64) bool { return to < from-2*reach || to > from+2*reach }
				if to := int64(1 + rand.IntN(2e9)); far(to, next) && far(to, a.upTo) {
					next, missing, all = to, nil, nil
				}
			}
			if now.Sub(last) > remembered {
				all = nil
			}
			if len(all) > maxIDs {
				all = all[len(all)-maxIDs:]
			}
			id := next
			if !ordered && len(missing) > 0 && rand.IntN(2) == 0 {
				id, missing = missing[0], missing[1:]
			} else {
				if !ordered && rand.IntN(3) == 0 {
					missing = append(missing, next)
					next++
					id = next
				}
				next++
			}
			if a.has(id, now) {
				t.Fatalf("%d is taken for absorbed: %+v of %v", id, a, all)
			}
			a = a.with(id, ordered, now)
			all, last = append(all, id), now
			for i, other := range all {
				if i >= len(all)-maxIDs && !a.has(other, now) {
					t.Fatalf("%d is not taken for absorbed: %+v of %v", other, a, all)
				}
			}
			if a.has(next, now) || slices.ContainsFunc(missing, func(id int64) bool { return a.has(id, now) }) {
				t.Fatalf("an update that has not come is taken for absorbed: %+v; missing %v", a, missing)
			}
			if len(a.ids) > maxIDs {
				t.Fatalf("%d ids are kept", len(a.ids))
			}
		}
	}
}
