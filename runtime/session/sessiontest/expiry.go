package sessiontest

import (
	"fmt"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// expiring creates or changes a record that expires after ttl.
func (s *suite) expiring(key, data string, ttl time.Duration) session.Record {
	s.Helper()
	w := s.load(key).Put([]byte(data), s.clock.Now().Add(ttl))
	s.commit(w)
	return w.Record()
}

func testExpiry(s *suite) {
	a, b, c := s.expiring("a", "1", time.Minute), s.expiring("b", "2", time.Hour), s.put("c", "3")
	s.clock.advance(time.Minute - time.Millisecond)
	s.expect(a)
	s.clock.advance(time.Millisecond)
	s.absent("a")
	s.expect(b)
	s.clock.advance(24 * 365 * time.Hour)
	s.absent("a", "b")
	s.expect(c)

	a = s.expiring("a", "again", time.Minute)
	s.expect(a)
	s.clock.advance(time.Minute)
	s.absent("a")
}

func testExpiryChanges(s *suite) {
	s.expiring("later", "1", time.Minute)
	later := s.expiring("later", "2", time.Hour)
	s.expiring("sooner", "1", time.Hour)
	s.expiring("sooner", "2", time.Minute)
	s.expiring("never", "1", time.Minute)
	forever := s.put("never", "2")
	s.clock.advance(time.Minute)
	s.expect(later)
	s.absent("sooner")
	s.expect(forever)
	s.clock.advance(time.Hour)
	s.absent("later")
	s.expect(forever)
}

func testExpiryInThePast(s *suite) {
	for i, at := range []time.Time{s.clock.Now(), s.clock.Now().Add(-time.Hour), time.Unix(0, 0), time.Unix(-1, 0), time.Unix(0, 1)} {
		key := fmt.Sprint(i)
		first := s.put(key, "1")
		w := first.Put([]byte("2"), at)
		for range 2 {
			s.commit(w)
			s.absent(key)
		}
		s.refuse(key, first.Rev, 0, first.Put(nil, never))
		s.expect(s.put(key, "3"))
	}
}

// testExpiredRevision writes records after they have expired, within the time in which the store remembers their revisions.
func testExpiredRevision(s *suite) {
	for _, after := range []time.Duration{0, session.Grace - time.Millisecond} {
		a, b, c := s.expiring("a", "1", time.Minute), s.expiring("b", "1", time.Minute), s.expiring("c", "1", time.Minute)
		s.clock.advance(time.Minute + after)
		s.absent("a", "b", "c")

		// Who loaded the record in time can still write it.
		late := a.Put([]byte("late"), never)
		s.commit(late)
		s.expect(late.Record())
		s.refuse("a", 0, late.Next, session.Record{Key: "a"}.Put(nil, never))

		// Unless another caller has created it anew.
		anew := session.Record{Key: "b"}.Put([]byte("anew"), never)
		s.commit(anew)
		s.refuse("b", b.Rev, anew.Next, b.Put(nil, never))
		s.expect(anew.Record())

		s.commit(c.Delete())
		s.absent("c")
		s.refuse("c", c.Rev, 0, c.Put(nil, never))
	}
}

// testSweep writes so much that the store removes what has expired, and checks that it removes nothing else.
func testSweep(s *suite) {
	var forever []session.Record
	for i := range 20 {
		forever = append(forever, s.put(fmt.Sprint("forever:", i), fmt.Sprint(i)))
	}
	const n = 20
	for round := range 30 {
		writes := make([]session.Write, n)
		for i := range writes {
			r := session.Record{Key: fmt.Sprint("short:", round%3, ":", i)}
			writes[i] = r.Put([]byte("x"), s.clock.Now().Add(time.Minute))
		}
		s.commit(writes...)
		for _, w := range writes {
			s.expect(w.Record())
		}
		s.clock.advance(time.Minute)
		for _, w := range writes {
			s.absent(w.Key)
		}
		if round%2 == 1 {
			s.clock.advance(24 * time.Hour)
		}
		for _, r := range forever {
			s.expect(r)
		}
	}
}
