package exchange

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// A countingConn counts the calls of Write.
type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

func TestRequestIsOneWrite(t *testing.T) {
	s := &scripted{serve: answers(okAnswer)}
	var writes atomic.Int64
	transport := newTransport(t, Config{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		return countingConn{c, &writes}, err
	}})
	url := s.listen(t)
	for n := range int64(3) {
		call(t, transport, request(t, t.Context(), "POST", url, strings.Repeat("x", 10_000)))
		if writes.Load() != n+1 {
			t.Fatalf("%d writes for %d requests", writes.Load(), n+1)
		}
	}
}

// The server sees the same request as from net/http.
func TestRequestIsTheSameAsOfNetHTTP(t *testing.T) {
	var seen []byte
	s := &scripted{serve: func(c net.Conn) {
		buf := make([]byte, 4<<10)
		n, _ := c.Read(buf)
		for m := 0; bytes.HasSuffix(buf[:n], []byte("\r\n\r\n")) && bytes.Contains(buf[:n], []byte("Content-Length: 2")); n += m {
			m, _ = c.Read(buf[n:])
		}
		seen = buf[:n]
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}}
	url := s.listen(t)
	set := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	for name, change := range map[string]func(*http.Request){
		"as it is":         func(*http.Request) {},
		"no method":        func(r *http.Request) { r.Method, r.Body, r.ContentLength = "", nil, 0 },
		"POST, no body":    func(r *http.Request) { r.Body, r.ContentLength = nil, 0 },
		"POST, NoBody":     func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 },
		"GET, no body":     func(r *http.Request) { r.Method, r.Body, r.ContentLength = "GET", nil, 0 },
		"DELETE, body":     func(r *http.Request) { r.Method = "DELETE" },
		"query":            func(r *http.Request) { r.URL.RawQuery = "a=b&c=%20" },
		"escaped path":     func(r *http.Request) { r.URL.Path = "/a b/ü?" },
		"no path":          func(r *http.Request) { r.URL.Path = "" },
		"host":             func(r *http.Request) { r.Host = "api.telegram.org" },
		"host and port":    func(r *http.Request) { r.Host = "[::1]:8081" },
		"close":            func(r *http.Request) { r.Close = true },
		"user agent":       set("User-Agent", "bot", "two"),
		"no user agent":    set("User-Agent"),
		"empty user agent": set("User-Agent", ""),
		"two values":       set("X-Two", "a", "b"),
		"empty value":      set("X-Empty", ""),
		"spaces in value":  set("X-Spaces", "a b\tc"),
		"host header":      set("Host", "elsewhere"),
		"length header":    set("Content-Length", "1"),
		"not canonical":    set("x-lower", "a"),
		"not ASCII":        set("X-Name", "ü"),
	} {
		t.Run(name, func(t *testing.T) {
			var heads [2]string
			fallback := &recorder{}
			for i, transport := range []http.RoundTripper{newTransport(t, Config{Fallback: fallback}), &http.Transport{DisableCompression: true}} {
				r := post(t, t.Context(), url)
				r.Header.Del("Content-Type")
				change(r)
				response, _ := call(t, transport, r)
				response.Body.Close()
				heads[i] = string(seen)
			}
			if heads[0] != heads[1] {
				t.Errorf("got  %q\nwant %q", heads[0], heads[1])
			}
			if fallback.requests != 0 {
				t.Error("the request went to the fallback")
			}
		})
	}
}

func TestUserInfo(t *testing.T) {
	url, config, _ := newServer(t, false, func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		fmt.Fprint(w, user, password, ok)
	})
	client := &http.Client{Transport: newTransport(t, config)}
	response, err := client.Get(strings.Replace(url, "http://", "http://alice:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); string(body) != "alicesecrettrue" {
		t.Errorf("the server saw %q", body)
	}
}

func TestHugeBody(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() || raceEnabled {
		size = 64 << 20
	}
	s := &scripted{serve: func(c net.Conn) {
		c.Read(make([]byte, 4<<10))
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
		block := make([]byte, 1<<20)
		for range size >> 20 {
			if _, err := c.Write(block); err != nil {
				return
			}
		}
		c.Read(block)
	}}
	transport := newTransport(t, Config{})
	response, err := transport.RoundTrip(post(t, t.Context(), s.listen(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if idleCount(transport) != 1 {
		t.Error("the connection was not kept")
	}
	transport.CloseIdleConnections()
}
