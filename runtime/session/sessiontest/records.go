package sessiontest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

var never time.Time

func show(r session.Record) string {
	data := fmt.Sprintf("%q", r.Data)
	if len(data) > 80 {
		data = fmt.Sprintf("%s... (%d bytes)", data[:80], len(r.Data))
	}
	return fmt.Sprintf("{%q rev %d data %s expires %v}", r.Key, r.Rev, data, r.Expires)
}

func testAbsent(s *suite) {
	s.absent("a", "b")
	s.loadAll()
	s.commit()
	s.absent("a")
}

func testPut(s *suite) {
	w := s.load("a").Put([]byte("one"), never)
	s.commit(w)
	s.expect(session.Record{Key: "a", Rev: w.Next, Data: []byte("one")})

	w = s.load("a").Put([]byte("two"), s.clock.Now().Add(time.Hour+time.Microsecond))
	s.commit(w)
	s.expect(w.Record())

	// The next write needs no Load.
	w = w.Record().Put([]byte("three"), never)
	s.commit(w)
	s.expect(w.Record())

	// Data may be empty.
	for _, empty := range [][]byte{nil, {}} {
		w = w.Record().Put(empty, never)
		s.commit(w)
		s.expect(session.Record{Key: "a", Rev: w.Next})
	}
	s.absent("b")
}

func testLoadOrder(s *suite) {
	a, b := s.put("a", "1"), s.put("b", "2")
	for i, r := range s.loadAll("b", "no", "a", "b", "a", "no") {
		s.equal(r, []session.Record{b, {Key: "no"}, a, b, a, {Key: "no"}}[i])
	}
}

func testDelete(s *suite) {
	a, b := s.put("a", "1"), s.put("b", "2")
	s.commit(a.Delete())
	s.absent("a")
	s.expect(b)

	// A process whose clock is behind does not see it either.
	s.clock.advance(-time.Second)
	s.absent("a")
	s.clock.advance(time.Second)

	// What was deleted can be created again, and the old revision does not come back.
	again := s.put("a", "3")
	s.refuse("a", a.Rev, again.Rev, a.Put(nil, never))
	s.refuse("a", a.Rev, again.Rev, a.Delete())
	s.expect(again)

	// To delete what is absent is a check that it is absent.
	s.commit(session.Record{Key: "c"}.Delete())
	s.absent("c")
	s.refuse("b", 0, b.Rev, session.Record{Key: "b"}.Delete())
	s.expect(b)
}

func testConflict(s *suite) {
	none := session.Record{Key: "a"}
	stranger := session.Record{Key: "a", Rev: session.NewRev()}
	s.refuse("a", stranger.Rev, 0, stranger.Put(nil, never))
	s.refuse("a", stranger.Rev, 0, stranger.Delete())
	s.absent("a")

	first := s.put("a", "1")
	s.refuse("a", 0, first.Rev, none.Put(nil, never))
	s.refuse("a", stranger.Rev, first.Rev, stranger.Put(nil, never))
	s.refuse("a", stranger.Rev, first.Rev, stranger.Delete())
	s.expect(first)

	second := s.put("a", "2")
	s.refuse("a", first.Rev, second.Rev, first.Put(nil, never))
	s.refuse("a", first.Rev, second.Rev, first.Delete())
	s.expect(second)

	s.commit(second.Delete())
	s.refuse("a", second.Rev, 0, second.Put(nil, never))
	s.absent("a")
}

func testAllOrNone(s *suite) {
	a, b := s.put("a", "1"), s.put("b", "2")
	newA, newC := a.Put([]byte("x"), never), session.Record{Key: "c"}.Put([]byte("x"), never)
	stale := session.Record{Key: "b", Rev: session.NewRev()}
	for _, bad := range []session.Write{stale.Put([]byte("x"), never), stale.Delete()} {
		s.refuse("b", stale.Rev, b.Rev, bad, newA, newC)
		s.refuse("b", stale.Rev, b.Rev, newA, bad, newC)
		s.refuse("b", stale.Rev, b.Rev, newA, newC, bad)
		s.expect(a)
		s.expect(b)
		s.absent("c")
	}
	s.commit(newA, b.Delete(), newC)
	s.expect(newA.Record())
	s.absent("b")
	s.expect(newC.Record())
}

// testRepeat commits the same writes again, as a caller does that lost the answer.
func testRepeat(s *suite) {
	b := s.put("b", "2")
	writes := []session.Write{
		session.Record{Key: "a"}.Put([]byte("new a"), never),
		b.Put([]byte("new b"), s.clock.Now().Add(time.Hour)),
	}
	for range 3 {
		s.commit(writes...)
		s.expect(writes[0].Record())
		s.expect(writes[1].Record())
	}
	// A revision is recognised by its key and not by itself.
	w := session.Record{Key: "c"}.Put(nil, never)
	w.Next = writes[0].Next
	s.commit(w)
	s.expect(w.Record())
}

func testRepeatDelete(s *suite) {
	w := s.put("a", "1").Delete()
	for range 3 {
		s.commit(w)
		s.absent("a")
	}
	s.clock.advance(session.Grace - time.Millisecond)
	s.commit(w)
	s.absent("a")

	again := s.put("a", "2")
	s.refuse("a", w.Rev, again.Rev, w)
	s.expect(again)
}

// testRepeatAfterOthers repeats a commit after one of its records was written again.
func testRepeatAfterOthers(s *suite) {
	b := s.put("b", "2")
	writes := []session.Write{session.Record{Key: "a"}.Put([]byte("new a"), never), b.Delete(), session.Record{Key: "c"}.Put(nil, never)}
	s.commit(writes...)
	a := writes[0].Record().Put([]byte("newer a"), never)
	b2 := session.Record{Key: "b"}.Put([]byte("newer b"), never)
	s.commit(a, b2)
	s.commit(writes...)
	s.expect(a.Record())
	s.expect(b2.Record())

	s.commit(writes[2].Record().Put(nil, never))
	if err := s.store.Commit(s.ctx, writes); !errors.Is(err, session.ErrConflict) {
		s.Errorf("all records were written again, but Commit returned %v", err)
	}
	s.expect(a.Record())
}

func testKeys(s *suite) {
	keys := []string{
		"a", "A", "a ", " a", "a\x00", "\x00", "\x00a", "\xff", "\xff\xfe", "\xc3\x28", "é", "e\u0301", "ß", "ss", "日本", "😀",
		"a'b", `a"b`, `a\b`, "a%", "a_", "%", "a*", "a.b", "a>b", "a/b", "../a", "a\nb", "a\r\n", "\ufeffa", "NULL", "0", "00",
		"1e1", "10", strings.Repeat("k", session.MaxKey), strings.Repeat("k", session.MaxKey-1), strings.Repeat("\xff", session.MaxKey),
	}
	var want []session.Record
	for i, key := range keys {
		want = append(want, s.put(key, fmt.Sprint(i)))
	}
	for i, r := range s.loadAll(keys...) {
		s.equal(r, want[i])
	}
	for i, r := range want {
		s.commit(r.Delete())
		s.absent(r.Key)
		if i+1 < len(want) {
			s.expect(want[i+1])
		}
	}
}

func testData(s *suite) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, data := range []string{string(all), "\x00", "\x00\x00", "null", `{"a":"\u0000"}`, `\x41`, "'", "\xff\xfe\xfd", "日本"} {
		s.expect(s.put("a", data))
	}
}

func testLimits(s *suite) {
	big := bytes.Repeat([]byte{0, 0xff, 'x', '\\'}, session.MaxData/4)
	w := s.load("big").Put(big, never)
	s.commit(w)
	s.expect(w.Record())

	keys, writes := make([]string, session.MaxKeys), make([]session.Write, session.MaxKeys)
	for i := range keys {
		keys[i] = fmt.Sprint("many:", i)
		writes[i] = session.Record{Key: keys[i]}.Put([]byte(keys[i]), never)
	}
	s.commit(writes...)
	for i, r := range s.loadAll(keys...) {
		s.equal(r, writes[i].Record())
	}
}

func testInvalid(s *suite) {
	long := strings.Repeat("k", session.MaxKey+1)
	for _, keys := range [][]string{{""}, {"a", ""}, {long}, make([]string, session.MaxKeys+1)} {
		if _, err := s.store.Load(s.ctx, keys); !errors.Is(err, session.ErrInvalid) {
			s.Errorf("Load(%.20q): %v, want ErrInvalid", keys, err)
		}
	}
	good := session.Record{Key: "good"}.Put([]byte("x"), never)
	many := make([]session.Write, session.MaxKeys+1)
	for i := range many {
		many[i] = session.Record{Key: fmt.Sprint(i)}.Put(nil, never)
	}
	for name, writes := range map[string][]session.Write{
		"an empty key":        {good, session.Record{}.Put(nil, never)},
		"a long key":          {good, session.Record{Key: long}.Put(nil, never)},
		"big data":            {good, session.Record{Key: "a"}.Put(make([]byte, session.MaxData+1), never)},
		"a negative Rev":      {good, {Key: "a", Rev: -1, Next: 1}},
		"a negative Next":     {good, {Key: "a", Next: -1}},
		"no Next":             {good, {Key: "a", Rev: 1}},
		"Next equal to Rev":   {good, {Key: "a", Rev: 1, Next: 1}},
		"two writes of a key": {good, {Key: "a", Next: 1}, {Key: "a", Next: 2}},
		"many writes":         many,
	} {
		if err := s.store.Commit(s.ctx, writes); !errors.Is(err, session.ErrInvalid) {
			s.Errorf("Commit of %s: %v, want ErrInvalid", name, err)
		}
	}
	s.absent("good", "a", "0")
}

// testMemory checks that the store and its caller share no memory that one of them changes.
func testMemory(s *suite) {
	data, keys := []byte("one"), []byte("a")
	w := session.Record{Key: string(keys)}.Put(data, never)
	s.commit(w)
	copy(data, "xxx")
	loaded := s.load("a")
	if string(loaded.Data) != "one" {
		s.Errorf("the data is %q after the caller has changed its own", loaded.Data)
	}
	s.put("a", "two")
	s.put("b", "xxx")
	if string(loaded.Data) != "one" {
		s.Errorf("the data of a loaded record became %q", loaded.Data)
	}
	// Callers may append to what they have loaded.
	first, second := append(s.load("a").Data, '1'), append(s.load("a").Data, '2')
	if string(first) != "two1" || string(second) != "two2" {
		s.Errorf("two callers that append to the data of a record get %q and %q", first, second)
	}
	s.expect(session.Record{Key: "a", Rev: s.load("a").Rev, Data: []byte("two")})
}
