package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// fixed retries after exactly a second, up to the given number of attempts.
func fixed[T any](attempts int) func(T, int, error) (time.Duration, bool) {
	return func(_ T, attempt int, err error) (time.Duration, bool) {
		return time.Second, attempt < attempts && !isFinal(err)
	}
}

// A failed item is tried again. Meanwhile it keeps its key and holds no slot; done and OnError are called once.
func TestG15_AFailedItemIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook[string]()
		var told []string
		s := NewSharded(SinkConfig[int]{
			Workers: 1, Concurrency: 1,
			Timeout:     10 * time.Second,
			Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n/10))) },
			Retry:       fixed[int](3),
			Handle: func(ctx context.Context, n int) error {
				log.add(fmt.Sprintf("%d.%d", n, Attempt(ctx)))
				deadline, _ := ctx.Deadline()
				if time.Until(deadline) != 10*time.Second {
					t.Errorf("attempt %d has %v", Attempt(ctx), time.Until(deadline))
				}
				time.Sleep(6 * time.Second)
				if n == 10 && Attempt(ctx) < 3 || n == 20 {
					return errFailed
				}
				return nil
			},
			OnError: func(_ context.Context, n int, err error) { told = append(told, fmt.Sprint(n, " ", err)) },
		})
		done := make(map[int][]error)
		s.Put(t.Context(), []int{10, 11, 20, 30}, func(n int, err error) { done[n] = append(done[n], err) })
		time.Sleep(12500 * time.Millisecond) // 10 and 20 have failed, 30 runs
		if stats := s.Stats(); stats.Retrying != 2 || stats.Queued != 1 || stats.Running != 1 || stats.Retried != 2 || s.Len() != 4 {
			t.Errorf("%+v", stats)
		}
		time.Sleep(time.Hour)
		drain(t, s)
		if got := log.whats(); slices.Index(got, "11.1") < slices.Index(got, "10.3") || len(got) != 3+1+3+1 {
			t.Errorf("started in the order %v", got)
		}
		if got := log.all(); got[1].at != 6*time.Second {
			t.Errorf("the slot was held while an item waited for another attempt: %v", got)
		}
		if want := []string{"20 failed on purpose"}; !slices.Equal(told, want) {
			t.Errorf("the error hook was told %q, want %q", told, want)
		}
		if len(done) != 4 || len(done[10]) != 1 || done[10][0] != nil || len(done[20]) != 1 || !errors.Is(done[20][0], errFailed) {
			t.Errorf("done: %v", done)
		}
		if stats := s.Stats(); stats.Retried != 4 || stats.Failed != 1 || stats.Retrying != 0 {
			t.Errorf("%+v", stats)
		}
		checkIdle(t, s, 4)
	})
}

// What is not tried again: what would not change, what timed out, and what Drain cancelled.
func TestG15_WhatIsFinal(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(ctx context.Context) error
	}{
		{"permanent", func(context.Context) error { return fmt.Errorf("wrapped: %w", Permanent(errFailed)) }},
		{"panic", func(context.Context) error { panic("on purpose") }},
		{"time-out", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				attempts, reports := 0, 0
				s := NewConcurrent(SinkConfig[int]{
					Timeout: 2 * time.Second,
					Retry: func(_ int, attempt int, err error) (time.Duration, bool) {
						return Retry{Attempts: 5}.Next(attempt, err)
					},
					Handle: func(ctx context.Context, _ int) error {
						attempts++
						return c.end(ctx)
					},
					OnError:   func(context.Context, int, error) { reports++ },
					OnTimeout: func(context.Context, int) {},
				})
				put(t, s, 1)
				time.Sleep(time.Hour)
				drain(t, s)
				if attempts != 1 || reports != 1 {
					t.Errorf("%d attempts, %d reports", attempts, reports)
				}
				checkIdle(t, s, 1)
			})
		})
	}
}

// Drain waits for no back-off. What waits for another attempt, and what waits behind it, is unfinished, and is dropped by
// the next Put.
func TestG7_G15_DrainWaitsForNoBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		var done []int
		s := NewSharded(SinkConfig[int]{
			Constraints: func(n int, keys []Key) []Key { return append(keys, KeyOfInt(int64(n/10)), KeyOfInt(1)) },
			Retry:       func(int, int, error) (time.Duration, bool) { return time.Minute, true },
			Handle: func(_ context.Context, n int) error {
				if n == 10 {
					attempts++
					time.Sleep(time.Second)
					return errFailed
				}
				return nil
			},
		})
		s.Put(t.Context(), []int{10, 11}, func(n int, _ error) { done = append(done, n) })
		synctest.Wait()
		unfinished, took, err := drainFor(s, 10*time.Second)
		if unfinished == nil || unfinished.Retrying != 1 || unfinished.Queued != 1 || unfinished.Running+unfinished.Stopped != 0 ||
			errors.Is(err, context.DeadlineExceeded) || took != time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if want := "stopped with 0 handlers running and 1 item queued, 1 item to be tried again"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		time.Sleep(time.Hour)
		if got := s.Pending(); !slices.Equal(got, []int{10, 11}) || attempts != 1 || len(done) > 0 {
			t.Errorf("pending are %d, done are %d, after %d attempts", got, done, attempts)
		}
		s.Put(t.Context(), []int{12}, func(n int, _ error) { done = append(done, n) })
		drain(t, s)
		if attempts != 1 || !slices.Equal(done, []int{12}) {
			t.Errorf("done are %d, after %d attempts", done, attempts)
		}
		checkIdle(t, s, 1)
	})
}

// An item that waits for another attempt is no goroutine, and has no timer of its own.
func TestG15_ManyBackoffs(t *testing.T) {
	const n = 10_000
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		s := NewSharded(SinkConfig[int]{
			Concurrency: 1,
			Retry: func(_ int, attempt int, err error) (time.Duration, bool) {
				return Retry{Attempts: 3}.Next(attempt, err)
			},
			Handle: func(context.Context, int) error {
				attempts++
				return errFailed
			},
			OnError: func(context.Context, int, error) {},
		})
		for i := 0; i < n; i += 1000 {
			put(t, s, make([]int, 1000)...)
		}
		synctest.Wait()
		if stats := s.Stats(); stats.Retrying != n || stats.Queued+stats.Running != 0 {
			t.Errorf("%+v", stats)
		}
		if s.workers.running.Load() != 0 {
			t.Errorf("%d goroutines", s.workers.running.Load())
		}
		time.Sleep(time.Minute)
		drain(t, s)
		if attempts != 3*n {
			t.Errorf("%d attempts, want %d", attempts, 3*n)
		}
		checkIdle(t, s, n)
	})
}

// A handler may keep its context. That of an earlier attempt has ended, and changes nothing of a later one.
func TestG5_G15_TheContextOfAnEarlierAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first context.Context
		s := NewSequential(SinkConfig[int]{
			Timeout: 5 * time.Second,
			Retry:   fixed[int](2),
			Handle: func(ctx context.Context, _ int) error {
				if first == nil {
					first = ctx
					Limit(ctx, time.Hour, -1, false)
					return errFailed
				}
				if first.Err() != context.Canceled || ctx.Err() != nil {
					t.Errorf("the contexts have ended with %v and %v", first.Err(), ctx.Err())
				}
				Limit(first, 0, -1, true)
				deadline, ok := ctx.Deadline()
				if !ok || time.Until(deadline) != 5*time.Second || Attempt(first) != 1 || Attempt(ctx) != 2 {
					t.Errorf("attempt %d has %v", Attempt(ctx), time.Until(deadline))
				}
				return nil
			},
		})
		put(t, s, 1)
		drain(t, s)
		if Attempt(t.Context()) != 0 {
			t.Error("a context that is not a handler's has an attempt")
		}
	})
}

func TestRetry(t *testing.T) {
	for _, c := range []struct {
		retry   Retry
		attempt int
		longest time.Duration // 0 for no other attempt
	}{
		{Retry{}, 1, 0},
		{Retry{Attempts: 2}, 1, time.Second},
		{Retry{Attempts: 2}, 2, 0},
		{Retry{Attempts: 9}, 3, 4 * time.Second},
		{Retry{Attempts: 9}, 6, 32 * time.Second},
		{Retry{Attempts: 9}, 7, time.Minute},
		{Retry{Attempts: math.MaxInt}, math.MaxInt32 - 1, time.Minute},
		{Retry{Attempts: 9, Backoff: time.Hour}, 3, time.Hour},
		{Retry{Attempts: 9, Backoff: time.Hour, MaxBackoff: time.Second}, 1, time.Second},
		{Retry{Attempts: 9, Backoff: 1, MaxBackoff: math.MaxInt64}, 5, 16},
		{Retry{Attempts: math.MaxInt, Backoff: 1, MaxBackoff: math.MaxInt64}, 1000, math.MaxInt64},
	} {
		var least, most time.Duration = math.MaxInt64, 0
		for range 200 {
			wait, again := c.retry.Next(c.attempt, errFailed)
			if again != (c.longest > 0) {
				t.Errorf("%+v: another attempt after %d: %v", c.retry, c.attempt, again)
			}
			least, most = min(least, wait), max(most, wait)
		}
		if most > c.longest || least < c.longest/2 || c.longest > 100 && (most < c.longest/10*9 || least > c.longest/10*6) {
			t.Errorf("%+v: waits %v to %v after attempt %d, want up to %v", c.retry, least, most, c.attempt, c.longest)
		}
	}
	for _, err := range []error{Permanent(errFailed), NewPanicError(1), ErrGoexit, errors.Join(errFailed, Permanent(errFailed))} {
		if _, again := (Retry{Attempts: 5}).Next(1, err); again {
			t.Errorf("%v is tried again", err)
		}
	}
	if Permanent(nil) != nil || Permanent(errFailed).Error() != errFailed.Error() || !errors.Is(Permanent(errFailed), errFailed) {
		t.Error("Permanent changes more than that no other attempt is made")
	}
}
