package telegram

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/prompt"
)

// prompting calls prompt from two goroutines until the test ends.
func prompting(t *testing.T, prompt func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for ctx.Err() == nil {
				prompt()
				runtime.Gosched()
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		all.Wait()
	})
}

// A poller that is prompted all the time, even during a TLS handshake, fetches every update.
func TestPromptedPoller(t *testing.T) {
	updates := newBotServer(100)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, err := updates.RoundTrip(r)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer response.Body.Close()
		io.Copy(w, response.Body)
	}))
	defer server.Close()
	p, err := NewPoller(PollerConfig{Token: testToken, APIURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	p.own.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	defer p.own.CloseIdleConnections()
	prompting(t, p.Prompt)
	next := int64(100)
	for range 200 {
		updates.push(3)
		for range 3 {
			got := fetch(t, p, 1)
			wantIDs(t, got, next)
			done(p, got...)
			next++
		}
		if rand.IntN(50) == 0 {
			server.CloseClientConnections()
		}
	}
	if failures := p.Stats().Failures; failures > 0 {
		t.Logf("%d polls failed when their connection was closed", failures)
	}
}

// A deadlines connection records that a read deadline was set.
type deadlines struct {
	net.Conn
	set    atomic.Bool
	closed chan struct{}
}

// Read waits until closed is closed.
func (d *deadlines) Read([]byte) (int, error) {
	<-d.closed
	return 0, io.EOF
}

func (d *deadlines) SetReadDeadline(time.Time) error {
	d.set.Store(true)
	return nil
}

// A bot prompts its poller when its workers are busy and few updates wait.
func TestBotPromptsItsPoller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	synctest.Test(t, func(t *testing.T) {
		bot, err := New(Config{Workers: 1, Concurrency: 1, Dispatch: func(context.Context, *Event) error {
			time.Sleep(time.Millisecond)
			return nil
		}}, WithToken(testToken))
		if err != nil {
			t.Fatal(err)
		}
		conn := &deadlines{closed: make(chan struct{})}
		defer close(conn.closed)
		line := &prompt.Conn{Conn: conn}
		go line.Read(make([]byte, 1))
		synctest.Wait()
		bot.poller.line.Store(line)
		var updates []*Envelope
		for id := range int64(5) {
			u, err := NewEnvelope([]byte(message(id+1, "hello")))
			if err != nil {
				t.Fatal(err)
			}
			updates = append(updates, u)
		}
		if _, err := bot.sink.Put(t.Context(), updates, func(*Envelope, error) {}); err != nil {
			t.Fatal(err)
		}
		if err := bot.sink.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !conn.set.Load() {
			t.Error("the poller was not prompted")
		}
	})
}
