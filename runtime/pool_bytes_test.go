package runtime

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A pool that holds BacklogBytes has no room, whatever the number of its items. One Put may exceed the bound.
func TestG3_TheBacklogIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := NewSharded(SinkConfig[int]{
			Concurrency: 1, Backlog: 1000, BacklogBytes: 100,
			Size:        func(n int) int { return n },
			Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
			Handle: func(context.Context, int) error {
				<-release
				return nil
			},
		})
		if free := put(t, s, 40, 59, -5); free != 997 {
			t.Errorf("room for %d beside 99 bytes", free)
		}
		if taken, err := s.Put(t.Context(), []int{70, 80}, doneNothing); taken != 2 || err != nil {
			t.Errorf("Put took %d: %v", taken, err)
		}
		noRoom := func(bytes int64) {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if free, err := s.Room(ctx); err == nil {
				t.Errorf("room for %d beside %d bytes", free, bytes)
			}
			if taken, err := s.Put(ctx, []int{1}, doneNothing); taken != 0 || err == nil {
				t.Errorf("Put took %d beside %d bytes", taken, bytes)
			}
			if got := s.Stats().Bytes; got != bytes {
				t.Errorf("%d bytes, want %d", got, bytes)
			}
		}
		noRoom(249)
		release <- struct{}{} // 40
		synctest.Wait()
		noRoom(209)
		release <- struct{}{} // 59
		release <- struct{}{} // -5
		synctest.Wait()
		noRoom(150)
		release <- struct{}{} // 70
		synctest.Wait()
		if free := room(t, s); free != 999 {
			t.Errorf("room for %d beside 80 bytes", free)
		}
		put(t, s, 10)
		close(release)
		drain(t, s)
		if got := s.Stats().Bytes; got != 0 {
			t.Errorf("%d bytes in an empty pool", got)
		}
	})
}

// The heap stays near BacklogBytes while a key is stuck, although the items are large.
func TestG3_MemoryWithLargeItems(t *testing.T) {
	const item, bound = 24 << 10, 16 << 20
	s := NewSharded(SinkConfig[[]byte]{
		BacklogBytes: bound,
		Size:         func(b []byte) int { return len(b) + 300 },
		Constraints:  func(_ []byte, keys []Key) []Key { return append(keys, 1) },
		Handle: func(ctx context.Context, _ []byte) error {
			<-ctx.Done()
			return nil
		},
	})
	before := heapBytes()
	ctx, cancel := context.WithCancel(t.Context())
	for {
		roomCtx, cancelRoom := context.WithTimeout(ctx, 20*time.Millisecond)
		free, err := s.Room(roomCtx)
		cancelRoom()
		if err != nil {
			break
		}
		batch := make([][]byte, min(free, 100))
		for i := range batch {
			batch[i] = make([]byte, item)
		}
		if _, err := s.Put(ctx, batch, doneNothing); err != nil {
			t.Fatal(err)
		}
	}
	after, held := heapBytes(), s.Len()
	t.Logf("%d items held, the heap has grown by %d KiB", held, (after-before)>>10)
	if after-before > bound+100*item+2<<20 {
		t.Errorf("%d items held, the heap has grown by %d KiB", held, (after-before)>>10)
	}
	if held < bound/item*9/10 {
		t.Errorf("only %d items are held", held)
	}
	cancel()
	_ = s.Drain(ctx)
}

// An item with many keys costs time in proportion to their number.
func TestG2_ManyKeys(t *testing.T) {
	const n = 100_000
	s := NewSharded(SinkConfig[int]{
		Workers: 4,
		Constraints: func(_ int, keys []Key) []Key {
			for i := range n {
				keys = append(keys, KeyOfInt(int64(i)), KeyOfInt(int64(n-i)))
			}
			return keys
		},
		Handle: handleNothing[int],
	})
	start := time.Now()
	put(t, s, 1, 2, 3)
	drain(t, s)
	took := time.Since(start)
	t.Logf("3 items with %d keys took %v", n, took)
	if took > 5*time.Second { // it took minutes when each key was compared with each
		t.Errorf("3 items with %d keys took %v", n, took)
	}
	checkIdle(t, s, 3)
}

// A task finds each of its keys, however many it has.
func TestTaskKeys(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, fewLinks - 1, fewLinks, fewLinks + 1, 5 * fewLinks} {
		var task task[int]
		for round := range 2 {
			for i := range n {
				if added := task.addKey(KeyOfInt(int64(i))); added != (round == 0) {
					t.Errorf("%d keys: key %d was added in round %d: %v", n, i, round, added)
				}
			}
		}
		if len(task.links()) != n {
			t.Errorf("%d keys: %d links", n, len(task.links()))
		}
		for i := range n + 1 {
			link := task.link(KeyOfInt(int64(i)))
			if (link != nil) != (i < n) || link != nil && link.key != KeyOfInt(int64(i)) {
				t.Errorf("%d keys: the link of key %d is %v", n, i, link)
			}
		}
	}
}
