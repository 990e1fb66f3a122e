package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/telegram/dispatch"
)

func TestJoinError(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	if err := dispatch.JoinError(nil, "A", nil); err != nil {
		t.Errorf("without errors: %v", err)
	}
	if err := dispatch.JoinError(first, "A", nil); err != first {
		t.Errorf("the second without an error: %v", err)
	}
	err := dispatch.JoinError(dispatch.JoinError(nil, "A", first), "B", second)
	if err.Error() != "A: first\nB: second" || !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("two errors: %v", err)
	}
	var named *telegram.HandlerError
	if !errors.As(err, &named) || named.Handler != "A" {
		t.Errorf("the first handler's name is %v", named)
	}
}

func TestCutShort(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := dispatch.CutShort(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("no handler failed: %v", err)
	}
	if err := dispatch.CutShort(ctx, context.Canceled); err != context.Canceled {
		t.Errorf("the handler returned the error of ctx: %v", err)
	}
	other := errors.New("other")
	if err := dispatch.CutShort(ctx, other); !errors.Is(err, context.Canceled) || !errors.Is(err, other) {
		t.Errorf("a handler failed: %v", err)
	}
}

// TestRecover checks that a panic becomes the handler's error, with the stack of the panic.
func TestRecover(t *testing.T) {
	handler := func(value any) (err error) {
		defer dispatch.Recover(&err)
		if value != nil {
			panic(value)
		}
		return context.Canceled
	}
	if err := handler(nil); err != context.Canceled {
		t.Errorf("without a panic: %v", err)
	}
	p, ok := errors.AsType[*runtime.PanicError](handler("boom"))
	if !ok || p.Value != "boom" || !strings.Contains(string(p.Stack), "TestRecover") {
		t.Errorf("the error is %+v", p)
	}
}

// TestOnce checks that only the first of several calls runs the function, also if they are concurrent.
func TestOnce(t *testing.T) {
	var runs atomic.Int32
	failed := errors.New("failed")
	next := dispatch.Once(func(context.Context) error { runs.Add(1); return failed })
	results := make(chan error)
	for range 10 {
		go func() { results <- next(t.Context()) }()
	}
	twice := 0
	for range 10 {
		if err := <-results; errors.Is(err, telegram.ErrNextTwice) {
			twice++
		} else if err != failed {
			t.Error(err)
		}
	}
	if runs.Load() != 1 || twice != 9 {
		t.Errorf("%d runs, %d refused", runs.Load(), twice)
	}
}
