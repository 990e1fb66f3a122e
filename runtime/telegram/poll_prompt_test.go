package telegram

import (
	"bytes"
	"context"
	"errors"
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

// A reader that is prompted all the time reads exactly what was written, and then io.EOF.
func TestPromptConnReads(t *testing.T) {
	near, far := tcpPair(t)
	conn := &promptConn{Conn: near}
	prompting(t, conn.prompt)
	sent := make([]byte, 1<<20)
	for i := range sent {
		sent[i] = byte(rand.Uint32())
	}
	go func() {
		defer far.Close()
		for rest := sent; len(rest) > 0; {
			n := min(len(rest), 1+rand.IntN(4<<10))
			if _, err := far.Write(rest[:n]); err != nil {
				t.Errorf("writing: %v", err)
				return
			}
			rest = rest[n:]
			if rand.IntN(20) == 0 {
				time.Sleep(time.Millisecond) // long enough for the reader to wait
			}
		}
	}()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("read %d bytes of %d: %v", len(got), len(sent), err)
	}
}

// A waiting reader that is prompted goes on waiting. Closing the connection ends it.
func TestPromptConnWaits(t *testing.T) {
	near, far := tcpPair(t)
	conn := &promptConn{Conn: near}
	read := make(chan error, 1)
	go func() {
		n, err := conn.Read(make([]byte, 8))
		if n == 1 {
			_, err = conn.Read(make([]byte, 8))
		}
		read <- err
	}()
	until := func(what string, ok func() bool) {
		for end := time.Now().Add(10 * time.Second); !ok(); runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	for range 3 {
		until("the reader was not prompted", func() bool { conn.prompt(); return conn.prompted.Load() })
		until("the reader did not look", func() bool { return !conn.prompted.Load() })
	}
	if _, err := far.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	near.Close()
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the read ended with %v", err)
	}
	conn.prompt() // does nothing on a closed connection
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

// tcpPair returns the two ends of a TCP connection.
func tcpPair(t *testing.T) (near, far net.Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if near, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, far
}

// A deadlines connection records that a read deadline was set.
type deadlines struct {
	net.Conn
	set atomic.Bool
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
		conn := new(deadlines)
		line := &promptConn{Conn: conn}
		line.reading.Store(true)
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
