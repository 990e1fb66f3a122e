//go:build linux

package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

const (
	latencyRate    = 5_000 // updates a second
	answeredRate   = 1_000 // updates a second that are all answered
	latencyUpdates = 10_000

	// stuckTime is how long a handler of a stuck chat takes, in the second of the two benchmarks.
	stuckTime = 2 * time.Second
)

// BenchmarkLatency measures the time from the arrival of an update at the server to the first line of its handler. 5,000
// updates a second arrive, at random times. In the second benchmark the handlers of one chat in a hundred take 2 s, and the
// updates of the other chats are measured. An operation is 10,000 updates.
//
// In the last two, 1,000 updates a second arrive, each is answered by a message, and the time ends when the server has taken that. In the
// very last, the server answers 429 to all messages to the busiest chat, and the updates of the other chats are measured.
func BenchmarkLatency(b *testing.B) {
	b.Run("quick", func(b *testing.B) { benchmarkLatency(b, latencyRate, nil, nothing) })
	b.Run("1%-stuck", func(b *testing.B) { benchmarkLatency(b, latencyRate, oneOfAHundred(), nothing) })
	b.Run("answered", func(b *testing.B) { benchmarkLatency(b, answeredRate, nil, answer) })
	b.Run("answered/one-refused", func(b *testing.B) {
		chat := busiest()
		ask(theServer(), "refuse", url.Values{"chat": {strconv.FormatInt(chat, 10)}})
		benchmarkLatency(b, answeredRate, map[int64]bool{chat: true}, answer)
		refusals, err := strconv.ParseFloat(string(ask(theServer(), "refuse", url.Values{"chat": {"0"}})), 64)
		check(err)
		b.ReportMetric(refusals, "refusals")
	})
}

// nothing is the work of a handler that does nothing.
func nothing(context.Context, *telegram.Event) error { return nil }

// answer is the work of a handler that answers.
func answer(ctx context.Context, ev *telegram.Event) error {
	if chatOf(ev.Update) == 0 {
		return nil
	}
	_, err := ev.Reply(ctx, echoText(ev.Update), nil)
	return err
}

// busiest returns the chat of the corpus with the most updates that are answered.
func busiest() int64 {
	counts := map[int64]int{}
	for _, raw := range updates() {
		u, err := telegram.NewEnvelope([]byte(raw))
		check(err)
		update, err := u.Decode()
		check(err)
		counts[chatOf(update)]++
	}
	delete(counts, 0)
	return slices.MaxFunc(slices.Collect(maps.Keys(counts)), func(a, b int64) int {
		return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b))
	})
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

// benchmarkLatency measures at a rate of so many updates a second. The updates of the chats that are stuck are not measured.
func benchmarkLatency(b *testing.B, rate int, stuck map[int64]bool, work echo) {
	var (
		first   int64
		started = make([]int64, latencyUpdates) // ns since 1970, by id
		release = make(chan struct{})
		chats   = chats()
		delays  []time.Duration
	)
	handle := func(ctx context.Context, c *contender, ev *telegram.Event) error {
		chat := ev.Header.Chat
		if stuck[chat] && rate == answeredRate { // the call waits until the bot stops
			_ = work(ctx, ev)
			return nil
		}
		if stuck[chat] {
			select {
			case <-time.After(stuckTime):
			case <-release:
			}
			return nil
		}
		err := work(ctx, ev)
		if ev.Header.ID >= first {
			started[ev.Header.ID-first] = time.Now().UnixNano()
			c.handled()
		}
		return err
	}
	c := startBot(theServer(), nil, func(c *contender, config *telegram.Config) {
		config.Dispatch = dispatch(echo(func(ctx context.Context, ev *telegram.Event) error { return handle(ctx, c, ev) }))
	})
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
		q := url.Values{"token": {c.token}, "n": {strconv.Itoa(latencyUpdates)}, "rate": {strconv.Itoa(rate)}}
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
