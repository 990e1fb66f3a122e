package sessiontest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// A suite is what one test works with.
type suite struct {
	*testing.T
	ctx   context.Context
	open  Open
	at    Place
	clock *clock
	store session.Store
}

func newSuite(t *testing.T, open Open) *suite {
	c := &clock{}
	c.now.Store(time.Now().UnixMilli())
	s := &suite{T: t, ctx: t.Context(), open: open, clock: c, at: Place{Dir: t.TempDir(), Now: c.Now}}
	s.store = open(t, s.at)
	return s
}

// A clock stands still until it is moved.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Time { return time.UnixMilli(c.now.Load()) }

func (c *clock) advance(d time.Duration) { c.now.Add(d.Milliseconds()) }

// load loads one record.
func (s *suite) load(key string) session.Record {
	s.Helper()
	return s.loadAll(key)[0]
}

func (s *suite) loadAll(keys ...string) []session.Record {
	s.Helper()
	records, err := s.store.Load(s.ctx, keys)
	if err != nil {
		s.Fatalf("Load: %v", err)
	}
	if len(records) != len(keys) {
		s.Fatalf("Load of %d keys returned %d records", len(keys), len(records))
	}
	for i, r := range records {
		if r.Key != keys[i] {
			s.Fatalf("record %d has the key %q, want %q", i, r.Key, keys[i])
		}
		if r.Rev == 0 && (len(r.Data) > 0 || !r.Expires.IsZero()) {
			s.Fatalf("the record of %q is absent, but has data or a time: %v", r.Key, r)
		}
	}
	return records
}

// found checks what a scan finds.
func (s *suite) found(prefix, after string, limit int, want ...session.Record) {
	s.Helper()
	records, err := s.store.Scan(s.ctx, prefix, after, limit)
	if err != nil {
		s.Fatalf("Scan(%q, %q, %d): %v", prefix, after, limit, err)
	}
	keys := func(records []session.Record) (keys []string) {
		for _, r := range records {
			keys = append(keys, r.Key)
		}
		return keys
	}
	if !slices.Equal(keys(records), keys(want)) {
		s.Fatalf("Scan(%q, %q, %d) found %q, want %q", prefix, after, limit, keys(records), keys(want))
	}
	for i := range records {
		s.equal(records[i], want[i])
	}
}

// commit makes writes that must succeed.
func (s *suite) commit(writes ...session.Write) {
	s.Helper()
	if err := s.store.Commit(s.ctx, writes); err != nil {
		s.Fatalf("Commit: %v", err)
	}
}

// put creates or changes a record that does not expire, and returns it.
func (s *suite) put(key, data string) session.Record {
	s.Helper()
	w := s.load(key).Put([]byte(data), time.Time{})
	s.commit(w)
	return w.Record()
}

// refuse makes writes that must conflict at key, where the store has the revision have.
func (s *suite) refuse(key string, want, have session.Rev, writes ...session.Write) {
	s.Helper()
	err := s.store.Commit(s.ctx, writes)
	var conflict *session.ConflictError
	if !errors.Is(err, session.ErrConflict) || !errors.As(err, &conflict) {
		s.Fatalf("Commit returned %v, want a conflict", err)
	}
	if *conflict != (session.ConflictError{Key: key, Want: want, Have: have}) {
		s.Errorf("Commit returned %#v, want key %q, want %d, have %d", conflict, key, want, have)
	}
}

// expect checks what the store has under the key of a record.
func (s *suite) expect(want session.Record) {
	s.Helper()
	s.equal(s.load(want.Key), want)
}

// absent checks that the store has no records under the keys.
func (s *suite) absent(keys ...string) {
	s.Helper()
	for _, key := range keys {
		s.expect(session.Record{Key: key})
	}
}

func (s *suite) equal(got, want session.Record) {
	s.Helper()
	expires := want.Expires
	if !expires.IsZero() {
		expires = time.UnixMilli(expires.UnixMilli())
	}
	if got.Key != want.Key || got.Rev != want.Rev || !bytes.Equal(got.Data, want.Data) || !got.Expires.Equal(expires) {
		s.Fatalf("the record is\n%s, want\n%s", show(got), show(want))
	}
}
