package exchange

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// newServer starts a server of net/http, with TLS or without, and counts its connections.
func newServer(t *testing.T, secure bool, handler http.HandlerFunc) (url string, config Config, connections *atomic.Int64) {
	s := httptest.NewUnstartedServer(handler)
	connections = new(atomic.Int64)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	if secure {
		s.StartTLS()
		_, config.TLS = certificates()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.URL, config, connections
}

// echo answers with the body that it read.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Write(body)
}

func onBoth(t *testing.T, test func(t *testing.T, secure bool)) {
	t.Run("plain", func(t *testing.T) { test(t, false) })
	t.Run("tls", func(t *testing.T) { test(t, true) })
}

func TestCallsUseOneConnectionAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, secure bool) {
		url, config, connections := newServer(t, secure, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"), body)
		})
		transport := newTransport(t, config)
		for range 100 {
			response, body := call(t, transport, post(t, t.Context(), url))
			if want := "POST " + testPath + " application/json " + testBody; response.StatusCode != 200 || body != want {
				t.Fatalf("%s %q, want %q", response.Status, body, want)
			}
			if secure != (response.TLS != nil) || secure && response.TLS.Version != tls.VersionTLS13 {
				t.Fatalf("TLS state %v", response.TLS)
			}
		}
		if n := connections.Load(); n != 1 {
			t.Errorf("%d connections for calls one after another", n)
		}
	})
}

func TestManyCallsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, secure bool) {
		url, config, _ := newServer(t, secure, echo)
		transport := newTransport(t, config)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				for j := range 40 {
					text := strings.Repeat(fmt.Sprint(i, " ", j, ";"), 1+i*j)
					r := request(t, t.Context(), http.MethodPut, url, text)
					response, err := transport.RoundTrip(r)
					if err != nil {
						t.Error(err)
						return
					}
					body, err := io.ReadAll(response.Body)
					response.Body.Close()
					if err != nil || string(body) != text {
						t.Errorf("%d bytes came back of %d: %v", len(body), len(text), err)
						return
					}
				}
			})
		}
		all.Wait()
		if n := idleCount(transport); n == 0 || n > 50 {
			t.Errorf("%d connections are idle", n)
		}
	})
}

// Every kind of answer, and whether its connection is used again.
func TestAnswers(t *testing.T) {
	const long = 1 << 20
	for _, test := range []struct {
		name, method string
		handler      http.HandlerFunc
		status       int
		body         string
		reused       bool
	}{
		{"length", "GET", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, 200, "hello", true},
		{"no body", "GET", func(http.ResponseWriter, *http.Request) {}, 200, "", true},
		{"chunked", "GET", func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				io.WriteString(w, "hello")
				w.(http.Flusher).Flush()
			}
		}, 200, "hellohellohello", true},
		{"long", "GET", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.Repeat("x", long))
		}, 200, strings.Repeat("x", long), true},
		{"HEAD", "HEAD", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "5") }, 200, "", true},
		{"204", "POST", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, "", true},
		{"304", "GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, 304, "", true},
		{"100 and 103", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(100)
			w.WriteHeader(103)
			io.WriteString(w, "hello")
		}, 200, "hello", true},
		{"close", "GET", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			io.WriteString(w, "hello")
		}, 200, "hello", false},
		{"429", "POST", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) }, http.StatusTooManyRequests, "slow down\n", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, secure bool) {
				url, config, _ := newServer(t, secure, test.handler)
				transport := newTransport(t, config)
				response, body := call(t, transport, request(t, t.Context(), test.method, url, ""))
				if response.StatusCode != test.status || body != test.body {
					t.Errorf("%d with %d bytes, want %d with %d", response.StatusCode, len(body), test.status, len(test.body))
				}
				if reused := idleCount(transport) == 1; reused != test.reused {
					t.Errorf("connection kept: %v", reused)
				}
			})
		})
	}
}

func TestHTTP10Answers(t *testing.T) {
	for _, test := range []struct {
		head   string
		reused bool
	}{
		{"HTTP/1.0 200 OK\r\n\r\n", false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", true},
	} {
		s := &scripted{serve: func(c net.Conn) {
			buf := make([]byte, 4<<10)
			c.Read(buf)
			io.WriteString(c, test.head+"hello")
			if test.reused {
				c.Read(buf)
			}
		}}
		transport := newTransport(t, Config{})
		if _, body := call(t, transport, post(t, t.Context(), s.listen(t))); body != "hello" {
			t.Errorf("%q: body %q", test.head, body)
		}
		if reused := idleCount(transport) == 1; reused != test.reused {
			t.Errorf("%q: connection kept: %v", test.head, reused)
		}
		transport.CloseIdleConnections()
	}
}

// A body that is closed early gives the connection back if its rest has come already, and no reader of it ever blocks.
func TestEarlyClose(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		reused       bool
	}{
		{"the rest has come", okAnswer, true},
		{"the rest has come in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", true},
		{"the rest is missing", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello", false},
		{"the last chunk is missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &scripted{serve: answers(test.answer)}
			transport := newTransport(t, Config{})
			response, err := transport.RoundTrip(post(t, t.Context(), s.listen(t)))
			if err != nil {
				t.Fatal(err)
			}
			var one [1]byte
			if _, err := response.Body.Read(one[:]); err != nil {
				t.Fatal(err)
			}
			if err := response.Body.Close(); err != nil {
				t.Error(err)
			}
			if reused := idleCount(transport) == 1; reused != test.reused {
				t.Errorf("connection kept: %v", reused)
			}
			if n, err := response.Body.Read(one[:]); n != 0 || err == nil || err == io.EOF {
				t.Errorf("a closed body gave %d bytes, %v", n, err)
			}
			if err := response.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The end of a body is enough to give the connection back, and what is done to the body later does not touch it.
func TestEndOfBodyGivesBack(t *testing.T) {
	s := &scripted{serve: answers(okAnswer)}
	transport := newTransport(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	url := s.listen(t)
	response, err := transport.RoundTrip(post(t, ctx, url))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	cancel()
	call(t, transport, post(t, t.Context(), url))
	response.Body.Close()
	call(t, transport, post(t, t.Context(), url))
	if _, total := s.connections(); total != 1 {
		t.Errorf("%d connections", total)
	}
}

// A body whose context ends after its last byte came can be read to the end. Its connection is lost.
func TestContextEndsAfterTheAnswer(t *testing.T) {
	gone := make(chan bool)
	s := &scripted{serve: func(c net.Conn) {
		answers(okAnswer)(c) // until the connection is closed
		close(gone)
	}}
	transport := newTransport(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	response, err := transport.RoundTrip(post(t, ctx, s.listen(t)))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-gone
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != `{"ok":true}` {
		t.Errorf("%q, %v", body, err)
	}
	response.Body.Close()
	if idleCount(transport) != 0 {
		t.Error("the connection was kept")
	}
}

// What comes to be idle after CloseIdleConnections is closed too, until the next request.
func TestCloseIdleConnections(t *testing.T) {
	s := &scripted{serve: answers(okAnswer)}
	url := s.listen(t)
	transport := newTransport(t, Config{})
	response, err := transport.RoundTrip(post(t, t.Context(), url))
	if err != nil {
		t.Fatal(err)
	}
	transport.CloseIdleConnections()
	response.Body.Close()
	if idleCount(transport) != 0 {
		t.Error("the connection was kept")
	}
	call(t, transport, post(t, t.Context(), url))
	if idleCount(transport) != 1 {
		t.Error("the connection was not kept")
	}
	transport.CloseIdleConnections()
	if idleCount(transport) != 0 {
		t.Error("the connection was kept")
	}
}

// A Close in one goroutine ends a Read in another.
func TestCloseEndsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{serve: after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")}
		transport := New(Config{Dial: s.dial})
		response, err := transport.RoundTrip(post(t, t.Context(), "http://api.example"))
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error)
		go func() {
			_, err := io.ReadAll(response.Body)
			read <- err
		}()
		synctest.Wait() // the Read blocks
		response.Body.Close()
		if err := <-read; err == nil {
			t.Error("the body was read to its end")
		}
		s.all.Wait() // the connection is closed
	})
}

// Connections that are not kept, although the server would go on.
func TestConnectionsThatAreNotKept(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		change func(*http.Request)
	}{
		"the request says close": {okAnswer, func(r *http.Request) { r.Close = true }},
		"the answer says close":  {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", func(*http.Request) {}},
		"status below 100":       {"HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello", func(*http.Request) {}},
		"more than a body":       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world", func(*http.Request) {}},
		"a body after HEAD":      {okAnswer, func(r *http.Request) { r.Method = http.MethodHead }},
	} {
		s := &scripted{serve: answers(test.answer)}
		transport := newTransport(t, Config{})
		r := post(t, t.Context(), s.listen(t))
		test.change(r)
		call(t, transport, r)
		if idleCount(transport) != 0 {
			t.Errorf("%s: the connection was kept", name)
		}
	}
}
