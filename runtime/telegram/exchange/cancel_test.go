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
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hang reads and never answers.
func hang(c net.Conn) { io.Copy(io.Discard, c) }

// silent reads nothing for longer than the client waits.
func silent(net.Conn) { time.Sleep(time.Minute) } // in the time of synctest

// after writes a part of an answer, and then hangs.
func after(answer string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := readRequest(bufio.NewReader(c)); err == nil {
			io.WriteString(c, answer)
			hang(c)
		}
	}
}

// Wherever a call is when its context ends, it returns at that moment, and leaves neither a goroutine nor a connection.
func TestContextEndsACall(t *testing.T) {
	server, trust := certificates()
	noDial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, test := range map[string]struct {
		scheme string
		dial   func(context.Context, string, string) (net.Conn, error)
		serve  func(net.Conn)
		doing  string
	}{
		"dialing":                {"http", noDial, nil, "dialing"},
		"in the handshake":       {"https", nil, hang, "TLS handshake with"},
		"before the handshake":   {"https", nil, silent, "TLS handshake with"},
		"writing":                {"http", nil, silent, "writing the request to"},
		"waiting":                {"http", nil, hang, "waiting for the answer of"},
		"waiting over TLS":       {"https", nil, overTLS(server, hang), "waiting for the answer of"},
		"in the head":            {"http", nil, after("HTTP/1.1 200 OK\r\nContent-Le"), "reading the answer of"},
		"after 100":              {"http", nil, after("HTTP/1.1 100 Continue\r\n\r\n"), "reading the answer of"},
		"in the body":            {"http", nil, after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), "reading the answer of"},
		"in a chunk":             {"http", nil, after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), "reading the answer of"},
		"in the body over TLS":   {"https", nil, overTLS(server, after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")), "reading the answer of"},
		"in a body without end":  {"http", nil, after("HTTP/1.1 200 OK\r\n\r\nhello"), "reading the answer of"},
		"before it has begun":    {"http", noDial, nil, ""},
		"before it, with a conn": {"http", nil, hang, ""},
	} {
		type ending struct {
			with     func(context.Context) (context.Context, context.CancelFunc)
			deadline time.Duration // for RoundTripBefore
			want     error
		}
		ends := map[string]ending{
			"cancel": {func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			}, time.Hour, context.Canceled},
			"cancel of a watched context": {func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Second, cancel)
				return &watchedContext{Context: ctx}, cancel
			}, time.Hour, context.Canceled},
			"deadline of the context": {func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, time.Second)
			}, 0, context.DeadlineExceeded},
			"deadline of the call": {context.WithCancel, time.Second, context.DeadlineExceeded},
		}
		for how, end := range ends {
			for kind, roundTrip := range map[string]func(*Transport, *http.Request, time.Time) (*http.Response, error){
				"RoundTrip": (*Transport).RoundTripBefore, "Post": postBefore,
			} {
				t.Run(name+"/"+how+"/"+kind, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &scripted{serve: test.serve}
						config := Config{Dial: s.dial, TLS: trust.Clone()}
						config.TLS.ServerName = "example.com"
						if test.dial != nil {
							config.Dial = test.dial
						}
						transport := New(config)
						ctx, cancel := end.with(t.Context())
						defer cancel()
						start := time.Now()
						var deadline time.Time
						if end.deadline > 0 {
							deadline = start.Add(end.deadline)
						}
						if test.doing == "" {
							time.Sleep(time.Second)
							synctest.Wait()
						}
						response, err := roundTrip(transport, post(t, ctx, test.scheme+"://api.example"), deadline)
						if err == nil {
							_, err = io.ReadAll(response.Body)
							defer response.Body.Close()
						}
						if took := time.Since(start); took != time.Second {
							t.Errorf("returned after %v", took)
						}
						if !errors.Is(err, end.want) || strings.Contains(err.Error(), testToken) {
							t.Errorf("got %v", err)
						}
						if test.doing != "" && !strings.HasPrefix(err.Error(), test.doing+" api.example:") {
							t.Errorf("got %v, want %q", err, test.doing)
						}
						if idleCount(transport) != 0 {
							t.Error("the connection was kept")
						}
						s.all.Wait() // the server sees that the connection is closed
					})
				})
			}
		}
	}
}

// The limits of dial and handshake hold without a context that ends.
func TestOwnTimeouts(t *testing.T) {
	for scheme, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"http": func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"https": (&scripted{serve: hang}).dial,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			transport := New(Config{Dial: dial, DialTimeout: 3 * time.Second, HandshakeTimeout: 3 * time.Second})
			_, err := transport.RoundTrip(post(t, context.Background(), scheme+"://api.example"))
			var e *Error
			if !errors.As(err, &e) || e.Written || !e.Timeout() {
				t.Errorf("%s: got %v", scheme, err)
			}
			if took := time.Since(start); took != 3*time.Second {
				t.Errorf("%s: returned after %v", scheme, took)
			}
		})
	}
}

// The cause of a context is in the error too.
func TestCauseOfContext(t *testing.T) {
	why := errors.New("the bot stops")
	s := &scripted{serve: hang}
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Millisecond, func() { cancel(why) })
	_, err := newTransport(t, Config{}).RoundTrip(post(t, ctx, s.listen(t)))
	if !errors.Is(err, why) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// 10,000 calls that end by their contexts, over TCP: they return soon, and no goroutine and no connection is left. How soon
// is told, and not held to more than a median: the machine may be busy.
func TestManyCancelledCalls(t *testing.T) {
	onEachWay(t, testManyCancelledCalls)
}

func testManyCancelledCalls(t *testing.T, way func(*Transport) http.RoundTripper) {
	onBoth(t, func(t *testing.T, secure bool) {
		const together = 8
		calls := 10_000
		if secure {
			calls = 1_000 // each handshakes anew
		}
		serve := func(c net.Conn) {
			reader := bufio.NewReader(c)
			for {
				if _, err := readRequest(reader); err != nil {
					return
				}
				switch rand.N(3) {
				case 0:
					io.WriteString(c, okAnswer)
				case 1:
					io.WriteString(c, okAnswer[:len(okAnswer)-1])
				}
			}
		}
		server, trust := certificates()
		if secure {
			serve = overTLS(server, serve)
		}
		s := &scripted{serve: serve}
		url := s.listen(t)
		if secure {
			url = strings.Replace(url, "http", "https", 1)
		}
		transport := New(Config{TLS: trust})
		before := runtime.NumGoroutine()

		var left atomic.Int64
		left.Store(int64(calls))
		var mu sync.Mutex
		var late []time.Duration
		var all sync.WaitGroup
		for range together {
			all.Go(func() {
				for left.Add(-1) >= 0 {
					by, err := cancelledCall(t, way(transport), url)
					if err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					if err != nil {
						mu.Lock()
						late = append(late, by)
						mu.Unlock()
					}
				}
			})
		}
		all.Wait()
		slices.Sort(late)
		t.Logf("%d of %d calls were cancelled; they returned after %v (p50), %v (p99), %v (all)",
			len(late), calls, late[len(late)/2], late[len(late)*99/100], late[len(late)-1])
		if late[len(late)/2] > 10*time.Millisecond && !raceEnabled {
			t.Error("half of the calls returned late")
		}
		transport.CloseIdleConnections()
		eventually(t, func() error {
			if open, _ := s.connections(); open != 0 {
				return fmt.Errorf("%d connections are left", open)
			}
			if n := runtime.NumGoroutine(); n > before {
				return fmt.Errorf("%d goroutines, %d before", n, before)
			}
			return nil
		})
	})
}

// cancelledCall makes a call that is cancelled after up to 2 ms, and returns how long after that it returned.
func cancelledCall(t *testing.T, transport http.RoundTripper, url string) (late time.Duration, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cancelled := make(chan time.Time, 1)
	timer := time.AfterFunc(rand.N(2*time.Millisecond), func() {
		cancelled <- time.Now()
		cancel()
	})
	response, err := transport.RoundTrip(post(t, ctx, url))
	if err == nil {
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	if timer.Stop() {
		return 0, err // not cancelled: it was answered, or it failed
	}
	return time.Since(<-cancelled), err
}

// eventually waits for what ends by itself.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for range 5_000 {
		if check() == nil {
			return
		}
		<-ticker.C
	}
	t.Error(check())
}

// A request whose body nobody can finish reading returns too: the fallback has it.
func TestCancelOfAnUpload(t *testing.T) {
	s := &scripted{serve: func(c net.Conn) { // reads nothing until the client is gone
		var one [1]byte
		c.Read(one[:])
		<-t.Context().Done()
	}}
	url := s.listen(t)
	transport := newTransport(t, Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(strings.Repeat("x", 64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transport.RoundTrip(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
