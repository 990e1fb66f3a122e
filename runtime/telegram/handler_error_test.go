package telegram

import (
	"context"
	"errors"
	"testing"
)

func TestJoinError(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	if err := JoinError(nil, "A", nil); err != nil {
		t.Errorf("of nothing: %v", err)
	}
	if err := JoinError(first, "A", nil); err != first {
		t.Errorf("with nothing: %v", err)
	}
	err := JoinError(JoinError(nil, "A", first), "B", second)
	if err.Error() != "A: first\nB: second" || !errors.Is(err, first) || !errors.Is(err, second) {
		t.Errorf("of two: %v", err)
	}
	var named *HandlerError
	if !errors.As(err, &named) || named.Handler != "A" {
		t.Errorf("the first is of %v", named)
	}
}

func TestCutShort(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := CutShort(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("without another: %v", err)
	}
	if err := CutShort(ctx, context.Canceled); err != context.Canceled {
		t.Errorf("of a handler that said it: %v", err)
	}
	other := errors.New("other")
	if err := CutShort(ctx, other); !errors.Is(err, context.Canceled) || !errors.Is(err, other) {
		t.Errorf("with another: %v", err)
	}
}
