package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// withTask calls f in a handler that has a time-out of one minute.
func withTask(t *testing.T, f func(ctx context.Context)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[int]{Timeout: time.Minute, Handle: func(ctx context.Context, _ int) error {
			f(ctx)
			return nil
		}})
		put(t, s, 1)
		drain(t, s)
	})
}

// A handler's context, and every context that package context derives from it, behaves like one with a deadline.
func TestG5_ContextsOfAHandler(t *testing.T) {
	type key struct{}
	derive := map[string]func(context.Context) (context.Context, context.CancelFunc){
		"itself": func(ctx context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} },
		"cancel": context.WithCancel,
		"value": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithValue(ctx, key{}, 1), func() {}
		},
		"cancel of value": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(context.WithValue(ctx, key{}, 1))
		},
		"timeout": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Hour)
		},
	}
	for name, derive := range derive {
		t.Run(name, func(t *testing.T) {
			withTask(t, func(ctx context.Context) {
				start := time.Now()
				child, cancel := derive(ctx)
				defer cancel()
				if at, ok := child.Deadline(); !ok || at.Sub(start) != time.Minute {
					t.Errorf("the deadline is after %v", at.Sub(start))
				}
				called := make(chan struct{})
				context.AfterFunc(child, func() { close(called) })
				stopped := context.AfterFunc(child, func() { t.Error("a stopped function was called") })
				if !stopped() {
					t.Error("the function was not stopped")
				}
				select {
				case <-child.Done():
				case <-time.After(2 * time.Minute):
				}
				<-called
				if took := time.Since(start); took != time.Minute || !errors.Is(child.Err(), context.DeadlineExceeded) {
					t.Errorf("%v after %v", child.Err(), took)
				}
				late, cancel := derive(ctx)
				defer cancel()
				select {
				case <-late.Done():
				case <-time.After(time.Second):
					t.Error("a context derived after the end does not end")
				}
				again := make(chan struct{})
				if stop := context.AfterFunc(ctx, func() { close(again) }); stop() {
					<-again
					t.Error("a function was stopped after it was called")
				}
			})
		})
	}
}

// A handler's context ends when the handler returns, so goroutines that wait for it end too.
func TestG13_ContextsEndWithTheirHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 3)
		s := NewSharded(SinkConfig[int]{Handle: func(ctx context.Context, _ int) error {
			go func() {
				<-ctx.Done()
				ended <- ctx.Err()
			}()
			child, cancel := context.WithCancel(context.WithValue(ctx, t, t))
			_ = cancel // never called: only the end of the parent ends child
			context.AfterFunc(child, func() { ended <- child.Err() })
			context.AfterFunc(ctx, func() { ended <- ctx.Err() })
			return nil
		}})
		put(t, s, 1)
		for range cap(ended) {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("a context ended with %v", err)
			}
		}
		drain(t, s)
	})
}

// A handler's context has the values of the context given to Put, but does not end with it.
func TestContextValues(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "here"))
	var seen any
	var ended error
	s := NewSharded(SinkConfig[int]{Handle: func(ctx context.Context, _ int) error {
		cancel()
		seen, ended = ctx.Value(key{}), ctx.Err()
		return nil
	}})
	if _, err := s.Put(ctx, []int{1}, doneNothing[int]); err != nil {
		t.Fatal(err)
	}
	drain(t, s)
	if seen != "here" || ended != nil {
		t.Errorf("the handler saw %v, and %v", seen, ended)
	}
}

// AfterFunc calls its function even if the context has just ended. Package context checks that the context is alive
// before it calls AfterFunc, but the context may end in between.
func TestAfterFuncOfAContextThatHasEnded(t *testing.T) {
	var c taskContext
	c.end(canceled)
	c.end(expired) // the first end counts
	called := make(chan struct{})
	stop := c.AfterFunc(func() { close(called) })
	<-called
	if stop() || !errors.Is(c.Err(), context.Canceled) {
		t.Errorf("the call was stopped after it was made, or the context ended with %v", c.Err())
	}
}
