package dispatch_test

import (
	"context"
	"errors"
	"testing"

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
