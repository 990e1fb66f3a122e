package sessiontest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// A model is the simplest store: it never forgets a revision.
type model map[string]session.Record

func (m model) load(key string, now time.Time) session.Record {
	r, ok := m[key]
	if !ok || !r.Expires.IsZero() && !now.Before(r.Expires) {
		return session.Record{Key: key}
	}
	return r
}

// commit makes the writes or reports that they conflict.
func (m model) commit(writes []session.Write, now time.Time) bool {
	for _, w := range writes {
		if m[w.Key].Rev == w.Next {
			return true
		}
	}
	for _, w := range writes {
		if rev := m.load(w.Key, now).Rev; w.Rev != rev && w.Rev != m[w.Key].Rev {
			return false
		}
	}
	for _, w := range writes {
		r := session.Record{Key: w.Key, Rev: w.Next, Data: w.Data, Expires: w.Expires}
		if w.Delete {
			r.Expires = now
		}
		m[w.Key] = r
	}
	return true
}

// scan returns what a store finds.
func (m model) scan(prefix, after string, limit int, now time.Time) (found []session.Record) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if r := m.load(key, now); r.Rev != 0 && strings.HasPrefix(key, prefix) && key > after && len(found) < limit {
			found = append(found, r)
		}
	}
	return found
}

// testModel makes random calls and compares the store with the model after each. A write takes a revision that was loaded at most
// Grace ago, since the store may have forgotten older ones.
func testModel(s *suite) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	m := make(model)
	seen := make(map[string][]session.Record) // what was loaded in the last Grace
	var past [][]session.Write                // the commits of the last Grace
	var since time.Duration
	key := func() string { return fmt.Sprint("key:", random.IntN(6)) }

	for step := range 400 {
		fail := func(format string, args ...any) {
			s.Fatalf("seed %d, step %d: %s", seed, step, fmt.Sprintf(format, args...))
		}
		now := s.clock.Now()
		switch n := random.IntN(10); {
		case n < 3:
			k := key()
			seen[k] = append(seen[k], s.load(k))
		case n < 8 || len(past) == 0:
			var writes []session.Write
			for _, i := range random.Perm(6)[:1+random.IntN(3)] {
				k := fmt.Sprint("key:", i)
				r := s.load(k)
				if old := seen[k]; len(old) > 0 && random.IntN(4) == 0 {
					r = old[random.IntN(len(old))]
				}
				w := r.Put(fmt.Append(nil, step), now.Add(time.Duration(random.IntN(20)-2)*time.Second))
				switch random.IntN(4) {
				case 0:
					w.Expires = time.Time{}
				case 1:
					w = r.Delete()
				}
				writes = append(writes, w)
			}
			past = append(past, writes)
			err := s.store.Commit(s.ctx, writes)
			if ok := m.commit(writes, now); ok != (err == nil) || err != nil && !errors.Is(err, session.ErrConflict) {
				fail("Commit(%v) returned %v, want success %v", writes, err, ok)
			}
		case n < 9:
			writes := past[random.IntN(len(past))]
			err := s.store.Commit(s.ctx, writes)
			if ok := m.commit(writes, now); ok != (err == nil) {
				fail("Commit(%v) again returned %v, want success %v", writes, err, ok)
			}
		default:
			d := time.Duration(random.IntN(3000)) * time.Millisecond
			if since += d; since >= session.Grace {
				// Time enough passes for the store to forget everything that has expired by now.
				d, since, past = 24*time.Hour, 0, nil
				clear(seen)
			}
			s.clock.advance(d)
		}
		for i := range 6 {
			k := fmt.Sprint("key:", i)
			s.equal(s.load(k), m.load(k, s.clock.Now()))
		}
		prefix, after, limit := key()[:random.IntN(6)], key()[:random.IntN(6)], 1+random.IntN(7)
		s.found(prefix, after, limit, m.scan(prefix, after, limit, s.clock.Now())...)
	}
}
