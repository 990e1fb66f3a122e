//go:build linux

package bench

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

const (
	latencyRate    = 5_000 // updates a second
	latencyUpdates = 10_000

	// stuckTime is how long a handler of a stuck chat takes, in the second of the two benchmarks.
	stuckTime = 2 * time.Second
)

// BenchmarkLatency measures the time from the arrival of an update at the server to the first line of its handler. 5,000
// updates a second arrive, at random times. In the second benchmark the handlers of one chat in a hundred take 2 s, and the
// updates of the other chats are measured. An operation is 10,000 updates.
func BenchmarkLatency(b *testing.B) {
	b.Run("quick", func(b *testing.B) { benchmarkLatency(b, nil) })
	b.Run("1%-stuck", func(b *testing.B) { benchmarkLatency(b, oneOfAHundred()) })
}

// chats returns the chat of each update of the corpus.
func chats() []int64 {
	var chats []int64
	for _, raw := range updates() {
		u, err := telegram.NewEnvelope([]byte(raw))
		check(err)
		chats = append(chats, u.Chat)
	}
	return chats
}

// oneOfAHundred returns every hundredth chat of the corpus.
func oneOfAHundred() map[int64]bool {
	stuck, seen := map[int64]bool{}, map[int64]bool{0: true}
	for _, chat := range chats() {
		if !seen[chat] {
			stuck[chat] = len(seen)%100 == 1
			seen[chat] = true
		}
	}
	return stuck
}

func benchmarkLatency(b *testing.B, stuck map[int64]bool) {
	var (
		first   int64
		started = make([]int64, latencyUpdates) // ns since 1970, by id
		release = make(chan struct{})
		chats   = chats()
		delays  []time.Duration
	)
	c := startBot(theServer(), func(c *contender, ev *telegram.Event) {
		if stuck[ev.Header.Chat] { // not measured
			select {
			case <-time.After(stuckTime):
			case <-release:
			}
			return
		}
		if ev.Header.ID >= first {
			started[ev.Header.ID-first] = time.Now().UnixNano()
			c.handled()
		}
	}, nil)
	defer func() {
		close(release)
		c.stop()
	}()
	counted := func(from, n int64) (counted int) {
		for id := from; id < from+n; id++ {
			if !stuck[chats[id%int64(len(chats))]] {
				counted++
			}
		}
		return counted
	}
	for b.Loop() {
		first = firstID + c.granted
		c.expect(counted(first, latencyUpdates))
		c.granted += latencyUpdates
		q := url.Values{"token": {c.token}, "n": {strconv.Itoa(latencyUpdates)}, "rate": {strconv.Itoa(latencyRate)}}
		ask(c.server, "pace", q)
		c.wait()
		arrivals := make([]int64, latencyUpdates)
		check(binary.Read(bytes.NewReader(ask(c.server, "arrivals", q)), binary.LittleEndian, arrivals))
		for i, at := range started {
			if at != 0 {
				delays = append(delays, time.Duration(at-arrivals[i]))
			}
			started[i] = 0
		}
	}
	slices.Sort(delays)
	b.ReportMetric(0, "ns/op")
	for _, p := range []int{50, 90, 99} {
		b.ReportMetric(float64(delays[len(delays)*p/100])/1e3, "p"+strconv.Itoa(p)+"-µs")
	}
}
