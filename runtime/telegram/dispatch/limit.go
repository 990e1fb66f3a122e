package dispatch

import (
	"context"
	"time"

	"github.com/tggen/tggen/runtime"
	"github.com/tggen/tggen/runtime/telegram"
)

// Limit gives the handler that runs with ctx a time-out of its own, counted from its start; 0 is none. Generated code
// calls it for a handler whose spec has a timeout.
func Limit(ctx context.Context, timeout time.Duration, key telegram.TimeoutKey) {
	runtime.Limit(ctx, timeout, key == telegram.Release)
}
