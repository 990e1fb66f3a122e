package telegram_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram"
)

// TestQueueHealth has two processes, of which one polls. Both are live and ready, and /statusz says who polls and what each has. Then the queue
// of one of them does not work: it is not ready, and its page says why.
func TestQueueHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		fleet := []*queueBot{r.start(), r.start()}
		time.Sleep(time.Hour)
		for i, b := range fleet {
			for _, path := range []string{"/livez", "/readyz"} {
				answer := httptest.NewRecorder()
				b.bot.Health().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
				if answer.Code != http.StatusOK {
					t.Errorf("process %d, %s: %d %s", i, path, answer.Code, answer.Body)
				}
			}
		}
		var both []int
		leaders := 0
		for i, b := range fleet {
			report := queueReport(t, b)
			if report.Processes != 2 || report.Leader == "" || report.Error != "" || report.Backlog != 0 {
				t.Errorf("process %d reports %+v", i, report)
			}
			both = append(both, report.Partitions...)
			if report.Leading {
				leaders++
			}
		}
		if slices.Sort(both); !slices.Equal(both, []int{0, 1, 2, 3}) || leaders != 1 {
			t.Errorf("the processes have the partitions %v, and %d lead", both, leaders)
		}
		if err := fleet[1].queue.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if report := queueReport(t, fleet[1]); report.Error == "" {
			t.Errorf("a process without a queue reports %+v", report)
		}
		if code, body := ask(fleet[1].bot, "/readyz", ""); code != http.StatusServiceUnavailable {
			t.Errorf("a process without a queue is ready: %d %s", code, body)
		}
		for _, b := range fleet {
			stop(t, b.bot)
		}
	})
}

// A queueState is what /statusz says of the queue.
type queueState struct {
	Error              string
	Backlog, Processes int
	Partitions         []int
	Leading            bool
	Leader             string
}

func queueReport(t *testing.T, b *queueBot) queueState {
	t.Helper()
	_, body := ask(b.bot, "/statusz", "application/json")
	var report struct{ Queue queueState }
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		t.Fatal(err)
	}
	return report.Queue
}

// TestQueueStop stops a bot while a handler runs. The bot fetches nothing from then on, while the handler ends in its own time. The next
// process handles what came meanwhile.
func TestQueueStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newQueueRig(t)
		r.handle = func(_ *queueBot, text string) error {
			if text == "long" {
				time.Sleep(5 * time.Second)
			}
			return nil
		}
		var polls atomic.Int64
		memory := r.server.Client().Transport
		b := r.start(telegram.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "/getUpdates") {
				polls.Add(1)
			}
			return memory.RoundTrip(req)
		})}))
		r.say(7, 1, "long")
		time.Sleep(time.Second)
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			stop(t, b.bot)
		}()
		time.Sleep(time.Second)
		before := polls.Load()
		r.say(7, 2, "late")
		time.Sleep(time.Second)
		select {
		case <-stopped:
			t.Error("the bot did not wait for its handler")
		default:
		}
		<-stopped
		if n := polls.Load(); before == 0 || n != before || r.count() != 1 {
			t.Errorf("the bot polled %d times before its stop and %d times until its end, and %d handlers ran", before, n, r.count())
		}
		next := r.start()
		r.settle(next)
		r.check(next, 0, 0)
		if r.count() != 2 {
			t.Errorf("%d handlers ran", r.count())
		}
		stop(t, next.bot)
	})
}
