package runtime

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A step is an item. Each letter of keys is a key: "ab" has the keys a and b.
type step struct {
	keys string
	run  time.Duration
	err  error
}

func (s *step) appendKeys(keys []Key) []Key {
	for _, r := range s.keys {
		keys = append(keys, KeyOf(string(r)))
	}
	return keys
}

// runSteps puts all steps at once and returns when each of them started and ended: "+ab@1s -ab@2s".
func runSteps(t *testing.T, workers int, steps []*step) string {
	t.Helper()
	log := newLogbook[string]()
	s := NewSharded(SinkConfig[*step]{
		Workers:     workers,
		Constraints: (*step).appendKeys,
		Handle: func(_ context.Context, s *step) error {
			log.add("+" + s.keys)
			time.Sleep(s.run)
			log.add("-" + s.keys)
			return s.err
		},
	})
	put(t, s, steps...)
	drain(t, s)
	var lines []string
	for _, l := range log.all() {
		lines = append(lines, fmt.Sprintf("%s@%v", l.what, l.at))
	}
	return strings.Join(lines, " ")
}

// Overlapping keys form a waterfall: each item starts after the last of those that it shares a key with. The case is from
// the tests of grammY runner's sequentialize.
func TestG1_Waterfall(t *testing.T) {
	for workers := 1; workers <= 8; workers++ {
		synctest.Test(t, func(t *testing.T) {
			var steps []*step
			for _, keys := range []string{"a", "ab", "bc", "cdab", "de", "efc"} {
				steps = append(steps, &step{keys: keys, run: time.Second})
			}
			want := "+a@0s -a@1s +ab@1s -ab@2s +bc@2s -bc@3s +cdab@3s -cdab@4s +de@4s -de@5s +efc@5s -efc@6s"
			if got := runSteps(t, workers, steps); got != want {
				t.Errorf("%d workers:\n%s, want\n%s", workers, got, want)
			}
		})
	}
}

// An item that fails releases its own successors and no others. In grammY runner, [a,b] may run at the same time as b after
// a predecessor of [a,b] has failed.
func TestG1_AnErrorReleasesItsSuccessorAndNothingElse(t *testing.T) {
	for workers := 1; workers <= 8; workers++ {
		synctest.Test(t, func(t *testing.T) {
			got := runSteps(t, workers, []*step{
				{keys: "a", run: 1 * time.Second, err: errFailed},
				{keys: "b", run: 5 * time.Second},
				{keys: "ab", run: 1 * time.Second},
				{keys: "ac", run: 1 * time.Second},
				{keys: "d", run: 9 * time.Second},
			})
			if want := "-a@1s -b@5s +ab@5s -ab@6s +ac@6s -ac@7s -d@9s"; !strings.HasSuffix(got, want) {
				t.Errorf("%d workers:\n%s, want\n... %s", workers, got, want)
			}
			got = runSteps(t, workers, []*step{
				{keys: "a", run: 1 * time.Second, err: errFailed},
				{keys: "a", run: 1 * time.Second, err: errFailed},
				{keys: "a", run: 1 * time.Second},
			})
			if want := "+a@0s -a@1s +a@1s -a@2s +a@2s -a@3s"; got != want {
				t.Errorf("%d workers:\n%s, want\n%s", workers, got, want)
			}
		})
	}
}

// Items with one to three keys run in order and without overlap. This runs on the real scheduler, at full speed.
func TestG1_OrderAtFullSpeed(t *testing.T) {
	const keys, items = 64, 30_000
	var running, last [keys]atomic.Int64
	keysOf := func(n int64) []int64 { return []int64{n % keys, n / 3 % keys, n * n % keys}[:1+n%3] }
	s := NewSharded(SinkConfig[int64]{
		Workers: 4,
		Timeout: time.Minute, Hold: -1,
		Constraints: func(n int64, to []Key) []Key {
			for _, k := range keysOf(n) {
				to = append(to, KeyOfInt(k))
			}
			return to
		},
		Handle: func(_ context.Context, n int64) error {
			own := slices.Compact(slices.Sorted(slices.Values(keysOf(n))))
			for _, k := range own {
				if running[k].Add(1) != 1 || last[k].Swap(n) > n {
					t.Errorf("key %d: item %d runs at the same time as another, or after a later one", k, n)
				}
			}
			if n%7 == 0 {
				runtime.Gosched()
			}
			for _, k := range own {
				running[k].Add(-1)
			}
			return nil
		},
	})
	for n := int64(1); n <= items; n += 50 {
		var batch []int64
		for i := range int64(50) {
			batch = append(batch, n+i)
		}
		put(t, s, batch...)
	}
	drain(t, s)
	if got := s.Stats().Finished; got != items {
		t.Errorf("%d of %d were handled", got, items)
	}
}

// Items that name the same keys in different orders do not deadlock, as locks taken in different orders would.
func TestG2_NoDeadlockWithCrossedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []*step
		for range 50 {
			steps = append(steps, &step{keys: "ab"}, &step{keys: "ba"}, &step{keys: "cab"}, &step{keys: "bc"})
		}
		if got := runSteps(t, 3, steps); strings.Count(got, "-") != len(steps) {
			t.Errorf("%s", got)
		}
	})
}

// A handler that blocks does not hold up other keys of its shard.
func TestG2_ABlockedHandlerHoldsUpOnlyItsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := runSteps(t, 1, []*step{
			{keys: "a", run: time.Hour},
			{keys: "b", run: time.Hour},
			{keys: "c", run: time.Second},
			{keys: "c", run: time.Second},
			{keys: "ad", run: time.Second},
			{keys: "", run: time.Second},
		})
		want := "+a@0s +b@0s +c@0s +@0s -c@1s +c@1s -@1s -c@2s -a@1h0m0s +ad@1h0m0s -b@1h0m0s -ad@1h0m1s"
		if sortSteps(got) != sortSteps(want) {
			t.Errorf("%s, want\n%s", got, want)
		}
	})
}

// sortSteps sorts the words of what runSteps returned.
func sortSteps(s string) string {
	words := strings.Fields(s)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// Shards that wait for a slot take turns, however long the backlog of one of them is.
func TestG2_ShardsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers = 4
		var order []int
		s := NewSharded(SinkConfig[Key]{
			Workers:     workers,
			Concurrency: 1,
			Constraints: func(k Key, keys []Key) []Key { return append(keys, k) },
			Handle: func(_ context.Context, k Key) error {
				order = append(order, k.Shard(workers))
				time.Sleep(time.Millisecond)
				return nil
			},
		})
		var items []Key
		for i := range Key(100) {
			items = append(items, i*workers) // all on shard 0
		}
		items = append(items, 1, 2, 3)
		put(t, s, items...)
		drain(t, s)
		for shard := 1; shard < workers; shard++ {
			if at := slices.Index(order, shard); at > workers {
				t.Errorf("shard %d had its first turn after %d others", shard, at)
			}
		}
	})
}

// A hot chat does not slow others down. It has 10,000 queued items, which take 10 ms each. Together, 1,000 other chats get
// 500 items a second, which take 20 ms each. Those never wait, with or without the hot chat.
func TestG2_AHotChatDoesNotSlowTheOthers(t *testing.T) {
	const others = 5000
	for _, hot := range []int{0, 10_000} {
		synctest.Test(t, func(t *testing.T) {
			waits := &waits{count: make(map[time.Duration]int)}
			var hotDone atomic.Int64
			s := NewSharded(SinkConfig[int64]{
				Workers:     2,
				Concurrency: 12, // the others need 10 (500 per second, 20 ms each), the hot chat needs 1, and 1 is spare
				Constraints: func(chat int64, keys []Key) []Key { return append(keys, KeyOfInt(chat)) },
				Handle: func(_ context.Context, chat int64) error {
					if chat == 0 {
						time.Sleep(10 * time.Millisecond)
						hotDone.Add(1)
						return nil
					}
					time.Sleep(20 * time.Millisecond)
					return nil
				},
				Observer: waits,
			})
			put(t, s, make([]int64, hot)...)
			for i := range int64(others) {
				time.Sleep(2 * time.Millisecond)
				put(t, s, 1+i%1000)
			}
			if n := hotDone.Load(); hot > 0 && n != 999 && n != 1000 {
				t.Errorf("%d of the hot chat were handled in 10 s", n)
			}
			drain(t, s)
			if waits.count[0] != others {
				t.Errorf("beside %d of a hot chat, the others waited %v", hot, waits.count)
			}
		})
	}
}

// waits counts the items of chats other than 0 by how long they waited.
type waits struct {
	NopObserver[int64]
	mu    sync.Mutex
	count map[time.Duration]int
}

func (w *waits) Started(chat int64, _ int, waited time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if chat != 0 {
		w.count[waited]++
	}
}

// A handler that never returns holds one slot until its time-out. It holds up no other key.
func TestG2_AHandlerThatNeverReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		log := newLogbook[string]()
		s := NewSharded(SinkConfig[string]{
			Workers:     1,
			Concurrency: 2,
			Timeout:     10 * time.Second, Hold: -1,
			Constraints: func(s string, keys []Key) []Key { return append(keys, KeyOf(s)) },
			Handle: func(_ context.Context, s string) error {
				log.add(s)
				if s == "stuck" {
					<-release
					return nil
				}
				time.Sleep(4 * time.Second)
				return nil
			},
		})
		put(t, s, "stuck", "stuck", "a", "b", "c", "d", "e", "f")
		time.Sleep(time.Hour)
		var got []string
		for _, l := range log.all() {
			got = append(got, fmt.Sprintf("%s@%v", l.what, l.at))
		}
		// One slot is free until the time-out at 10 s, then two. The first two items start in the same instant, in any order.
		want := []string{"stuck@0s", "a@0s", "b@4s", "c@8s", "d@10s", "e@12s", "f@14s"}
		slices.Sort(got[:min(2, len(got))])
		slices.Sort(want[:2])
		if !slices.Equal(got, want) {
			t.Errorf("started %v, want %v", got, want)
		}
		if stats := s.Stats(); stats.Abandoned != 1 || stats.Queued != 1 || stats.Running != 0 || stats.Oldest != time.Hour {
			t.Errorf("%+v", stats)
		}
		close(release)
		drain(t, s)
	})
}
