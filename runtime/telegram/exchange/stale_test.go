package exchange

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// dialWays are connections that can be looked at by a system call, and connections that cannot.
var dialWays = map[string]func(context.Context, string, string) (net.Conn, error){
	"tcp": nil,
	"not a syscall.Conn": func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		return struct{ net.Conn }{c}, err
	},
}

func onEachDialWay(t *testing.T, test func(t *testing.T, config Config)) {
	for name, dial := range dialWays {
		t.Run(name, func(t *testing.T) { test(t, Config{Dial: dial}) })
	}
}

// What a server may do to an idle connection, each time after it has answered. No call fails.
func TestStaleConnections(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(c net.Conn)
		kept  bool
	}{
		"it closes":            {func(c net.Conn) { c.Close() }, false},
		"it resets":            {func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }, false},
		"it closes its half":   {func(c net.Conn) { c.(*net.TCPConn).CloseWrite() }, false},
		"it answers once more": {func(c net.Conn) { io.WriteString(c, okAnswer) }, false},
		"it sends a byte":      {func(c net.Conn) { c.Write([]byte{0}) }, false},
		"it says 408 and closes": {func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
			c.Close()
		}, false},
		"it closes after 50 ms": {func(c net.Conn) {
			c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			c.Read(make([]byte, 1))
			c.Close()
		}, false},
		"nothing": {func(net.Conn) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			onEachWay(t, func(t *testing.T, way func(*Transport) http.RoundTripper) {
				onEachDialWay(t, func(t *testing.T, config Config) {
					spoil, spoiled := make(chan bool), make(chan bool)
					s := &scripted{serve: func(c net.Conn) {
						reader := bufio.NewReader(c)
						for {
							if _, err := readRequest(reader); err != nil {
								return
							}
							io.WriteString(c, okAnswer)
							if <-spoil {
								test.spoil(c)
								spoiled <- true
							}
						}
					}}
					url := s.listen(t)
					transport := newTransport(t, config)
					const calls = 5
					for range calls {
						if _, body := call(t, way(transport), post(t, t.Context(), url)); body != `{"ok":true}` {
							t.Fatalf("body %q", body)
						}
						if idleCount(transport) != 1 {
							t.Fatal("the connection was not kept after a good answer")
						}
						spoil <- true
						<-spoiled
					}
					want := calls
					if test.kept {
						want = 1
					}
					if _, total := s.connections(); total != want {
						t.Errorf("%d connections, want %d", total, want)
					}
					transport.CloseIdleConnections()
				})
			})
		})
	}
}

// A server that closes connections at random, when it has answered or before it does, fails no request that may be repeated.
func TestServerThatClosesAtRandom(t *testing.T) {
	s := &scripted{serve: func(c net.Conn) {
		reader := bufio.NewReader(c)
		for first := true; ; first = false {
			if _, err := readRequest(reader); err != nil || !first && rand.N(5) == 0 {
				return
			}
			io.WriteString(c, okAnswer)
			if rand.N(5) == 0 {
				return
			}
		}
	}}
	url := s.listen(t)
	transport := newTransport(t, Config{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				response, err := transport.RoundTrip(request(t, t.Context(), http.MethodGet, url+testPath, ""))
				if err != nil {
					t.Error(err)
					return
				}
				if body, err := io.ReadAll(response.Body); err != nil || string(body) != `{"ok":true}` {
					t.Errorf("%q, %v", body, err)
				}
				response.Body.Close()
			}
		})
	}
	all.Wait()
}

// Two answers to one request: the second is not taken for the answer to the next.
func TestTwoAnswersToOneRequest(t *testing.T) {
	onEachWay(t, func(t *testing.T, way func(*Transport) http.RoundTripper) {
		s := &scripted{serve: answers(okAnswer + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")}
		url := s.listen(t)
		transport := newTransport(t, Config{})
		for range 20 {
			if _, body := call(t, way(transport), post(t, t.Context(), url)); body != `{"ok":true}` {
				t.Fatalf("body %q", body)
			}
			if idleCount(transport) != 0 {
				t.Fatal("the connection was kept")
			}
		}
	})
}

// The same on a connection that has served a request before.
func TestTwoAnswersOnAUsedConnection(t *testing.T) {
	onEachWay(t, func(t *testing.T, way func(*Transport) http.RoundTripper) {
		s := &scripted{serve: func(c net.Conn) {
			reader := bufio.NewReader(c)
			for answer := okAnswer; ; answer += "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong" {
				if _, err := readRequest(reader); err != nil {
					return
				}
				io.WriteString(c, answer)
			}
		}}
		url := s.listen(t)
		transport := newTransport(t, Config{})
		for n := range 20 {
			if _, body := call(t, way(transport), post(t, t.Context(), url)); body != `{"ok":true}` {
				t.Fatalf("body %q", body)
			}
			if idleCount(transport) != 1-n%2 {
				t.Fatalf("call %d: %d idle connections", n, idleCount(transport))
			}
		}
	})
}

// The server takes a request and closes the connection. Only a request that may be repeated is sent again, and only if the
// connection had been used before.
func TestLostAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*http.Request)
		used   bool
		again  bool
		post   bool // by Post
	}{
		"POST":                       {func(*http.Request) {}, true, false, false},
		"Post":                       {func(*http.Request) {}, true, false, true},
		"Post, new connection":       {func(*http.Request) {}, false, false, true},
		"PUT":                        {func(r *http.Request) { r.Method = "PUT" }, true, false, false},
		"GET":                        {func(r *http.Request) { r.Method = "GET" }, true, true, false},
		"GET, new connection":        {func(r *http.Request) { r.Method = "GET" }, false, false, false},
		"POST with Idempotency-Key":  {func(r *http.Request) { r.Header.Set("Idempotency-Key", "1") }, true, true, false},
		"POST with another such key": {func(r *http.Request) { r.Header.Set("X-Idempotency-Key", "1") }, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int64
			var lose atomic.Bool
			lose.Store(!test.used)
			s := &scripted{serve: func(c net.Conn) {
				reader := bufio.NewReader(c)
				for {
					if _, err := readRequest(reader); err != nil {
						return
					}
					requests.Add(1)
					if lose.Swap(false) {
						return
					}
					io.WriteString(c, okAnswer)
				}
			}}
			url := s.listen(t)
			transport := newTransport(t, Config{})
			if test.used {
				call(t, transport, post(t, t.Context(), url))
				requests.Store(0)
				lose.Store(true)
			}
			r := post(t, t.Context(), url)
			test.change(r)
			way := http.RoundTripper(transport)
			if test.post {
				way = byPost{transport}
			}
			response, err := way.RoundTrip(r)
			if test.again {
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
			} else {
				var e *Error
				if !errors.As(err, &e) || !e.Written || !errors.Is(err, io.EOF) {
					t.Errorf("got %v", err)
				}
			}
			want := int64(1)
			if test.again {
				want = 2
			}
			if n := requests.Load(); n != want {
				t.Errorf("the server saw %d requests, want %d", n, want)
			}
			transport.CloseIdleConnections()
		})
	}
}

// A breakingConn fails a Write after some bytes, when it is told to.
type breakingConn struct {
	net.Conn
	breaks *bool
	after  int
}

var errBroken = errors.New("broken")

func (c breakingConn) Write(p []byte) (int, error) {
	if !*c.breaks {
		return c.Conn.Write(p)
	}
	*c.breaks = false
	n, err := c.Conn.Write(p[:c.after])
	if err == nil {
		err = errBroken
	}
	return n, err
}

// A Write fails. The request is sent again only if no byte of it was written, and the connection had been used before.
func TestFailedWrites(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		after  int
		used   bool
		again  bool
	}{
		"nothing written":                 {"POST", 0, true, true},
		"nothing written, new connection": {"POST", 0, false, false},
		"a byte written":                  {"POST", 1, true, false},
		"a byte of a GET written":         {"GET", 1, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, secure bool) {
				url, config, connections := newServer(t, secure, echo)
				var breaks bool
				config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					c, err := new(net.Dialer).DialContext(ctx, network, address)
					return breakingConn{c, &breaks, test.after}, err
				}
				transport := newTransport(t, config)
				if test.used {
					call(t, transport, post(t, t.Context(), url))
				} else if secure {
					t.Skip("the first Write belongs to the handshake")
				}
				breaks = true
				response, err := transport.RoundTrip(request(t, t.Context(), test.method, url+testPath, testBody))
				if test.again {
					if err != nil {
						t.Fatal(err)
					}
					response.Body.Close()
					if connections.Load() != 2 {
						t.Errorf("%d connections", connections.Load())
					}
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Written != (test.after > 0) || !errors.Is(err, errBroken) {
					t.Errorf("got %#v", err)
				}
				if idleCount(transport) != 0 {
					t.Error("the broken connection was kept")
				}
			})
		})
	}
}
