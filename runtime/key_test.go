package runtime

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// The keys are frozen: a change would move keys to other shards, and so to other machines.
func TestG11_KeyVector(t *testing.T) {
	vector := []struct {
		text string
		key  Key
	}{
		{"", 0xefd01f60ba992926},
		{"0", 0xc1e42af088ff1b2c},
		{"1", 0x7c3832dde020d3d6},
		{"-1", 0x36909e17f7acfa5b},
		{"10", 0x17d58e90383b6193},
		{"1234", 0xa8bb3784d20592aa},
		{"-1001234567890", 0xbac38fd4483a183a},
		{"9223372036854775807", 0xf5b966379133500c},
		{"-9223372036854775808", 0x677f31897ff3dc32},
		{"-1001234:56", 0x45464ed861eed8fb},
		{"-1001234/56", 0x658502a1e8cdf76e},
		{"chat", 0xff647b523a9c9456},
		{"héllo", 0xc185412747a0264d},
		{"team:red", 0xa5155c41c87e1df2},
	}
	for _, v := range vector {
		if got := KeyOf(v.text); got != v.key {
			t.Errorf("KeyOf(%q) = %#x, want %#x", v.text, got, v.key)
		}
		if got := KeyOfBytes([]byte(v.text)); got != v.key {
			t.Errorf("KeyOfBytes(%q) = %#x, want %#x", v.text, got, v.key)
		}
		if n, err := strconv.ParseInt(v.text, 10, 64); err == nil && KeyOfInt(n) != v.key {
			t.Errorf("KeyOfInt(%d) = %#x, want %#x", n, KeyOfInt(n), v.key)
		}
	}
}

// The shards are frozen too.
func TestG11_ShardVector(t *testing.T) {
	for workers, want := range map[int][]int{
		1:  {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		2:  {0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0},
		3:  {1, 1, 1, 0, 0, 0, 2, 1, 2, 1, 2, 1},
		4:  {0, 2, 2, 2, 0, 1, 1, 3, 2, 2, 3, 2},
		8:  {4, 6, 6, 2, 4, 1, 5, 7, 6, 2, 3, 2},
		16: {12, 6, 14, 2, 4, 9, 13, 7, 6, 10, 3, 2},
	} {
		for i, shard := range want {
			if got := KeyOfInt(int64(i)).Shard(workers); got != shard {
				t.Errorf("KeyOfInt(%d).Shard(%d) = %d, want %d", i, workers, got, shard)
			}
		}
	}
}

// KeyOfInt returns the key of the number's decimal text.
func TestG11_KeyOfIntIsKeyOfItsText(t *testing.T) {
	check := func(n int64) {
		if got, want := KeyOfInt(n), KeyOf(strconv.FormatInt(n, 10)); got != want {
			t.Errorf("KeyOfInt(%d) = %#x, want %#x", n, got, want)
		}
	}
	for _, n := range []int64{0, 1, -1, 9, 10, -10, math.MaxInt64, math.MinInt64} {
		check(n)
	}
	for range 10000 {
		check(rand.Int64() >> rand.IntN(64))
		check(-rand.Int64() >> rand.IntN(64))
	}
}

// Consecutive or evenly spaced chat ids spread evenly over the shards.
func TestG11_ShardsAreEven(t *testing.T) {
	const keys = 100_000
	for _, workers := range []int{2, 3, 4, 7, 8, 16, 64} {
		for _, step := range []int64{1, 2, 8, 10, 1000, -1} {
			count := make([]int, workers)
			for i := range int64(keys) {
				count[KeyOfInt(-1001000000000+i*step).Shard(workers)]++
			}
			mean := float64(keys) / float64(workers)
			for shard, n := range count {
				if deviation := math.Abs(float64(n)-mean) / math.Sqrt(mean); deviation > 6 {
					t.Errorf("%d workers, step %d: shard %d has %d keys, %.0f expected", workers, step, shard, n, mean)
				}
			}
		}
	}
}
