package calls_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/calls"
)

// TestBulkInFlight checks that at most three calls of a broadcast are in flight, beside any number of others.
func TestBulkInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newFake(nil)
		server.latency = time.Second
		client := retry(server, calls.RetryConfig{})
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				if err := send(calls.Bulk(t.Context()), client, int64(i), "news"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(server.start); server.most != 3 || took != 4*time.Second {
			t.Errorf("%d in flight, and %v in all", server.most, took)
		}
		for i := range 10 {
			wg.Go(func() { _ = send(t.Context(), client, int64(i), "hello") })
		}
		wg.Wait()
		if server.most != 10 {
			t.Errorf("%d calls that are not bulk were in flight", server.most)
		}
	})
}
