package telegram_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// From Start to Stop, the collector waits for as much more garbage as the reserve is large. A bot can do without.
func TestHeapReserve(t *testing.T) {
	const reserve = 256 << 20 // so that what else happens in this process does not matter
	server := tgtest.NewServer(t)
	config := telegram.Config{Dispatch: func(context.Context, *telegram.Event) error { return nil }}
	goal := func() int64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.NextGC)
	}
	before := goal()
	for _, size := range []int{reserve, 0, -1} {
		bot, err := telegram.New(config, telegram.WithToken(server.Token), telegram.WithAPIURL(server.URL), telegram.WithHeapReserve(size))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := bot.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if more := goal() - before; (more > reserve) != (size == reserve) {
			t.Errorf("reserve %d: the collector waits for %d bytes more", size, more)
		}
		stop(t, bot)
		cancel()
		if more := goal() - before; more > reserve {
			t.Errorf("reserve %d: after Stop, the collector waits for %d bytes more", size, more)
		}
		runtime.KeepAlive(bot)
	}
}
