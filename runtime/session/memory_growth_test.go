package session_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

// steady is a Memory under a steady load: each write creates a record, and a record lives as long as live writes take.
type steady struct {
	*session.Memory
	t      *testing.T
	now    time.Time
	made   int
	writes []session.Write
}

const (
	live = 50_000
	ttl  = 100 * time.Second // ten times Grace
)

func newSteady(t *testing.T) *steady {
	s := &steady{t: t, now: time.Unix(1e9, 0), writes: make([]session.Write, 1)}
	s.Memory = session.NewMemory(session.MemoryConfig{Now: func() time.Time { return s.now }})
	return s
}

func (s *steady) create(n int, ttl time.Duration) {
	s.t.Helper()
	data := make([]byte, 100)
	for range n {
		s.now = s.now.Add(100 * time.Second / live)
		s.writes[0] = session.Record{Key: "signup:" + strconv.Itoa(s.made)}.Put(data, s.now.Add(ttl))
		s.made++
		if err := s.Commit(s.t.Context(), s.writes); err != nil {
			s.t.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemory_Constant lets ten million keys come and go.
func TestMemory_Constant(t *testing.T) {
	keys := 10_000_000
	if raceEnabled || testing.Short() {
		keys = 500_000
	}
	s := newSteady(t)
	s.create(3*live, ttl)
	early := heap()
	for s.made < keys {
		s.create(live/2, ttl)
		// A record is live for ttl, is remembered for Grace, and is then one of a third.
		if most := live * 110 / 100 * 4 / 3 * 102 / 100; s.Len() > most {
			t.Fatalf("after %d keys the store holds %d records, want at most %d", s.made, s.Len(), most)
		}
	}
	late := heap()
	if late > early+early/4 {
		t.Errorf("the heap grew from %d to %d bytes", early, late)
	}
	t.Logf("%d keys, %d live: %d records, %d bytes of heap", s.made, live, s.Len(), late)
	runtime.KeepAlive(s)
}

// TestMemory_Shrinks checks that the memory of a peak is given back.
func TestMemory_Shrinks(t *testing.T) {
	before := heap()
	s := newSteady(t)
	s.create(5*live, 10*ttl)
	peak := heap() - before
	s.now = s.now.Add(100 * ttl)
	s.create(5*live, 10*time.Millisecond)
	if rest := heap() - before; rest > peak/5 {
		t.Errorf("%d of %d bytes are left after all records have expired", rest, peak)
	}
	runtime.KeepAlive(s)
}

// TestMemory_OneKey checks that a key that is written again and again is one record.
func TestMemory_OneKey(t *testing.T) {
	s := newSteady(t)
	for range 1000 {
		put := session.Record{Key: "a"}.Put([]byte("x"), s.now.Add(time.Minute))
		for _, w := range []session.Write{put, put.Record().Delete()} {
			if err := s.Commit(t.Context(), []session.Write{w}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s.Len() != 1 {
		t.Errorf("the store holds %d records, want 1", s.Len())
	}
}

func TestMemory_Allocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	m := session.NewMemory(session.MemoryConfig{})
	record := session.Record{Key: "a"}
	data, writes, keys := make([]byte, 100), make([]session.Write, 1), []string{"a"}
	commit := testing.AllocsPerRun(1000, func() {
		writes[0] = record.Put(data, time.Time{})
		if err := m.Commit(t.Context(), writes); err != nil {
			t.Error(err)
		}
		record = writes[0].Record()
	})
	load := testing.AllocsPerRun(1000, func() {
		if _, err := m.Load(t.Context(), keys); err != nil {
			t.Error(err)
		}
	})
	if commit > 1 || load > 1 {
		t.Errorf("%v allocations for each Commit, which keeps a copy of the data, and %v for each Load, which returns a slice; want 1", commit, load)
	}
}
