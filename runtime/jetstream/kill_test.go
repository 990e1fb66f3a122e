package jetstream_test

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

var kills = flag.Int("kills", 3, "how often the tests kill a process")

// TestKillInProcess kills a worker with a server in its process at random moments. Nothing is lost or reordered.
func TestKillInProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const rate = 2000
	c := child{Dir: filepath.Join(dir, "data"), Log: filepath.Join(dir, "log"), Rate: rate, Pause: 5 * time.Millisecond, Total: rate * *kills}
	handled := 0
	for range *kills {
		w := c.start(t)
		// At least something is handled, so that the test makes progress, and then it ends at any moment.
		waitFor(t, c.Log, min(handled+1, c.Total), time.Minute)
		time.Sleep(rand.N(time.Second))
		w.kill()
		handled = len(readJournal(t, c.Log).first)
	}
	c.start(t)
	// The worker publishes no faster than at its rate, so what the kills have delayed takes a second for each of them.
	waitFor(t, c.Log, c.Total, 2*time.Minute+time.Duration(*kills)*time.Second).check(t, c.Total)
}
