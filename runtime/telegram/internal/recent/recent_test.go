package recent

import (
	"math/rand/v2"
	"testing"
)

// A Set has the last updates that were added, and no others, while their ids follow one another.
func TestSet(t *testing.T) {
	var s Set
	first := rand.Int64N(1 << 40)
	sum := func(id int64) uint64 { return uint64(id) * 3 }
	for id := first; id < first+3*Size; id++ {
		if u := (Update{id, sum(id)}); s.Has(u) {
			t.Fatalf("update %d is known before it came", id)
		}
		s.Add(Update{id, sum(id)})
		oldest := max(first, id-Size+1)
		for _, known := range []int64{id, oldest, oldest + rand.Int64N(id-oldest+1)} {
			if !s.Has(Update{known, sum(known)}) {
				t.Fatalf("update %d is not known after %d", known, id)
			}
			if s.Has(Update{known, sum(known) + 1}) {
				t.Fatalf("another update with the id %d is known", known)
			}
		}
		if forgotten := oldest - 1; forgotten >= first && s.Has(Update{forgotten, sum(forgotten)}) {
			t.Fatalf("update %d is still known after %d", forgotten, id)
		}
	}
	for id := int64(-10); id < 10; id++ { // ids that no server sends do no harm
		s.Add(Update{id, 1})
		if !s.Has(Update{id, 1}) {
			t.Errorf("update %d is not known", id)
		}
	}
}

// Two updates that differ in length or near an end have different sums. A redelivery has the same sum.
func TestSum(t *testing.T) {
	hash := NewHash()
	for _, size := range []int{1, 100, 256, 257, 2000} {
		raw := make([]byte, size)
		sum := hash.Sum(raw)
		if again := hash.Sum(make([]byte, size)); again != sum {
			t.Errorf("%d bytes: the same update has another sum", size)
		}
		if longer := hash.Sum(make([]byte, size+1)); longer == sum {
			t.Errorf("%d bytes: a longer one has the same sum", size)
		}
		for i := range raw {
			if i >= 128 && i < size-128 && size > 256 {
				continue // sum ignores this byte
			}
			raw[i] = 1
			if hash.Sum(raw) == sum {
				t.Errorf("%d bytes: one that differs at %d has the same sum", size, i)
			}
			raw[i] = 0
		}
	}
}
