package runtime

import "testing"

// An item runs on the shard of its first key.
func TestG11_AnItemStaysOnItsShard(t *testing.T) {
	shards := make(chan [2]int, 100)
	s := NewSharded(SinkConfig[int]{
		Workers:     4,
		Handle:      handleNothing[int],
		Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n%10)), KeyOfInt(int64(n))) },
		Observer:    shardObserver{shards: shards},
	})
	items := make([]int, 100)
	for i := range items {
		items[i] = i
	}
	put(t, s, items...)
	drain(t, s)
	for range items {
		got := <-shards
		if want := KeyOfInt(int64(got[0] % 10)).Shard(4); got[1] != want {
			t.Errorf("item %d ran on shard %d, want %d", got[0], got[1], want)
		}
	}
}

// A shardObserver sends each item and its shard.
type shardObserver struct {
	NopObserver[int]
	shards chan [2]int
}

func (o shardObserver) Queued(item, shard int) { o.shards <- [2]int{item, shard} }
