package telegram

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/tggen/tggen/runtime/telegram/exchange"
)

const okAnswer = `{"ok":true,"result":true}`

// A countingListener counts the connections that are open.
type countingListener struct {
	net.Listener
	open, total atomic.Int64
	closed      chan struct{} // receives when the server closed one; may be nil
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.open.Add(1)
	l.total.Add(1)
	return &countedConn{Conn: c, listener: l}, nil
}

type countedConn struct {
	net.Conn
	listener *countingListener
	once     sync.Once
}

func (c *countedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.listener.open.Add(-1)
		if c.listener.closed != nil {
			c.listener.closed <- struct{}{}
		}
	})
	return err
}

// newCountedServer starts a server whose connections are counted.
func newCountedServer(t *testing.T, handler http.HandlerFunc, change func(*http.Server, *countingListener)) (url string, l *countingListener) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	l = &countingListener{Listener: server.Listener}
	server.Listener = l
	if change != nil {
		change(server.Config, l)
	}
	server.Start()
	t.Cleanup(server.Close)
	return server.URL, l
}

func callOnce(t *testing.T, c *Client) error {
	_, err := c.RequestWithContext(t.Context(), testToken, "sendMessage", map[string]any{"chat_id": int64(1), "text": "a"}, nil)
	if err != nil {
		noToken(t, err.Error())
	}
	return err
}

// A server closes idle connections after 50 ms, or at random after an answer, without a word. A call that comes later does
// not fail: net/http would have noticed the end of the connection, too.
func TestClientAndClosedConnections(t *testing.T) {
	const calls = 60
	for name, test := range map[string]struct {
		change func(*http.Server, *countingListener)
		after  func(http.ResponseWriter) bool // ends the connection, and reports whether it does
	}{
		"after 50 ms": {change: func(s *http.Server, _ *countingListener) { s.IdleTimeout = 50 * time.Millisecond }},
		"at random": {after: func(w http.ResponseWriter) bool {
			if rand.N(2) == 0 {
				return false
			}
			c, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(okAnswer), okAnswer)
			buf.Flush()
			c.Close()
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			url, l := newCountedServer(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				if test.after == nil || !test.after(w) {
					io.WriteString(w, okAnswer)
				}
			}, func(s *http.Server, l *countingListener) {
				l.closed = make(chan struct{}, calls)
				if test.change != nil {
					test.change(s, l)
				}
			})
			c := newTestClient(t, ClientConfig{APIURL: url})
			for i := range calls {
				if err := callOnce(t, c); err != nil {
					t.Fatal(err)
				}
				if name == "after 50 ms" && i%10 == 0 {
					<-l.closed
				}
				select { // net/http has no time to notice a connection that is just being closed, either
				case <-l.closed:
				case <-time.After(2 * time.Millisecond):
				}
			}
			if n := l.total.Load(); n < 5 || n == calls {
				t.Errorf("%d connections for %d calls", n, calls)
			}
			c.CloseIdleConnections()
		})
	}
}

// 10,000 calls are cancelled while they wait for the answer. Each returns soon, and neither a goroutine nor a connection is left.
func TestClientCancelledCalls(t *testing.T) {
	const callers, each = 4, 2500
	before := runtime.NumGoroutine()
	ended := make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &countingListener{Listener: l}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				close(ended)
				return
			}
			serving.Go(func() { // it reads and never answers
				io.Copy(io.Discard, c)
				c.Close()
			})
		}
	})
	client := newTestClient(t, ClientConfig{APIURL: "http://" + l.Addr().String()})
	var all sync.WaitGroup
	took := make([][]time.Duration, callers)
	for k := range callers {
		all.Go(func() {
			for range each {
				ctx, cancel := context.WithCancel(t.Context())
				var at time.Time
				timer := time.AfterFunc(rand.N(2*time.Millisecond), func() {
					at = time.Now()
					cancel()
				})
				_, err := client.RequestWithContext(ctx, testToken, "sendMessage", map[string]any{"text": "a"}, nil)
				returned := time.Now()
				<-ctx.Done() // so that at is set
				timer.Stop()
				took[k] = append(took[k], returned.Sub(at))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
				noToken(t, err.Error())
			}
		})
	}
	all.Wait()
	durations := slices.Concat(took...)
	slices.Sort(durations)
	if median := durations[len(durations)/2]; median > 10*time.Millisecond {
		t.Errorf("half of the calls return %v after they are cancelled, or later", median)
	}
	t.Logf("%d calls, median %v, p99 %v", len(durations), durations[len(durations)/2], durations[len(durations)*99/100])
	client.CloseIdleConnections()
	eventually(t, "a connection is left", func() bool { return listener.open.Load() == 0 })
	l.Close()
	<-ended
	serving.Wait()
	eventually(t, "a goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

// eventually waits until a condition holds.
func eventually(t *testing.T, otherwise string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}

// A server with a certificate that only the author's HTTP client trusts is reached by that client, and by no other. No byte
// of a request is sent to a server that is not trusted.
func TestClientSelfSignedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, okAnswer) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := newTestClient(t, ClientConfig{APIURL: server.URL, HTTPClient: server.Client()})
	if err := callOnce(t, c); err != nil {
		t.Error(err)
	}
	c = newTestClient(t, ClientConfig{APIURL: server.URL})
	err := callOnce(t, c)
	var failed *exchange.Error
	if !errors.As(err, &failed) || failed.Written {
		t.Errorf("got %v", err)
	}
}

// A password in the API URL is sent, as net/http sends it.
func TestClientPasswordInURL(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "ann" || password != "s e" || r.URL.Path != "/api/bot"+testToken+"/sendMessage" {
			t.Errorf("%q %q at %s", user, password, r.URL.Path)
		}
		io.WriteString(w, okAnswer)
	}))
	defer server.Close()
	url := strings.Replace(server.URL, "http://", "http://ann:s%20e@", 1) + "/api"
	for _, client := range []*http.Client{nil, {}} {
		c := newTestClient(t, ClientConfig{APIURL: url, HTTPClient: client})
		if err := callOnce(t, c); err != nil {
			t.Error(err)
		}
		c.CloseIdleConnections()
	}
}

// What a server may do instead of answering. No error shows the token, and the error tells whether the request was sent.
func TestClientErrorsOfTheExchange(t *testing.T) {
	echo := func(format string) func(net.Conn) { // a server may send back what it got
		return func(c net.Conn) {
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err == nil {
				io.Copy(io.Discard, r.Body)
				fmt.Fprintf(c, format, r.URL.Path)
			}
		}
	}
	for name, serve := range map[string]func(net.Conn){
		"closes":           func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)) },
		"resets":           func(c net.Conn) { c.Read(make([]byte, 1)); c.(*net.TCPConn).SetLinger(0) },
		"no HTTP":          echo("%s"),
		"bad status":       echo("HTTP/1.1 %s\r\n\r\n"),
		"bad header":       echo("HTTP/1.1 200 OK\r\n%s\r\n\r\n"),
		"bad length":       echo("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"),
		"bad chunk":        echo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n"),
		"short body":       echo("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"ok\":true,\"x\":\"%s"),
		"redirect":         echo("HTTP/1.1 302 Found\r\nLocation: http://x.example%s\r\nContent-Length: 0\r\n\r\n"),
		"description":      echo("HTTP/1.1 400 Bad\r\n\r\n{\"ok\":false,\"error_code\":400,\"description\":\"%s\"}"),
		"closes unread":    func(c net.Conn) { c.Read(make([]byte, 1)) },
		"switch protocols": echo("HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: upgrade\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var serving sync.WaitGroup
			serving.Go(func() {
				if c, err := l.Accept(); err == nil {
					serve(c)
					c.Close()
				}
			})
			c := newTestClient(t, ClientConfig{APIURL: "http://" + l.Addr().String()})
			err = callOnce(t, c)
			if err == nil {
				t.Fatal("no error")
			}
			noToken(t, fmt.Sprintf("%+v", err))
			for e := err; e != nil; e = errors.Unwrap(e) {
				noToken(t, e.Error())
			}
			var failed *exchange.Error
			if errors.As(err, &failed) && !failed.Written {
				t.Errorf("the request counts as not sent: %v", err)
			}
			serving.Wait()
			l.Close()
			err = callOnce(t, c) // nobody listens
			if !errors.As(err, &failed) || failed.Written || !failed.NotSent() {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An upload goes over the client's own transport, in one piece and in chunks.
func TestClientUploadByFallback(t *testing.T) {
	for _, size := range []int{10, 200 << 10, 3 << 20} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			call, err := readCall(r)
			if err != nil || len(call.files["document"]) != len("f: ")+size || call.params["chat_id"] != "1" {
				t.Errorf("%d bytes, %v", len(call.files["document"]), err)
			}
			io.WriteString(w, `{"ok":true,"result":{"message_id":5}}`)
		}))
		c := newTestClient(t, ClientConfig{APIURL: server.URL})
		bot := &gotgbot.Bot{Token: testToken, BotClient: c}
		m, err := bot.SendDocument(1, gotgbot.InputFileByReader("f", strings.NewReader(strings.Repeat("x", size))), nil)
		if err != nil || m.MessageId != 5 {
			t.Errorf("%d bytes: %+v, %v", size, m, err)
		}
		c.CloseIdleConnections()
		server.Close()
	}
}
