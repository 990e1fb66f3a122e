package runtime

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// keyed is an item with one key, whose handler runs for a while, whatever happens to its context.
type keyed struct {
	key int64
	run time.Duration
}

func (k keyed) keysOf(keys []Key) []Key { return append(keys, KeyOfInt(k.key)) }

// A handler that never returns holds its key as long again as its time-out. Then the key is released, and nothing waits
// for the handler any more: not its key, its slot, the backlog, the source, or Drain.
func TestG2_G5_AStuckHandlerHoldsItsGoroutineAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const forever = 1000 * time.Hour
		log, starts, dones := newLogbook[string](), newLogbook[int64](), newLogbook[int64]()
		s := NewSharded(SinkConfig[keyed]{
			Workers: 2, Concurrency: 1, Backlog: 50,
			Timeout:     30 * time.Second,
			Constraints: keyed.keysOf,
			Handle: func(_ context.Context, k keyed) error {
				starts.add(k.key)
				time.Sleep(k.run)
				return nil
			},
			OnTimeout: func(context.Context, keyed) { log.add("timed out") },
			OnStuck:   func(_ context.Context, k keyed) { log.add("stuck") },
		})
		items := []keyed{{1, forever}, {1, 0}, {2, 0}}
		for range 300 {
			items = append(items, keyed{3, 0})
		}
		if _, err := s.Put(t.Context(), items, func(k keyed, _ error) { dones.add(k.key) }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		started, done := starts.all(), dones.all()
		if len(started) != 303 || started[0] != (line[int64]{0, 1}) || started[1] != (line[int64]{30 * time.Second, 2}) {
			t.Errorf("%d started, at first %v", len(started), started[:min(3, len(started))])
		}
		if !slices.Contains(started, line[int64]{60 * time.Second, 1}) {
			t.Error("the next item with the same key did not start at the end of the hold")
		}
		if len(done) != 303 || done[0] != (line[int64]{30 * time.Second, 1}) {
			t.Errorf("%d done, at first %v", len(done), done[:min(3, len(done))])
		}
		if got, want := log.all(), []line[string]{{30 * time.Second, "timed out"}, {60 * time.Second, "stuck"}}; !slices.Equal(got, want) {
			t.Errorf("hooks: %v, want %v", got, want)
		}
		if stats := s.Stats(); stats.Stuck != 1 || stats.Abandoned != 1 || stats.Queued+stats.Running != 0 || stats.TimedOut != 1 {
			t.Errorf("%+v", stats)
		}
		before := time.Now()
		err := s.Drain(t.Context())
		if unfinished, ok := errors.AsType[*UnfinishedError](err); !ok || unfinished.Running != 1 || unfinished.Queued != 0 || time.Since(before) != 0 {
			t.Errorf("Drain took %v: %v", time.Since(before), err)
		}
		time.Sleep(forever)
		drain(t, s)
		checkIdle(t, s, 303)
	})
}

// How long a key is held: as the sink or the handler says, and never longer than the handler runs.
func TestG5_Hold(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name    string
		hold    time.Duration // of the sink, whose time-out is 10 s
		release bool
		limit   func(ctx context.Context)
		run     time.Duration
		next    time.Duration // when the next item with the key starts
		stuck   bool
	}{
		{"as long again", 0, false, nil, 60 * s, 20 * s, true},
		{"longer", 25 * s, false, nil, 60 * s, 35 * s, true},
		{"for ever", -1, false, nil, 60 * s, 60 * s, false},
		{"the longest", math.MaxInt64, false, nil, 60 * s, 60 * s, false},
		{"release", 25 * s, true, nil, 60 * s, 10 * s, false},
		{"returns in time", 0, false, nil, 5 * s, 5 * s, false},
		{"returns within the hold", 0, false, nil, 15 * s, 15 * s, false},
		{"limit", 0, false, func(ctx context.Context) { Limit(ctx, 4*s, 3*s, false) }, 60 * s, 7 * s, true},
		{"limit, as long again", 25 * s, false, func(ctx context.Context) { Limit(ctx, 4*s, 0, false) }, 60 * s, 8 * s, true},
		{"limit, for ever", 0, false, func(ctx context.Context) { Limit(ctx, 4*s, -1, false) }, 60 * s, 60 * s, false},
		{"limit, release", 0, false, func(ctx context.Context) { Limit(ctx, 4*s, 9*s, true) }, 60 * s, 4 * s, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				epoch := time.Now()
				var next time.Duration
				stuck := false
				p := NewSharded(SinkConfig[keyed]{
					Timeout: 10 * s, Hold: c.hold, Release: c.release,
					Constraints: keyed.keysOf,
					Handle: func(ctx context.Context, k keyed) error {
						if k.run == 0 {
							next = time.Since(epoch)
							return nil
						}
						if c.limit != nil {
							c.limit(ctx)
						}
						time.Sleep(k.run)
						return nil
					},
					OnTimeout: func(context.Context, keyed) {},
					OnStuck:   func(context.Context, keyed) { stuck = true },
				})
				put(t, p, keyed{1, c.run}, keyed{1, 0})
				time.Sleep(time.Hour)
				drain(t, p)
				if next != c.next || stuck != c.stuck {
					t.Errorf("the next item started after %v, want %v; stuck: %v", next, c.next, stuck)
				}
				checkIdle(t, p, 2)
			})
		})
	}
}

// A time-out that is too long to add to the time does not end, and disarms no other.
func TestG5_TheLongestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var timedOut []int
		s := NewConcurrent(SinkConfig[int]{
			Timeout: time.Second,
			Handle: func(ctx context.Context, n int) error {
				if n == 1 {
					time.Sleep(time.Millisecond)
					Limit(ctx, math.MaxInt64, math.MaxInt64, false)
					if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) < 100*365*24*time.Hour {
						t.Errorf("the deadline is %v", deadline)
					}
				}
				<-ctx.Done()
				return nil
			},
			OnTimeout: func(_ context.Context, n int) { timedOut = append(timedOut, n) },
		})
		put(t, s, 1, 2)
		time.Sleep(time.Hour)
		synctest.Wait()
		if !slices.Equal(timedOut, []int{2}) {
			t.Errorf("%d timed out, want 2", timedOut)
		}
		if _, _, err := drainFor(s, 0); err != nil {
			t.Errorf("Drain: %v", err)
		}
	})
}

// A pool that has no room for long says so after 10 s, then every minute, and when there is room again.
func TestG3_AFullPoolSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		type note struct {
			at, waited time.Duration
			over       bool
			oldest     keyed
			queued     int
		}
		var notes []note
		s := NewSharded(SinkConfig[keyed]{
			Concurrency: 2, Backlog: 3,
			Constraints: keyed.keysOf,
			Handle: func(_ context.Context, k keyed) error {
				time.Sleep(k.run)
				return nil
			},
			OnFull: func(f Full[keyed]) {
				if !f.Any {
					t.Error("the oldest item is missing")
				}
				notes = append(notes, note{time.Since(epoch), f.Waited, f.Over, f.Oldest, f.Stats.Queued})
			},
		})
		full := []keyed{{1, 140 * time.Second}, {1, 9 * time.Second}, {1, time.Second}}
		put(t, s, full...) // waits 140 s
		put(t, s, keyed{1, 1})
		want := []note{
			{10 * time.Second, 10 * time.Second, false, full[0], 2},
			{70 * time.Second, 70 * time.Second, false, full[0], 2},
			{130 * time.Second, 130 * time.Second, false, full[0], 2},
			{140 * time.Second, 140 * time.Second, true, full[1], 1},
		}
		if !slices.Equal(notes, want) {
			t.Errorf("%v\nwant %v", notes, want)
		}
		drain(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		if _, err := s.Put(ctx, []keyed{{2, time.Hour}, {3, time.Hour}, {4, time.Hour}}, doneNothing); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Room(ctx); err != ctx.Err() || len(notes) != len(want)+1 {
			t.Errorf("Room: %v, after %d notes", err, len(notes))
		}
		drain(t, s)
	})
}

// A handler that returns within its hold leaves no timer behind.
func TestG13_NoTimerIsLeftOfAHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[keyed]{
			Timeout: time.Second, Hold: time.Hour,
			Constraints: keyed.keysOf,
			Handle: func(ctx context.Context, k keyed) error {
				time.Sleep(k.run)
				return nil
			},
			OnTimeout: func(context.Context, keyed) {},
		})
		put(t, s, keyed{1, 2 * time.Second}, keyed{1, 0}, keyed{2, 3 * time.Second})
		drain(t, s)
		checkIdle(t, s, 3)
	})
}
