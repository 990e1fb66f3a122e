package sessiontest

import (
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// testReopen opens the store again and expects its records.
func testReopen(s *suite) {
	forever, short := s.put("forever", "1"), s.expiring("short", "2", time.Minute)
	removal := s.put("deleted", "3").Delete()
	s.commit(removal)

	s.store = s.open(s.T, s.at)
	s.expect(forever)
	s.expect(short)
	s.absent("deleted")
	s.found("", "", 10, forever, short)

	// Commits that the process before has made are recognised.
	s.commit(removal)
	w := session.Record{Key: "new"}.Put([]byte("4"), never)
	s.commit(w)
	s.store = s.open(s.T, s.at)
	s.commit(w)
	s.expect(w.Record())

	s.clock.advance(time.Minute)
	s.absent("short")
	s.expect(forever)
}

// testTwoStores writes the same records through two stores at once, as two processes do.
func testTwoStores(s *suite) {
	stores := []session.Store{s.store, s.open(s.T, s.at)}
	s.parallel(func(g int) error {
		store := stores[g%2]
		for range rounds {
			err := increment(s.ctx, store, "counter", func(w []session.Write) error { return store.Commit(s.ctx, w) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, s.store = range stores {
		if got := number(s.load("counter")); got != goroutines*rounds {
			s.Errorf("the counter is at %d, want %d", got, goroutines*rounds)
		}
	}
}
