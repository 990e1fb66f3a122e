package webhook

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scripted returns a connection whose other side runs script for each connection that is made.
func scripted(t *testing.T, script func(conn net.Conn, requests *bufio.Reader)) *Conn {
	t.Helper()
	target := &Target{URL: &url.URL{Scheme: "https", Host: "bot.example", Path: "/"}, Dial: func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			script(far, bufio.NewReader(far))
		}()
		return near, nil
	}}
	c := target.NewConn()
	t.Cleanup(c.Wait)
	t.Cleanup(c.Close)
	return c
}

// readRequest reads a request and its body.
func readRequest(r *bufio.Reader) string {
	req, err := http.ReadRequest(r)
	if err != nil {
		return err.Error()
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func packed(t *testing.T, pack func(io.Writer) io.WriteCloser, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := pack(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnswers(t *testing.T) {
	gzipped := packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, `{"method":"x"}`)
	deflated := packed(t, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }, `{"method":"x"}`)
	for _, test := range []struct {
		name, answer string
		status       int
		body         string
		keepAlive    bool
		retryAfter   time.Duration
		err          string
	}{
		{name: "plain", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok", keepAlive: true},
		{name: "nothing", answer: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, keepAlive: true},
		{name: "chunks", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", status: 200, body: "ok", keepAlive: true},
		{name: "gzip", answer: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(gzipped), status: 200, body: `{"method":"x"}`, keepAlive: true},
		{name: "deflate", answer: "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(deflated), status: 200, body: `{"method":"x"}`, keepAlive: true},
		{name: "not gzip", answer: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", status: 200, keepAlive: true},
		{name: "close", answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "no length", answer: "HTTP/1.1 200 OK\r\n\r\nok", status: 200},
		{name: "continue", answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, keepAlive: true},
		{name: "busy", answer: "HTTP/1.1 503 Busy\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n", status: 503, keepAlive: true, retryAfter: 17 * time.Second},
		{name: "a date", answer: "HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n", status: 503, keepAlive: true},
		{name: "the past", answer: "HTTP/1.1 503 Busy\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", status: 503, keepAlive: true},
		{name: "half", answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", err: "Webhook connection closed"},
		{name: "no answer", answer: "", err: "Webhook connection closed"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := scripted(t, func(conn net.Conn, requests *bufio.Reader) {
				for readRequest(requests) == "body" && test.answer != "" {
					io.WriteString(conn, test.answer)
					if test.err != "" || !test.keepAlive {
						return
					}
				}
			})
			got, err := c.Exchange(t.Context(), []byte("body"), Damage{})
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("%s: %+v, %v, want %s", test.name, got, err, test.err)
				}
				return
			}
			if err != nil || got.Status != test.status || string(got.Body) != test.body || got.KeepAlive != test.keepAlive || got.RetryAfter() != test.retryAfter {
				t.Errorf("%s: %+v, %v", test.name, got, err)
			}
			if test.keepAlive {
				if again, err := c.Exchange(t.Context(), []byte("body"), Damage{}); err != nil || again.Status != test.status {
					t.Errorf("%s, over the same connection: %+v, %v", test.name, again, err)
				}
				return
			}
			<-c.Gone()
		})
	}
}

func chunk(text string) string {
	return strings.ToLower(hex(len(text))) + "\r\n" + text + "\r\n0\r\n\r\n"
}

func hex(n int) string { return string("0123456789abcdef"[n/16]) + string("0123456789abcdef"[n%16]) }

// TestEarlyAnswer reads the answer of a webhook that refuses a body without reading it.
func TestEarlyAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := scripted(t, func(conn net.Conn, requests *bufio.Reader) {
			if _, err := http.ReadRequest(requests); err == nil {
				io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			}
		})
		got, err := c.Exchange(t.Context(), bytes.Repeat([]byte("x"), 100_000), Damage{})
		if err != nil || got.Status != 413 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestConnectionsEnd checks time-outs, and that a connection notices when the other side closes it.
func TestConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := scripted(t, func(_ net.Conn, requests *bufio.Reader) { io.Copy(io.Discard, requests) })
		if _, err := c.Exchange(t.Context(), []byte("x"), Damage{}); err == nil || err.Error() != "Read timeout expired" || time.Since(start) != 60*time.Second {
			t.Errorf("no answer: %v after %v", err, time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := scripted(t, func(net.Conn, *bufio.Reader) { time.Sleep(time.Hour) })
		if _, err := c.Exchange(t.Context(), []byte("x"), Damage{Timeout: time.Second}); err == nil || err.Error() != "Read timeout expired" || time.Since(start) != time.Second {
			t.Errorf("nothing read: %v after %v", err, time.Since(start))
		}
		time.Sleep(time.Hour) // until the script ends
	})
	synctest.Test(t, func(t *testing.T) {
		c := scripted(t, func(conn net.Conn, requests *bufio.Reader) {
			readRequest(requests)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			time.Sleep(2 * time.Minute)
		})
		if _, err := c.Exchange(t.Context(), []byte("x"), Damage{}); err != nil {
			t.Error(err)
		}
		start := time.Now()
		if <-c.Gone(); time.Since(start) != 2*time.Minute {
			t.Errorf("gone after %v", time.Since(start))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		target := &Target{URL: &url.URL{Scheme: "https", Host: "bot.example"}, Dial: func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		start := time.Now()
		if _, err := target.NewConn().Exchange(t.Context(), []byte("x"), Damage{}); err == nil || err.Error() != "Read timeout expired" || time.Since(start) != 60*time.Second {
			t.Errorf("dialing: %v after %v", err, time.Since(start))
		}
		c := target.NewConn()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.Exchange(ctx, []byte("x"), Damage{}); !errors.Is(err, context.Canceled) {
			t.Errorf("dialing: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := scripted(t, func(_ net.Conn, requests *bufio.Reader) { io.Copy(io.Discard, requests) })
		time.AfterFunc(time.Second, c.Close)
		if _, err := c.Exchange(t.Context(), []byte("x"), Damage{}); err != ErrClosed {
			t.Errorf("closed meanwhile: %v", err)
		}
	})
}
