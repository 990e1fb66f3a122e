package telegram

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/telegram/internal/botapi"
)

// A pipeline is a Bot API server behind connections in memory. The first function serves the first connection, and so on;
// the last one serves all further connections. So the real transport runs with the fake clock.
type pipeline struct {
	serve []func(net.Conn, *http.Request)
	dials int
}

func (l *pipeline) dial(context.Context, string, string) (net.Conn, error) {
	serve := l.serve[min(l.dials, len(l.serve)-1)]
	l.dials++
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		for in := bufio.NewReader(server); ; {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return
			}
			serve(server, r)
		}
	}()
	return client, nil
}

func write(c net.Conn, length int, body string) {
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body)
}

func newPipelinePoller(t *testing.T, l *pipeline) *Poller {
	t.Helper()
	p, err := NewPoller(PollerConfig{Token: testToken, APIURL: "http://localhost", PollingConfig: PollingConfig{Timeout: 20 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	p.own.DialContext = p.dial(l.dial)
	return p
}

// A connection that has gone silent is dropped 10 s after the poll should have ended, and the next poll uses another one.
// The synctest bubble ends only when no goroutine is left.
func TestG10_HalfOpenConnection(t *testing.T) {
	for name, silent := range map[string]func(net.Conn, *http.Request){
		"no answer": func(c net.Conn, _ *http.Request) { _, _ = c.Read(make([]byte, 1)) },
		"half a header": func(c net.Conn, _ *http.Request) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nConte")
			_, _ = c.Read(make([]byte, 1))
		},
		"half a body": func(c net.Conn, _ *http.Request) {
			write(c, 5000, ok(message(1, "a"))[:100])
			_, _ = c.Read(make([]byte, 1))
		},
		"after a good answer": func() func(net.Conn, *http.Request) {
			answered := false
			return func(c net.Conn, _ *http.Request) {
				if !answered {
					answered = true
					write(c, len(ok()), ok())
					return
				}
				_, _ = c.Read(make([]byte, 1))
			}
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body := ok(message(1, "a"))
				l := &pipeline{serve: []func(net.Conn, *http.Request){silent, func(c net.Conn, _ *http.Request) { write(c, len(body), body) }}}
				p := newPipelinePoller(t, l)
				start := time.Now()
				wantIDs(t, fetch(t, p, 100), 1)
				if took := time.Since(start); took < 30*time.Second || took > 30*time.Second+2*retryStep {
					t.Errorf("took %v", took)
				}
				if l.dials != 2 {
					t.Errorf("%d connections", l.dials)
				}
				if err := p.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// One connection serves all polls. Close closes it, and a later Fetch opens another.
func TestPollerKeepsItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		id := int64(0)
		l := &pipeline{serve: []func(net.Conn, *http.Request){func(c net.Conn, _ *http.Request) {
			id++
			body := ok(message(id, "a"))
			write(c, len(body), body)
		}}}
		p := newPipelinePoller(t, l)
		for range 50 {
			fetch(t, p, 100)
		}
		if l.dials != 1 {
			t.Errorf("%d connections for 50 polls", l.dials)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		fetch(t, p, 100)
		if l.dials != 2 {
			t.Errorf("%d connections after Close and Fetch", l.dials)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestG7_FetchIsInterruptedWhileConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipelinePoller(t, nil)
		p.own.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		ctx, stop := contextFor(t, 3*time.Second)
		defer stop()
		start := time.Now()
		if _, err := p.Fetch(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// A server misbehaves once, over real connections. No update is lost, and the poller does not keep a large buffer.
func TestG9_MisbehavingServer(t *testing.T) {
	var sent atomic.Int64
	body := ok(message(1, strings.Repeat("a", 5000)))
	for name, misbehave := range map[string]http.HandlerFunc{
		"reset before the answer": func(w http.ResponseWriter, _ *http.Request) { reset(w, "") },
		"reset in the header":     func(w http.ResponseWriter, _ *http.Request) { reset(w, "HTTP/1.1 200 OK\r\nContent") },
		"reset in the body": func(w http.ResponseWriter, _ *http.Request) {
			reset(w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:2000]))
		},
		"closed in the body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			fmt.Fprint(w, body[:2000])
		},
		"not HTTP": func(w http.ResponseWriter, _ *http.Request) { reset(w, "SSH-2.0-OpenSSH_9.6\r\n") },
		"1 GB, announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(1<<30))
			gigabyte(w, &sent)
		},
		"1 GB, chunked": func(w http.ResponseWriter, _ *http.Request) { gigabyte(w, &sent) },
		"HTML":          func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>502</html>", http.StatusBadGateway) },
		"empty and close": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			w.WriteHeader(413)
		},
		"gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1"+r.URL.Path, http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				if requests == 2 {
					misbehave(w, r)
					return
				}
				fmt.Fprint(w, ok(message(int64(requests), "a")))
			}))
			defer server.Close()
			var failures []error
			p := newTestPoller(t, nil, func(c *PollerConfig) {
				c.APIURL, c.HTTPClient = server.URL, nil
				c.Retry = RetryPolicy{Interval: RetryFixed, Fixed: time.Millisecond}
				c.Observer = pollObserver{failed: func(err error, _ time.Duration) { failures = append(failures, err) }}
			})
			wantIDs(t, fetch(t, p, 100), 1)
			wantIDs(t, fetch(t, p, 100), 3)
			if len(failures) != 1 {
				t.Fatalf("failures: %v", failures)
			}
			noToken(t, failures[0].Error())
			if cap(p.answer) > botapi.MaxAnswer+1 {
				t.Errorf("a buffer of %d bytes", cap(p.answer))
			}
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
	if n := sent.Load(); n > 100<<20 {
		t.Errorf("the server could send %d MiB", n>>20)
	}
}

func reset(w http.ResponseWriter, text string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(c, text)
	if c, ok := c.(*net.TCPConn); ok {
		_ = c.SetLinger(0)
	}
	c.Close()
}

func gigabyte(w http.ResponseWriter, sent *atomic.Int64) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	for range 1 << 10 {
		n, err := w.Write(chunk)
		sent.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// The author's transport may put the token in its error in several forms. The poller's error shows none of them.
func TestPollerErrorsDoNotHoldTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("the cause")
		p := newTestPoller(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("proxy said: cannot reach %s (token=123456789%%3AAAsecretsecretsecretsecretsecret-_): %w", r.URL, cause)
		}), func(c *PollerConfig) { c.Retry.MaxElapsed = time.Second })
		_, err := p.Fetch(t.Context(), 1)
		noToken(t, err.Error())
		if !strings.Contains(err.Error(), "proxy said: cannot reach https://api.telegram.org/bot<token>/getUpdates (token=<token>)") {
			t.Errorf("error is %v", err)
		}
		if !errors.Is(err, cause) {
			t.Error("the cause is not known any more")
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			noToken(t, e.Error())
		}
	})
}

// The poller copies the HTTP client of the author: it does not change the original, and does not use its Timeout.
func TestPollerCopiesTheHTTPClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newBotServer(1)
		client := &http.Client{Transport: server, Timeout: time.Second}
		p, err := NewPoller(PollerConfig{Token: testToken, HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(20*time.Second, func() { server.push(1) })
		fetch(t, p, 1)
		if n := len(server.asked()); n != 1 {
			t.Errorf("%d requests: the poll was cut short", n)
		}
		if client.Timeout != time.Second || client.CheckRedirect != nil {
			t.Error("the author's client was changed")
		}
	})
}
