package recorder

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/telegram/trace"
)

var quiet = slog.New(slog.DiscardHandler)

// A collector is a receiver whose answers a test decides.
type collector struct {
	t *testing.T

	mu       sync.Mutex
	status   int
	updates  []int64
	lost     int
	requests int
	changed  chan struct{} // has room for one signal
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer signal(c.changed)
	if c.requests++; c.status != 0 {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(c.status)
		return
	}
	for decoder := trace.NewDecoder(r.Body); ; {
		record, err := decoder.Decode()
		if err == io.EOF {
			return
		}
		if err != nil {
			c.t.Error(err)
			return
		}
		if c.lost += record.Count; record.Event != trace.Lost {
			c.updates = append(c.updates, record.Update)
		}
	}
}

func (c *collector) answer(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

// await waits until condition is true.
func (c *collector) await(condition func() bool) {
	c.t.Helper()
	patience := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		done := condition()
		c.mu.Unlock()
		if done {
			return
		}
		select {
		case <-c.changed:
		case <-patience:
			c.t.Fatalf("%d requests, %d records, %d lost", c.requests, len(c.updates), c.lost)
		}
	}
}

func newCollector(t *testing.T) (*collector, *Sender) {
	c := &collector{t: t, changed: make(chan struct{}, 1)}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	s, err := New(server.URL, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// Records of many goroutines arrive, each once, and many in one request. Those of one goroutine are in order.
func TestSend(t *testing.T) {
	c, s := newCollector(t)
	s.Start()
	s.Start() // does nothing
	const goroutines, each = 4, 1000
	var all sync.WaitGroup
	for g := range int64(goroutines) {
		all.Go(func() {
			for i := range int64(each) {
				s.Add(trace.Record{Event: trace.Started, Update: g*each + i})
			}
		})
	}
	all.Wait()
	s.Stop()
	s.Stop() // does nothing
	if len(c.updates) != goroutines*each || c.lost != 0 || c.requests > len(c.updates)/10 {
		t.Errorf("%d records and %d lost in %d requests", len(c.updates), c.lost, c.requests)
	}
	next := [goroutines]int64{}
	for _, u := range c.updates {
		if g := u / each; u%each != next[g] {
			t.Fatalf("goroutine %d: record %d, want %d", g, u%each, next[g])
		} else {
			next[g]++
		}
	}
}

// A record is sent soon, without a Stop.
func TestSendSoon(t *testing.T) {
	c, s := newCollector(t)
	s.Start()
	defer s.Stop()
	for i := range 3 {
		s.Add(trace.Record{Update: int64(i)})
		c.await(func() bool { return len(c.updates) == i+1 })
	}
}

// What the receiver refuses is lost, and the next request says how much. Nothing is sent twice.
func TestRefused(t *testing.T) {
	c, s := newCollector(t)
	c.answer(http.StatusInternalServerError)
	s.Start()
	for range 5 {
		s.Add(trace.Record{Update: 1})
	}
	c.await(func() bool { return c.requests > 0 })
	s.Stop() // the other requests, if any, have failed too
	c.answer(0)
	s.Start()
	s.Add(trace.Record{Update: 2})
	s.Stop()
	if c.lost != 5 || len(c.updates) != 1 || c.updates[0] != 2 {
		t.Errorf("%d records are lost, and %v arrived", c.lost, c.updates)
	}
}

// A sender that is full loses the newest records, and counts them. Its memory is bounded by number and by size.
func TestFull(t *testing.T) {
	for name, record := range map[string]trace.Record{
		"many":  {},
		"large": {After: &trace.Value{Data: []byte(`"` + strings.Repeat("x", 100_000) + `"`)}},
	} {
		c, s := newCollector(t)
		const added = 2 * maxWaiting
		for i := range int64(added) {
			record.Update = i
			s.Add(record)
		}
		kept := len(s.waiting)
		if kept != min(maxWaiting, maxBytes/sizeOf(&record)) || s.bytes > maxBytes {
			t.Errorf("%s: %d records of %d bytes are kept", name, kept, s.bytes)
		}
		s.Start()
		c.await(func() bool { return len(c.updates) == kept })
		s.Stop()
		if c.lost != added-kept || c.updates[0] != 0 || c.updates[kept-1] != int64(kept)-1 || s.bytes != 0 {
			t.Errorf("%s: %d are lost, and %d bytes remain", name, c.lost, s.bytes)
		}
	}
}

// A record that is too large for a line is lost alone.
func TestTooLarge(t *testing.T) {
	c, s := newCollector(t)
	s.Add(trace.Record{Update: 1, After: &trace.Value{Data: []byte(`"` + strings.Repeat("x", trace.MaxRecord) + `"`)}})
	s.Add(trace.Record{Update: 2})
	s.Start()
	c.await(func() bool { return len(c.updates) == 1 })
	s.Add(trace.Record{Update: 3})
	s.Stop()
	if c.lost != 1 || len(c.updates) != 2 {
		t.Errorf("%d are lost, and %v arrived", c.lost, c.updates)
	}
}

// A receiver that does not answer holds up a stop for a second, and Add not at all.
func TestHangs(t *testing.T) {
	asked, held := make(chan struct{}, 10), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-held
	}))
	defer server.Close()
	defer close(held)
	s, err := New(server.URL, quiet)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	s.Add(trace.Record{})
	<-asked
	for range 2 * maxWaiting {
		s.Add(trace.Record{})
	}
	began := time.Now()
	s.Stop()
	if took := time.Since(began); took < flushTime/2 || took > 10*flushTime {
		t.Errorf("the stop took %v", took)
	}
	if s.lost == 0 {
		t.Error("nothing is lost")
	}
}

// Nothing is sent to another machine: not by a redirect, not over a proxy, and not if a name of this machine stands for another one.
func TestOnlyHere(t *testing.T) {
	if _, err := New("http://example.com", quiet); err == nil {
		t.Error("the sender takes another machine")
	}
	for _, address := range []string{"192.0.2.1:80", "[2001:db8::1]:80", "0.0.0.0:80", "nonsense"} {
		if onlyLoopback("tcp", address, nil) == nil {
			t.Errorf("%s counts as this machine", address)
		}
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the records are sent on") }))
	defer elsewhere.Close()
	t.Setenv("HTTP_PROXY", elsewhere.URL)
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer here.Close()
	s, err := New(here.URL, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.post(context.Background(), []byte("{}\n")); err == nil || !strings.Contains(err.Error(), "307") {
		t.Errorf("a redirect: %v", err)
	}
}

// A failure is logged once until a request succeeds, without the path of the URL.
func TestLog(t *testing.T) {
	c, _ := newCollector(t)
	server := httptest.NewServer(c)
	defer server.Close()
	var log strings.Builder
	s, err := New(server.URL+"/secret", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{500, 500, 0, 500} {
		c.answer(status)
		s.Add(trace.Record{})
		s.send(t.Context())
	}
	server.CloseClientConnections()
	server.Close()
	s.Add(trace.Record{})
	s.failing = false
	s.send(t.Context())
	if n := strings.Count(log.String(), "records of the trace are lost"); n != 3 || strings.Contains(log.String(), "secret") {
		t.Errorf("the log has %d lines:\n%s", n, log.String())
	}
}
