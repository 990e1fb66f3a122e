package counter

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
)

const (
	chats   = 200
	firstID = 100_000_000
)

// A flood is a Bot API server that answers each poll at once with the next updates, until a number of them is confirmed. They are
// texts of many users in turn, each of whom counts.
type flood struct {
	*httptest.Server
	updates int64
	done    chan struct{} // closed when the bot has confirmed them all
	ended   atomic.Bool
}

func newFlood(b *testing.B, updates int) *flood {
	f := &flood{updates: int64(updates), done: make(chan struct{})}
	f.Server = httptest.NewServer(f)
	b.Cleanup(f.Close)
	return f
}

func (f *flood) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/getMe"):
		fmt.Fprint(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}}`)
	case strings.HasSuffix(r.URL.Path, "/getUpdates"):
		f.getUpdates(w, r)
	default:
		fmt.Fprint(w, `{"ok":true,"result":true}`)
	}
}

func (f *flood) getUpdates(w http.ResponseWriter, r *http.Request) {
	var poll struct{ Offset, Limit json.Number }
	if err := json.NewDecoder(r.Body).Decode(&poll); err != nil {
		panic(http.ErrAbortHandler)
	}
	offset, _ := poll.Offset.Int64()
	limit, _ := poll.Limit.Int64()
	next := max(offset-firstID, 0)
	if next == f.updates && f.ended.CompareAndSwap(false, true) {
		close(f.done)
	}
	body := []byte(`{"ok":true,"result":[`)
	for i := next; i < min(next+limit, f.updates); i++ {
		if i > next {
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"A"},"chat":{"id":%[3]d,"type":"private"},"date":1,"text":"%d"}}`,
			firstID+i, i+1, i%chats+1, i/chats+1)
	}
	w.Write(append(body, `]}`...))
}

// BenchmarkUpdates measures a bot whose session changes with each update of 200 users. Its texts count, so the sessions show
// whether all updates were handled in order.
func BenchmarkUpdates(b *testing.B) {
	for _, delivery := range []telegram.Delivery{telegram.AtLeastOnce, telegram.AtMostOnce} {
		for _, store := range []string{"memory", "SQLite"} {
			b.Run(fmt.Sprintf("%v/%s", delivery, store), func(b *testing.B) {
				sessions := session.Store(session.NewMemory(session.MemoryConfig{}))
				if store == "SQLite" {
					opened, close, err := openStore(b.Context(), b.TempDir())
					if err != nil {
						b.Fatal(err)
					}
					b.Cleanup(func() {
						if err := close(); err != nil {
							b.Error(err)
						}
					})
					sessions = opened
				}
				benchmarkUpdates(b, delivery, sessions)
			})
		}
	}
}

// processorTime is what the process has used so far. On a busy machine it says more than the time that has passed.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func benchmarkUpdates(b *testing.B, delivery telegram.Delivery, store session.Store) {
	f := newFlood(b, b.N)
	tgbot, err := New(bot{work: func() error { return nil }}, telegram.WithStore(store), telegram.WithToken("1:benchmark"), telegram.WithAPIURL(f.URL),
		telegram.WithLogger(slog.New(slog.DiscardHandler)), telegram.WithConfig(func(c *telegram.Config) { c.Delivery, c.Concurrency = delivery, chats }))
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	before := processorTime(b)
	b.ResetTimer()
	if err := tgbot.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	<-f.done
	if err := tgbot.Stop(context.Background()); err != nil { // waits for the commits
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op") // with that of the server
	sum := 0
	for user := range min(chats, b.N) {
		first, count := counted(b, tgbot, int64(user+1))
		if first != 1 {
			b.Errorf("user %d: the first number is %d", user+1, first)
		}
		sum += count
	}
	if sum != b.N {
		b.Errorf("counted %d of %d updates", sum, b.N)
	}
}
