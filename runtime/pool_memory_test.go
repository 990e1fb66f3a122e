package runtime

import (
	"context"
	"flag"
	"runtime"
	"testing"
	"unsafe"
	"weak"
)

var keyCount = flag.Int("keys", 0, "number of keys in TestG3_MemoryDoesNotGrowWithKeys; default 10,000,000, or 500,000 with the race detector or -short")

// Memory does not grow with the number of keys seen. Each key is used once or twice.
func TestG3_MemoryDoesNotGrowWithKeys(t *testing.T) {
	n := *keyCount
	if n == 0 {
		n = 10_000_000
		if raceEnabled || testing.Short() {
			n = 500_000
		}
	}
	s := NewSharded(SinkConfig[int64]{
		Workers:     4,
		Constraints: func(n int64, keys []Key) []Key { return append(keys, KeyOfInt(n), KeyOfInt(-n/2)) },
		Handle:      handleNothing[int64],
	})
	batch := make([]int64, 100)
	before := heapBytes()
	for from := 0; from < n; from += len(batch) {
		for i := range batch {
			batch[i] = int64(from + i)
		}
		put(t, s, batch...)
	}
	drain(t, s)
	after := heapBytes()
	t.Logf("%d KiB before, %d KiB after %d keys", before>>10, after>>10, n)
	if after > before+1<<20 { // the tables for a full backlog may stay
		t.Errorf("the heap has grown by %d KiB", (after-before)>>10)
	}
}

// A handler that keeps its context keeps its own item alive, but no later item of the same key.
func TestG3_AKeptContextKeepsOneItem(t *testing.T) {
	type item [1024]byte
	var kept context.Context
	s := NewSharded(SinkConfig[*item]{
		Constraints: func(_ *item, keys []Key) []Key { return append(keys, 1, 2, 3) },
		Handle: func(ctx context.Context, _ *item) error {
			if kept == nil {
				kept = ctx
			}
			return nil
		},
	})
	var seen []weak.Pointer[item]
	for range 10 {
		items := make([]*item, 10)
		for i := range items {
			items[i] = new(item)
			seen = append(seen, weak.Make(items[i]))
		}
		put(t, s, items...)
	}
	drain(t, s)
	runtime.GC()
	alive := 0
	for _, p := range seen {
		if p.Value() != nil {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d of %d items are alive, want 1", alive, len(seen))
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(s)
}

// heapBytes returns the bytes that are live after a garbage collection.
func heapBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A task is one allocation and fits the allocator's size class of 176 bytes. The item takes 8 of them.
func TestTaskSize(t *testing.T) {
	if size := unsafe.Sizeof(task[*int]{}); size > 176 {
		t.Errorf("a task has %d bytes", size)
	}
}
