package session

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// swept is how many records each write looks at. With 4 of them, a round through n records takes n/4 writes. No more
	// than n/4 records expire during a round if each write makes one, so at most a quarter of all records is expired.
	swept = 4

	// smallest is the number of entries below which a shard does not shrink.
	smallest = 64
)

// A shard is a part of a Memory. Its entries are dense, so that a sweep reads consecutive memory.
type shard struct {
	mu      sync.Mutex
	index   map[string]uint32 // key to its place in entries
	entries []entry
	hand    int      // the entry at which the next sweep starts
	_       [64]byte // keeps the locks of two shards in different cache lines
}

type entry struct {
	key     string
	data    []byte
	rev     Rev
	expires int64 // in milliseconds since 1970; 0 means never
	deleted bool  // since expires
}

// present says whether the record has been neither deleted nor expired.
func (e *entry) present(now int64) bool {
	return !e.deleted && (e.expires == 0 || e.expires > now)
}

// record returns the record, which must be present.
func (e *entry) record() Record {
	r := Record{Key: e.key, Rev: e.rev, Data: e.data}
	if e.expires != 0 {
		r.Expires = time.UnixMilli(e.expires)
	}
	return r
}

func (s *shard) get(key string) (entry, bool) {
	i, ok := s.index[key]
	if !ok {
		return entry{}, false
	}
	return s.entries[i], true
}

// put makes a write. A delete leaves an entry without data, for Grace.
func (s *shard) put(w *Write, now int64) {
	i, ok := s.index[w.Key]
	if !ok {
		if s.index == nil {
			s.index = make(map[string]uint32)
		}
		i = uint32(len(s.entries))
		// The key may be a part of a much larger string, which must not stay in memory.
		key := strings.Clone(w.Key)
		s.index[key] = i
		s.entries = append(s.entries, entry{key: key})
	}
	e := &s.entries[i]
	*e = entry{key: e.key, rev: w.Next}
	if !w.Expires.IsZero() {
		e.expires = max(w.Expires.UnixMilli(), 1)
	}
	if w.Delete || e.expires != 0 && e.expires <= now {
		e.deleted, e.expires = true, max(now, 1)
		return
	}
	// Callers of Load share the data. One that appends to it must not write behind it.
	e.data = slices.Clip(bytes.Clone(w.Data))
}

// sweep looks at the next few entries and frees those that expired longer than Grace ago.
func (s *shard) sweep(now int64) {
	for range min(swept, len(s.entries)) {
		if s.hand >= len(s.entries) {
			s.hand = 0
		}
		e := &s.entries[s.hand]
		if e.expires == 0 || e.expires > now-Grace.Milliseconds() {
			s.hand++
			continue
		}
		// The last entry takes the place of this one, and is the next to be looked at.
		delete(s.index, e.key)
		last := len(s.entries) - 1
		if s.hand < last {
			*e = s.entries[last]
			s.index[e.key] = uint32(s.hand)
		}
		s.entries[last] = entry{}
		s.entries = s.entries[:last]
	}
	if len(s.entries) >= smallest && len(s.entries) < cap(s.entries)/4 {
		s.shrink()
	}
}

// shrink gives memory back after most entries are gone: neither a slice nor a map does so by itself. It costs a constant time for
// each entry that was freed.
func (s *shard) shrink() {
	entries := make([]entry, len(s.entries), 2*len(s.entries))
	copy(entries, s.entries)
	index := make(map[string]uint32, 2*len(entries))
	for i := range entries {
		index[entries[i].key] = uint32(i)
	}
	s.entries, s.index = entries, index
}
