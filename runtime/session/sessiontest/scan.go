package sessiontest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// putAll creates records, and returns them in the order of their keys.
func (s *suite) putAll(keys ...string) []session.Record {
	s.Helper()
	records := make([]session.Record, len(keys))
	for i, key := range keys {
		records[i] = s.put(key, fmt.Sprint("data of ", i))
	}
	slices.SortFunc(records, func(a, b session.Record) int { return cmp.Compare(a.Key, b.Key) })
	return records
}

// under returns the records whose keys begin with prefix and come after a key.
func under(records []session.Record, prefix, after string) (found []session.Record) {
	for _, r := range records {
		if strings.HasPrefix(r.Key, prefix) && r.Key > after {
			found = append(found, r)
		}
	}
	return found
}

func testScan(s *suite) {
	s.found("", "", 1)
	s.found("a", "b", 10)
	all := s.putAll("b/2", "a/1", "b/10", "b/", "b/1", "b", "c")
	s.found("b/", "", 10, all[2:6]...) // b/, b/1, b/10, b/2
	s.found("b/", "b/1", 10, all[4:6]...)
	s.found("b/", "b/", 1, all[3])
	s.found("", "", 10, all...)
	s.found("b/10", "", 10, all[4])
	s.found("b/10", "b/10", 10)
	s.found("d", "", 10)

	// after need not be a key, and may be outside the prefix.
	s.found("b/", "a/1/2/3", 10, all[2:6]...)
	s.found("b/", "b/1\x00", 10, all[4:6]...)
	s.found("b/", "b/1z", 10, all[5])
	s.found("b/", "c", 10)

	// What was written and deleted since shows.
	s.commit(all[3].Delete())
	all[4] = s.put("b/10", "new")
	s.found("b/", "", 10, all[2], all[4], all[5])
	all[3] = s.put("b/1", "again")
	s.found("b/", "", 10, all[2:6]...)
}

// testScanPrefixes has keys that a comparison of texts would take for others.
func testScanPrefixes(s *suite) {
	longest := strings.Repeat("k", session.MaxKey)
	all := s.putAll("%", "%%", "%a", "_", "_a", "a", "a%b", "a_b", "aab", "A", "Ab", "a\\", "a\\%", "a\\_b", "\\", "\\\\", "a*", "a[b]", "a?",
		"\x00", "\x00\x00", "\x00\xff", "a\x00", "a\x00b", "\xfe", "\xfe\xff", "\xfe\xff\xff", "\xfe\xff\xffa", "\xff", "\xff\x00", "\xff\xff", "\xff\xffa",
		"\xffa", "a\xff", "a\xffb", "a\xff\xff", "b", "é", "é1", "e\u0301", "e", "\xc3", "\xc3\x28", "日", "日本", "'", "a'", "a'b", `"`, `a"b`, "10", "1", "9",
		longest, longest[1:], strings.Repeat("\xff", session.MaxKey), strings.Repeat("\xff", session.MaxKey-1))
	s.found("", "", session.MaxKeys, all...)
	prefixes := []string{"none", "a\xff\xff\xff", "\xff\xff\xff", longest[2:]}
	for _, r := range all {
		prefixes = append(prefixes, r.Key)
	}
	for _, prefix := range prefixes {
		s.found(prefix, "", session.MaxKeys, under(all, prefix, "")...)
		after := all[rand.N(len(all))].Key
		s.found(prefix, after, session.MaxKeys, under(all, prefix, after)...)
	}
}

// testScanPages reads many records in pages of all sizes.
func testScanPages(s *suite) {
	const n = 350
	keys := make([]string, n)
	writes := make([]session.Write, n)
	for i := range keys {
		keys[i] = fmt.Sprint("many:", i)
		writes[i] = session.Record{Key: keys[i]}.Put([]byte(keys[i]), never)
	}
	s.putAll("many", "many;", "l", "n") // around them
	for chunk := range slices.Chunk(writes, session.MaxKeys) {
		s.commit(chunk...)
	}
	slices.SortFunc(writes, func(a, b session.Write) int { return cmp.Compare(a.Key, b.Key) })
	for _, limit := range []int{1, 2, 7, 50, session.MaxKeys - 1, session.MaxKeys} {
		after := ""
		for rest := writes; ; {
			var want []session.Record
			for _, w := range rest[:min(limit, len(rest))] {
				want = append(want, w.Record())
			}
			s.found("many:", after, limit, want...)
			if rest = rest[len(want):]; len(want) < limit {
				break
			}
			after = want[limit-1].Key
		}
	}
}

func testScanExpiry(s *suite) {
	var want []session.Record
	for i := range 20 {
		key := fmt.Sprintf("key:%02d", i)
		switch i % 4 {
		case 0:
			want = append(want, s.put(key, "stays"))
		case 1:
			s.expiring(key, "short", time.Minute)
		case 2:
			s.commit(s.put(key, "deleted").Delete())
		case 3:
			want = append(want, s.expiring(key, "long", time.Hour))
		}
	}
	s.clock.advance(time.Minute)
	// A limit counts the records that are returned, not those that are left out.
	s.found("key:", "", 10, want...)
	s.found("key:", "", 9, want[:9]...)
	s.found("key:", "key:00", 3, want[1:4]...)
	s.clock.advance(time.Hour)
	s.found("key:", "", 2, want[0], want[2])
}

func testScanInvalid(s *suite) {
	long := strings.Repeat("k", session.MaxKey+1)
	for _, c := range []struct {
		prefix, after string
		limit         int
	}{{"", "", 0}, {"", "", -1}, {"", "", session.MaxKeys + 1}, {long, "", 1}, {"", long, 1}} {
		if _, err := s.store.Scan(s.ctx, c.prefix, c.after, c.limit); !errors.Is(err, session.ErrInvalid) {
			s.Errorf("Scan(%.10q, %.10q, %d): %v, want ErrInvalid", c.prefix, c.after, c.limit, err)
		}
	}
	s.found(long[1:], long[1:], 1)
}

// testScanMemory checks that the store and the caller of Scan share no memory that one of them changes.
func testScanMemory(s *suite) {
	old := s.put("a", "one")
	found, err := s.store.Scan(s.ctx, "a", "", 2)
	if err != nil || len(found) != 1 {
		s.Fatalf("Scan returned %v, %v", found, err)
	}
	s.put("a", "two")
	s.equal(found[0], old)
	if appended := append(found[0].Data, '1'); !bytes.Equal(appended, []byte("one1")) {
		s.Errorf("the data became %q", appended)
	}
	found[0].Key = "b"
	s.found("", "", 2, s.load("a"))
}

// testScanWhileOthersWrite scans while records around come and go. What stays is always found, in order and once.
func testScanWhileOthersWrite(s *suite) {
	var stay []string
	for i := range 30 {
		stay = append(stay, fmt.Sprintf("key:%02d", i))
	}
	s.putAll(stay...)
	stop := make(chan struct{})
	var scanners sync.WaitGroup
	for g := range 2 {
		scanners.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, err := s.scanAll("key:", 3+20*g); err != nil || !slices.Equal(got, stay) {
					s.Errorf("found %q, %v", got, err)
					return
				}
			}
		})
	}
	s.parallel(func(g int) error {
		for i := range rounds {
			key := fmt.Sprintf("key:%02d:%d", i, g)
			w := session.Record{Key: key}.Put([]byte("passes"), never)
			if err := s.store.Commit(s.ctx, []session.Write{w}); err != nil {
				return err
			}
			if err := s.store.Commit(s.ctx, []session.Write{w.Record().Delete()}); err != nil {
				return err
			}
			again := fmt.Sprintf("key:%02d", g)
			err := increment(s.ctx, s.store, again, func(w []session.Write) error { return s.store.Commit(s.ctx, w) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	close(stop)
	scanners.Wait()
}

// scanAll reads all records with a prefix in pages, checks that they are in order, and returns the keys without a second colon.
func (s *suite) scanAll(prefix string, limit int) (keys []string, err error) {
	for after := ""; ; {
		records, err := s.store.Scan(s.ctx, prefix, after, limit)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.Key <= after {
				return nil, fmt.Errorf("the key %q comes after %q", r.Key, after)
			}
			if after = r.Key; strings.Count(r.Key, ":") == 1 {
				keys = append(keys, r.Key)
			}
		}
		if len(records) < limit {
			return keys, nil
		}
	}
}
