package exchange

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	testPath  = "/bot" + testToken + "/sendMessage"
	testBody  = `{"chat_id":1,"text":"hello"}`
)

// post is a call as a bot makes it.
func post(tb testing.TB, ctx context.Context, url string) *http.Request {
	return request(tb, ctx, http.MethodPost, url+testPath, testBody)
}

func request(tb testing.TB, ctx context.Context, method, url, body string) *http.Request {
	tb.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

// call makes a request and returns the body of its answer.
func call(tb testing.TB, t http.RoundTripper, r *http.Request) (*http.Response, string) {
	tb.Helper()
	response, err := t.RoundTrip(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return response, string(body)
}

// postBefore is RoundTripBefore by a Post.
func postBefore(t *Transport, r *http.Request, deadline time.Time) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	a, err := t.Endpoint(r.URL.Scheme+"://"+r.URL.Host, r.Header).Post(r.Context(), deadline, body, readAll, r.URL.Path)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.StatusCode, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body))}, nil
}

// byPost makes requests by Post.
type byPost struct{ *Transport }

func (p byPost) RoundTrip(r *http.Request) (*http.Response, error) {
	return postBefore(p.Transport, r, time.Time{})
}

// onEachWay runs a test with the two ways to make a request.
func onEachWay(t *testing.T, test func(t *testing.T, way func(*Transport) http.RoundTripper)) {
	t.Run("RoundTrip", func(t *testing.T) { test(t, func(transport *Transport) http.RoundTripper { return transport }) })
	t.Run("Post", func(t *testing.T) { test(t, func(transport *Transport) http.RoundTripper { return byPost{transport} }) })
}

// readAll reads the body of an answer to a Post.
func readAll(body io.Reader, _ int64) ([]byte, error) { return io.ReadAll(io.LimitReader(body, 1<<20)) }

// newTransport makes a transport whose connections are closed after the test.
func newTransport(tb testing.TB, config Config) *Transport {
	t := New(config)
	tb.Cleanup(t.CloseIdleConnections)
	return t
}

// idleCount is how many connections t keeps.
func idleCount(t *Transport) int {
	t.pool.mu.Lock()
	defer t.pool.mu.Unlock()
	return t.pool.count
}

// A scripted server runs a function for each of its connections, over TCP or over pipes.
type scripted struct {
	serve func(c net.Conn)
	all   sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	total int
}

func (s *scripted) run(c net.Conn) {
	s.mu.Lock()
	if s.open == nil {
		s.open = make(map[net.Conn]struct{})
	}
	s.open[c] = struct{}{}
	s.total++
	s.mu.Unlock()
	s.all.Go(func() {
		s.serve(c)
		c.Close()
		s.mu.Lock()
		delete(s.open, c)
		s.mu.Unlock()
	})
}

func (s *scripted) connections() (open, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open), s.total
}

// dial is for Config.Dial: the connection is a pipe.
func (s *scripted) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	s.run(server)
	return client, nil
}

// listen serves on a port of the loopback until the end of the test, and returns its URL.
func (s *scripted) listen(tb testing.TB) (url string) {
	tb.Helper()
	url, stop := s.listening(tb)
	tb.Cleanup(stop)
	return url
}

// listening is listen until stop is called.
func (s *scripted) listening(tb testing.TB) (url string, stop func()) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return "http://" + l.Addr().String(), s.accept(l)
}

// accept serves the connections of l until stop is called.
func (s *scripted) accept(l net.Listener) (stop func()) {
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.run(c)
		}
	})
	return func() {
		l.Close()
		accepting.Wait()
		s.mu.Lock()
		for c := range s.open {
			c.Close()
		}
		s.mu.Unlock()
		s.all.Wait()
	}
}

// readRequest reads a request and its body.
func readRequest(r *bufio.Reader) (*http.Request, error) {
	request, err := http.ReadRequest(r)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, request.Body)
	return request, err
}

// answers serves a connection with the same answer to each request.
func answers(answer string) func(net.Conn) {
	return func(c net.Conn) {
		reader := bufio.NewReader(c)
		for {
			if _, err := readRequest(reader); err != nil {
				return
			}
			if _, err := io.WriteString(c, answer); err != nil {
				return
			}
		}
	}
}

// overTLS serves a connection over TLS.
func overTLS(config *tls.Config, serve func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) { serve(tls.Server(c, config)) }
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"
