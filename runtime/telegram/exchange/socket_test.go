package exchange

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// onlyIdle returns the only idle connection of a transport, which keeps it. It skips the test where there are no sockets.
func onlyIdle(t *testing.T, transport *Transport) *conn {
	t.Helper()
	transport.pool.mu.Lock()
	defer transport.pool.mu.Unlock()
	for _, stack := range transport.pool.idle {
		if len(stack) == 1 {
			if !stack[0].socket.works() {
				t.Skip("there are no sockets here")
			}
			return stack[0]
		}
	}
	t.Fatal("not one idle connection")
	return nil
}

// smallBuffer dials connections whose kernel takes little of what the server does not read.
func smallBuffer(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return c, err
}

// A writeSignal tells that Write is called.
type writeSignal struct {
	net.Conn
	once   sync.Once
	called chan struct{}
}

func (w *writeSignal) Write(p []byte) (int, error) {
	w.once.Do(func() { close(w.called) })
	return w.Conn.Write(p)
}

// The kernel takes a part of the request, and the rest only when the server reads. The server gets the whole request, once. If the
// server closes the connection instead, or the call is cancelled, the request is not sent again.
func TestRequestInParts(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", maxBody/16)
	for _, test := range []string{"the server reads", "the server closes", "the call is cancelled"} {
		t.Run(test, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			writes := &writeSignal{called: make(chan struct{})}
			got := make(chan string, 1)
			s := &scripted{serve: func(c net.Conn) {
				c.(*net.TCPConn).SetReadBuffer(4 << 10)
				reader := bufio.NewReader(c)
				if _, err := readRequest(reader); err != nil {
					t.Error(err)
					return
				}
				io.WriteString(c, okAnswer)
				select {
				case <-writes.called:
				case <-t.Context().Done():
					return
				}
				switch test {
				case "the server reads":
					r, err := http.ReadRequest(reader)
					if err != nil {
						t.Error(err)
						return
					}
					text, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					got <- string(text)
					io.WriteString(c, okAnswer)
				case "the call is cancelled":
					cancel()
					<-t.Context().Done()
				}
			}}
			transport := newTransport(t, Config{Dial: smallBuffer, Proxy: noProxy})
			endpoint := transport.Endpoint(s.listen(t), nil)
			if _, err := endpoint.Post(ctx, time.Time{}, []byte(testBody), readAll, testPath); err != nil {
				t.Fatal(err)
			}
			c := onlyIdle(t, transport)
			writes.Conn, c.raw.Conn = c.raw.Conn, writes
			a, err := endpoint.Post(ctx, time.Time{}, []byte(body), readAll, testPath)
			if _, total := s.connections(); total != 1 {
				t.Errorf("%d connections", total)
			}
			if test == "the server reads" {
				if err != nil || string(a.Body) != `{"ok":true}` {
					t.Fatalf("%q, %v", a.Body, err)
				}
				if <-got != body {
					t.Error("the server got another body")
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || !e.Written || errors.Is(err, context.Canceled) != (test == "the call is cancelled") {
				t.Errorf("got %v", err)
			}
			if idleCount(transport) != 0 {
				t.Error("the connection was kept")
			}
		})
	}
}

// No byte can be written on a connection that looks open. The request is sent on another one.
func TestRequestThatCannotBeWritten(t *testing.T) {
	s := &scripted{serve: func(c net.Conn) {
		answers(okAnswer)(c)
		<-t.Context().Done() // the connection stays open
	}}
	transport := newTransport(t, Config{Proxy: noProxy})
	url := s.listen(t)
	call(t, byPost{transport}, post(t, t.Context(), url))
	if err := onlyIdle(t, transport).raw.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	call(t, byPost{transport}, post(t, t.Context(), url))
	if _, total := s.connections(); total != 2 {
		t.Errorf("%d connections", total)
	}
}

// A wait for the answer on a connection that has served a request before ends with the context and with the deadline.
func TestEndOfAWait(t *testing.T) {
	for _, deadline := range []bool{false, true} {
		var lose atomic.Bool
		lost := make(chan struct{}, 1)
		s := &scripted{serve: func(c net.Conn) {
			reader := bufio.NewReader(c)
			for {
				if _, err := readRequest(reader); err != nil {
					return
				}
				if lose.Load() {
					lost <- struct{}{}
					continue
				}
				io.WriteString(c, okAnswer)
			}
		}}
		transport := newTransport(t, Config{Proxy: noProxy})
		url := s.listen(t)
		call(t, byPost{transport}, post(t, t.Context(), url))
		lose.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		want, at := context.Canceled, time.Time{}
		if deadline {
			want, at = context.DeadlineExceeded, time.Now().Add(100*time.Millisecond)
		} else {
			go func() {
				<-lost
				cancel()
			}()
		}
		_, err := postBefore(transport, post(t, ctx, url), at)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if e != nil && e.Written && e.Doing != "waiting for the answer of" { // on a busy machine, the deadline may pass before
			t.Errorf("got %v", err)
		}
		if idleCount(transport) != 0 {
			t.Error("the connection was kept")
		}
		cancel()
		lose.Store(false)
		call(t, byPost{transport}, post(t, t.Context(), url))
	}
}
