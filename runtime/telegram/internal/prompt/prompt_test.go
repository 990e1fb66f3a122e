package prompt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
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
func TestConnReads(t *testing.T) {
	near, far := tcpPair(t)
	conn := &Conn{Conn: near}
	prompting(t, conn.Prompt)
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
func TestConnWaits(t *testing.T) {
	near, far := tcpPair(t)
	conn := &Conn{Conn: near}
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
		until("the reader was not prompted", func() bool { conn.Prompt(); return conn.prompted.Load() })
		until("the reader did not look", func() bool { return !conn.prompted.Load() })
	}
	if _, err := far.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	near.Close()
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the read ended with %v", err)
	}
	conn.Prompt() // does nothing on a closed connection
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
