package runtime

import (
	"flag"
	"runtime"
	"testing"
)

var keyCount = flag.Int("keys", 0, "how many keys TestG3_MemoryDoesNotGrowWithKeys sends through the sink; default 10,000,000, or 500,000 with the race detector or -short")

// Millions of chats, each seen once or twice, leave nothing behind.
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
	before := heap()
	for from := 0; from < n; from += len(batch) {
		for i := range batch {
			batch[i] = int64(from + i)
		}
		put(t, s, batch...)
	}
	drain(t, s)
	after := heap()
	t.Logf("%d KiB before, %d KiB after %d keys", before>>10, after>>10, n)
	if after > before+1<<20 { // room for the tables of a full backlog
		t.Errorf("the heap has grown by %d KiB", (after-before)>>10)
	}
}

// heap is what lives after a forced collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
