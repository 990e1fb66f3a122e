package telegram

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPollerPacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		p := newTestPoller(t, server, func(c *PollerConfig) { c.SpeedTrafficBalance = 1 })
		go func() {
			time.Sleep(time.Second)
			server.push(1)
		}()
		fetch(t, p, 100)
		server.push(2)
		start := time.Now()
		fetch(t, p, 100)
		if took := time.Since(start).Round(time.Millisecond); took != 67*time.Millisecond {
			t.Errorf("waited %v before the next batch", took)
		}
	})
}
