package exchange

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A strange server answers each request with the body of the request, and does so in a way that it draws.
type strange struct {
	mu   sync.Mutex
	seen map[string]int // how often a path was requested
}

func (s *strange) serve(c net.Conn) {
	reader := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.seen[r.URL.Path]++
		s.mu.Unlock()
		how := rand.N(12)
		if how == 0 { // before the body was read
			fmt.Fprintf(c, "HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n%s", len(r.URL.Path), r.URL.Path)
			if rand.N(2) == 0 {
				return
			}
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		switch answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body); how {
		case 0:
		case 1: // too much
			io.WriteString(c, answer+"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
		case 2: // too much, and later
			io.WriteString(c, answer)
			io.WriteString(c, "wrong")
		case 3:
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+answer)
		case 4:
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
			io.WriteString(c, answer)
		case 5: // in parts
			for len(answer) > 0 {
				n := min(1+rand.N(4<<10), len(answer))
				io.WriteString(c, answer[:n])
				answer = answer[n:]
			}
		case 6:
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		case 7: // after the answer
			io.WriteString(c, answer)
			return
		case 8: // before the answer
			return
		case 9: // in the answer
			io.WriteString(c, answer[:rand.N(len(answer))])
			return
		default:
			io.WriteString(c, answer)
		}
	}
}

// Many calls at once, some of them cancelled, to a server that answers in all the ways that an answer may come, and breaks
// connections at every moment. Each answer is that to its call. No request is sent twice. No buffer is in two hands,
// and no connection is left.
func TestPostToAStrangeServer(t *testing.T) {
	for name, where := range map[string]struct{ network, address string }{
		"IPv4": {"tcp", "127.0.0.1:0"},
		"IPv6": {"tcp", "[::1]:0"},
		"Unix": {"unix", filepath.Join(t.TempDir(), "s")},
	} {
		t.Run(name, func(t *testing.T) {
			strange := &strange{seen: make(map[string]int)}
			s := &scripted{serve: strange.serve}
			l, err := net.Listen(where.network, where.address)
			if err != nil {
				t.Skip(err)
			}
			stop := sync.OnceFunc(s.accept(l))
			defer stop()
			config, host := Config{Proxy: noProxy}, l.Addr().String()
			if where.network == "unix" {
				host = "api.example"
				config.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, where.network, l.Addr().String())
				}
			}
			transport := New(config)
			endpoint := transport.Endpoint("http://"+host, nil)
			var all sync.WaitGroup
			for caller := range 16 {
				all.Go(func() {
					for n := range 100 {
						strangeCall(t, endpoint, fmt.Sprintf("/%d/%d", caller, n))
					}
				})
			}
			all.Wait()
			transport.CloseIdleConnections()
			eventually(t, func() error {
				if open, _ := s.connections(); open > 0 {
					return fmt.Errorf("%d connections are left", open)
				}
				return nil
			})
			checkBuffers(t, transport)
			stop()
			for path, n := range strange.seen {
				if n > 1 {
					t.Errorf("%s was requested %d times", path, n)
				}
			}
		})
	}
}

func strangeCall(t *testing.T, endpoint *Endpoint, path string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var deadline time.Time
	switch rand.N(8) {
	case 0:
		defer time.AfterFunc(rand.N(2*time.Millisecond), cancel).Stop()
	case 1:
		deadline = time.Now().Add(rand.N(2 * time.Millisecond))
	case 2:
		deadline = time.Now().Add(time.Minute)
	}
	size := 1 + rand.N(200)
	if rand.N(4) == 0 {
		size = 1 + rand.N(maxBody)
	}
	body := strings.Repeat(path+" ", size/len(path)+1)[:size]
	a, err := endpoint.Post(ctx, deadline, []byte(body), readAll, path)
	switch {
	case errors.Is(err, context.Canceled):
		if ctx.Err() == nil {
			t.Errorf("%s: %v, and nobody has cancelled it", path, err)
		}
	case errors.Is(err, context.DeadlineExceeded):
		if deadline.IsZero() || time.Until(deadline) > 0 {
			t.Errorf("%s: %v before the deadline", path, err)
		}
	case err != nil:
		var e *Error
		if !errors.As(err, &e) || !e.Written {
			t.Errorf("%s: %v", path, err)
		}
	case a.StatusCode == http.StatusOK && string(a.Body) != body:
		t.Errorf("%s: another answer: %.100q of %d bytes, want %d", path, a.Body, len(a.Body), len(body))
	case a.StatusCode == http.StatusRequestEntityTooLarge && string(a.Body) != path:
		t.Errorf("%s: another answer: %.100q", path, a.Body)
	case a.StatusCode != http.StatusOK && a.StatusCode != http.StatusRequestEntityTooLarge:
		t.Errorf("%s: status %d", path, a.StatusCode)
	}
}

// checkBuffers empties the buffers of a transport without calls. None is there twice.
func checkBuffers(t *testing.T, transport *Transport) {
	t.Helper()
	transport.buffers.New = nil
	buffers, memory := make(map[*[]byte]bool), make(map[*byte]bool)
	for {
		buffer, _ := transport.buffers.Get().(*[]byte)
		if buffer == nil {
			break
		}
		first := &(*buffer)[:1][0]
		if buffers[buffer] || memory[first] {
			t.Error("a buffer was put back twice")
		}
		buffers[buffer], memory[first] = true, true
	}
}
