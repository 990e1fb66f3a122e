package jetstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/jetstream"
	"github.com/tggen/tggen/runtime/queue/queuetest"
)

// TestQueue holds the queue to what package queue promises, with processes that are connections to one server.
func TestQueue(t *testing.T) {
	t.Parallel()
	url := startServer(t)
	queuetest.Run(t, func(t *testing.T) queuetest.Process {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		c, err := jetstream.Open(ctx, jetstream.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		return queuetest.Process{Opener: c.Queue(), Kill: c.Close, Close: c.Close}
	})
}
