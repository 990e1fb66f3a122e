package runtime

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Activities follows a handler from its start to its return, over its time-out and the end of its hold, and shows no item
// that waits.
func TestActivities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[keyed]{
			Workers: 4, Concurrency: 2, Backlog: 50,
			Timeout: 30 * time.Second, Hold: 10 * time.Second,
			Constraints: keyed.keysOf,
			OnTimeout:   func(context.Context, keyed) {},
			OnStuck:     func(context.Context, keyed) {},
			Handle: func(ctx context.Context, k keyed) error {
				if got, want := Shard(ctx), KeyOfInt(k.key).Shard(4); got != want {
					t.Errorf("the handler of key %d sees shard %d, want %d", k.key, got, want)
				}
				time.Sleep(k.run)
				return nil
			},
		})
		slow, quick, next := keyed{1, time.Minute}, keyed{2, 5 * time.Second}, keyed{1, 20 * time.Second}
		shard := KeyOfInt(1).Shard(4)
		if all := s.Activities(); len(all) != 0 {
			t.Errorf("at first: %v", all)
		}
		put(t, s, slow)
		time.Sleep(time.Second)
		put(t, s, quick, next)
		check := func(at time.Duration, want ...Activity[keyed]) {
			t.Helper()
			time.Sleep(at - s.deque.now())
			synctest.Wait()
			if got := s.Activities(); !slices.Equal(got, want) {
				t.Errorf("after %v: %+v\nwant %+v", at, got, want)
			}
		}
		running := Activity[keyed]{Item: slow, Shard: shard, Attempt: 1}
		with := func(a Activity[keyed], took time.Duration, abandoned, stuck bool) Activity[keyed] {
			a.Took, a.Abandoned, a.Stuck = took, abandoned, stuck
			return a
		}
		second := Activity[keyed]{Item: quick, Shard: KeyOfInt(2).Shard(4), Attempt: 1}
		check(3*time.Second+1, with(running, 3*time.Second, false, false), with(second, 2*time.Second, false, false))
		check(20*time.Second+1, with(running, 20*time.Second, false, false))
		check(35*time.Second+1, with(running, 35*time.Second, true, false))
		after := Activity[keyed]{Item: next, Shard: shard, Attempt: 1, Waited: 39 * time.Second}
		check(50*time.Second+1, with(running, 50*time.Second, true, true), with(after, 10*time.Second, false, false))
		check(70*time.Second + 1)
		drain(t, s)
	})
}

// A further attempt counts from its own start. While the item waits for it, nothing runs.
func TestActivitiesOfAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[int]{
			Workers: 1,
			Retry:   func(_ int, attempt int, _ error) (time.Duration, bool) { return time.Minute, attempt < 2 },
			Handle: func(ctx context.Context, _ int) error {
				time.Sleep(time.Second)
				return errors.New("again")
			},
			OnError: func(context.Context, int, error) {},
		})
		put(t, s, 7)
		time.Sleep(30 * time.Second)
		if all := s.Activities(); len(all) != 0 {
			t.Errorf("during the back-off: %v", all)
		}
		time.Sleep(31*time.Second + time.Second/2)
		want := Activity[int]{Item: 7, Attempt: 2, Waited: 61 * time.Second, Took: time.Second / 2}
		if all := s.Activities(); len(all) != 1 || all[0] != want {
			t.Errorf("in the second attempt: %+v, want %+v", all, want)
		}
		drain(t, s)
	})
}

// Activities may be called while handlers start, time out and return. Each handler is shown once.
func TestActivitiesBesideHandlers(t *testing.T) {
	s := NewSharded(SinkConfig[int]{
		Workers: 3, Concurrency: 8, Timeout: time.Millisecond, Release: true,
		OnTimeout: func(context.Context, int) {},
		Handle: func(ctx context.Context, n int) error {
			if n%3 == 0 {
				<-ctx.Done()
			}
			return nil
		},
	})
	for round := range 20 {
		for n := range 50 {
			put(t, s, 50*round+n)
		}
		seen := make(map[int]bool)
		for _, a := range s.Activities() {
			if seen[a.Item] {
				t.Errorf("item %d is shown twice", a.Item)
			}
			seen[a.Item] = true
		}
	}
	drain(t, s)
	if all := s.Activities(); len(all) != 0 {
		t.Errorf("at the end: %v", all)
	}
	if Shard(t.Context()) != -1 {
		t.Error("a context of no handler has a shard")
	}
}

// HasRoom agrees with Room.
func TestHasRoom(t *testing.T) {
	for name, make := range map[string]func(SinkConfig[int]) *Pool[int]{"sharded": NewSharded[int], "batch": NewBatch[int]} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := make(SinkConfig[int]{Concurrency: 2, Backlog: 2, Handle: func(context.Context, int) error {
					time.Sleep(time.Second)
					return nil
				}})
				for n := range 3 {
					if got, want := s.HasRoom(), n < 2 && (n == 0 || name == "sharded"); got != want {
						t.Errorf("with %d items HasRoom is %v", n, got)
					}
					if n < 2 {
						if _, err := s.Put(t.Context(), []int{n}, doneNothing[int]); err != nil {
							t.Fatal(err)
						}
					}
				}
				drain(t, s)
				if !s.HasRoom() {
					t.Error("an empty pool has no room")
				}
			})
		})
	}
}
