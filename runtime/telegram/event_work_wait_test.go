package telegram

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestG7_WorkWait checks how long wait waits: until the functions return, but no longer than a second after ctx has ended.
func TestG7_WorkWait(t *testing.T) {
	for _, c := range []struct {
		name         string
		takes, obeys time.Duration // without and with a context that has ended
		limit, want  time.Duration // of the context of wait, and how long wait takes
		unfinished   int
	}{
		{"in time", 3 * time.Second, time.Hour, time.Minute, 3 * time.Second, 0},
		{"obeys the context", time.Hour, 300 * time.Millisecond, 2 * time.Second, 2300 * time.Millisecond, 0},
		{"does not obey", time.Hour, time.Hour, 2 * time.Second, 3 * time.Second, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var w work
			type key struct{}
			w.open(context.WithValue(t.Context(), key{}, "value"))
			w.start(func(ctx context.Context) error {
				if ctx.Value(key{}) != "value" {
					t.Errorf("%s: the context lacks a value", c.name)
				}
				select {
				case <-time.After(c.takes):
				case <-ctx.Done():
					time.Sleep(c.obeys)
				}
				return nil
			}, nil)
			started := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), c.limit)
			defer cancel()
			err := w.wait(ctx)
			if took := time.Since(started); took != c.want {
				t.Errorf("%s: wait took %v, want %v", c.name, took, c.want)
			}
			left, _ := errors.AsType[*UnfinishedWorkError](err)
			if (left != nil) != (c.unfinished > 0) || left != nil && left.Running != c.unfinished {
				t.Errorf("%s: %v", c.name, err)
			}
			if err := w.wait(t.Context()); err != nil {
				t.Errorf("%s: the second wait: %v", c.name, err)
			}
		})
	}
}
