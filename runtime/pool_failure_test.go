package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// blowUp panics. Its name must appear in the stack of the PanicError.
func blowUp() { panic(fmt.Errorf("wrapped: %w", errFailed)) }

// A panic becomes an error with a stack. The next item with the same key runs in the same slot.
func TestG6_Panic(t *testing.T) {
	for _, c := range []struct {
		name  string
		fail  func()
		check func(error) bool
	}{
		{"error", blowUp, func(err error) bool {
			p, ok := errors.AsType[*PanicError](err)
			return ok && errors.Is(err, errFailed) && err.Error() == "panic: wrapped: failed on purpose" &&
				bytes.Contains(p.Stack, []byte("runtime.blowUp"))
		}},
		{"text", func() { panic("text") }, func(err error) bool {
			p, ok := errors.AsType[*PanicError](err)
			return ok && p.Value == "text" && p.Unwrap() == nil
		}},
		{"nil", func() { panic(nil) }, func(err error) bool {
			_, ok := errors.AsType[*runtime.PanicNilError](err)
			return ok
		}},
		{"nil dereference", func() { var p *int; *p++ }, func(err error) bool {
			_, ok := errors.AsType[runtime.Error](err)
			return ok
		}},
		{"Goexit", runtime.Goexit, func(err error) bool { return errors.Is(err, ErrGoexit) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var told, done []error
			s := NewSharded(SinkConfig[int]{
				Concurrency: 1,
				Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
				Handle: func(_ context.Context, n int) error {
					if n != 2 {
						c.fail()
					}
					return nil
				},
				OnError: func(ctx context.Context, _ int, err error) {
					if ctx.Err() != nil {
						t.Errorf("the hook's context has ended: %v", ctx.Err())
					}
					told = append(told, err)
				},
			})
			if _, err := s.Put(t.Context(), []int{1, 2, 3}, func(_ int, err error) { done = append(done, err) }); err != nil {
				t.Fatal(err)
			}
			drain(t, s)
			if len(told) != 2 || len(done) != 3 || !c.check(told[0]) || done[0] != told[0] || done[1] != nil || done[2] != told[1] {
				t.Errorf("told %v, done %v", told, done)
			}
			if stats := s.Stats(); stats.Finished != 3 || stats.Failed != 2 {
				t.Errorf("%+v", stats)
			}
		})
	}
}

// A hook that panics, or ends its goroutine, does not end the process. The slot and the key are released.
func TestG6_HooksThatFail(t *testing.T) {
	for name, fail := range map[string]func(){"panic": blowUp, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := newLogbook[string]()
				s := NewSharded(SinkConfig[int]{
					Concurrency: 1,
					Timeout:     time.Second, Hold: -1,
					Constraints: func(_ int, keys []Key) []Key { return append(keys, 1) },
					Handle: func(_ context.Context, n int) error {
						time.Sleep(time.Duration(n) * time.Second)
						return errFailed
					},
					OnError:   func(context.Context, int, error) { calls.add("error"); fail() },
					OnTimeout: func(context.Context, int) { calls.add("timeout"); fail() },
				})
				put(t, s, 0, 2, 0)
				drain(t, s)
				if got := strings.Join(calls.whats(), " "); got != "error timeout error error" {
					t.Errorf("hooks called: %s", got)
				}
			})
		})
	}
}

// Errors and time-outs are logged by default.
func TestG6_DefaultHooksLog(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		s := NewSharded(SinkConfig[int]{Timeout: time.Second, Handle: func(_ context.Context, n int) error {
			time.Sleep(time.Duration(n) * time.Second)
			return errFailed
		}})
		put(t, s, 0, 3)
		time.Sleep(10 * time.Second)
		drain(t, s)
	})
	for _, want := range []string{
		`level=ERROR msg="handler failed" error="failed on purpose"`,
		`level=WARN msg="handler timed out"`,
		`level=ERROR msg="handler is stuck, its keys are released"`,
		`level=ERROR msg="handler failed" error="after its time-out: failed on purpose"`,
	} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("the log lacks %s:\n%s", want, &out)
		}
	}
}
