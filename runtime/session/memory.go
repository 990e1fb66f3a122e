package session

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"time"
)

// shards is the number of parts that a Memory is divided into, each with a lock of its own.
const shards = 128

// MemoryConfig configures a [Memory]. All fields are optional.
type MemoryConfig struct {
	// Now is the clock by which records expire. Default time.Now.
	Now func() time.Time
}

// Memory is a [Store] in the memory of the process, which ends with it. Make one with [NewMemory].
//
// Memory starts no goroutine. Each write also looks at a few other records and frees those that expired longer than [Grace]
// ago. So the number of expired records in memory stays below a third of the others, as long as there are writes, and memory
// does not grow with the number of keys that come and go.
type Memory struct {
	now    func() time.Time
	seed   maphash.Seed
	shards [shards]shard
}

// NewMemory returns an empty store.
func NewMemory(config MemoryConfig) *Memory {
	m := &Memory{now: config.Now, seed: maphash.MakeSeed()}
	if m.now == nil {
		m.now = time.Now
	}
	return m
}

// Load implements [Store]. It fails only if ctx has ended or the keys are invalid.
func (m *Memory) Load(ctx context.Context, keys []string) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	if err := CheckKeys(keys); err != nil {
		return nil, err
	}
	records := make([]Record, len(keys))
	for i, key := range keys {
		s := &m.shards[m.shard(key)]
		s.mu.Lock()
		e, ok := s.get(key)
		present := ok && e.present(m.now().UnixMilli())
		s.mu.Unlock()
		if present {
			records[i] = e.record()
		}
		records[i].Key = key
	}
	return records, nil
}

// Scan implements [Store]. It fails only if ctx has ended or an argument is invalid. It looks at every record, since records in
// memory have no order.
func (m *Memory) Scan(ctx context.Context, prefix, after string, limit int) ([]Record, error) {
	if err := CheckScan(prefix, after, limit); err != nil {
		return nil, err
	}
	found := page{prefix: prefix, after: after, limit: limit}
	for i := range m.shards {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("scanning: %w", err)
		}
		s := &m.shards[i]
		s.mu.Lock()
		now := m.now().UnixMilli()
		for i := range s.entries {
			if e := &s.entries[i]; found.wants(e.key) && e.present(now) {
				found.add(e.record())
			}
		}
		s.mu.Unlock()
	}
	found.cut()
	return found.records, nil
}

// Commit implements [Store]. It fails only if a record has changed, ctx has ended or the writes are invalid.
func (m *Memory) Commit(ctx context.Context, writes []Write) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	if err := CheckWrites(writes); err != nil {
		return err
	}
	var places [4]int
	at := places[:0]
	for i := range writes {
		at = append(at, m.shard(writes[i].Key))
	}
	m.lock(at)
	defer m.unlock(at)

	now := m.now().UnixMilli()
	var conflict error
	for i := range writes {
		e, _ := m.shards[at[i]].get(writes[i].Key)
		done, err := writes[i].Against(e.rev, !e.present(now))
		if done {
			return nil
		}
		if err != nil {
			conflict = err
		}
	}
	if conflict != nil {
		return conflict
	}
	for i := range writes {
		s := &m.shards[at[i]]
		s.put(&writes[i], now)
		s.sweep(now)
	}
	return nil
}

// Len returns the number of records in memory, including those that were deleted or have expired and are not freed yet.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.entries)
		s.mu.Unlock()
	}
	return n
}

func (m *Memory) shard(key string) int {
	return int(maphash.String(m.seed, key) % shards)
}

// lock locks the shards of a commit, in ascending order, so that two commits cannot wait for each other.
func (m *Memory) lock(at []int) {
	m.each(at, func(s *shard) { s.mu.Lock() })
}

func (m *Memory) unlock(at []int) {
	m.each(at, func(s *shard) { s.mu.Unlock() })
}

// each calls f once for each shard in at, in ascending order.
func (m *Memory) each(at []int, f func(*shard)) {
	if len(at) == 1 {
		f(&m.shards[at[0]])
		return
	}
	sorted := slices.Clone(at)
	slices.Sort(sorted)
	for _, i := range slices.Compact(sorted) {
		f(&m.shards[i])
	}
}
