package exchange

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The request of a Post is the one that net/http would make, whatever the URL and the path are.
func TestPostRequests(t *testing.T) {
	var seen string
	s := &scripted{serve: func(c net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			t.Error(err)
			return
		}
		body, err := io.ReadAll(r.Body)
		seen = fmt.Sprint(r.Method, r.RequestURI, r.Host, r.Header, r.ContentLength, string(body), err)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}}
	config := Config{Dial: s.dial, Proxy: noProxy}
	header := http.Header{"Content-Type": {"application/json"}, "X-Two": {"a", "b"}}
	theirs := config.withDefaults().netHTTP()
	for _, base := range []string{
		"http://a.example", "http://a.example/", "http://a.example:8081/x", "http://a.example/%7Ex/a%2Fb", "http://[::1]:80/\u00e9", "http://ann:b@a.example",
		"http://b\u00fccher.example", "http://a.example/x y",
	} {
		for _, path := range [][]string{
			{"/bot", testToken, "/getMe"}, {"/bot", `1:"<>^{}`, "/getMe"}, {"/get%20Me"}, {"/x//y"}, {"/a?b=c"}, {"/\u00e9"}, {""}, nil,
			{"/bot1", " HTTP/1.1\nX: y"},
		} {
			for _, body := range []string{testBody, "", strings.Repeat("x", maxBody+1)} {
				want, wrong := func() (string, error) {
					target, err := url.Parse(strings.TrimSuffix(base, "/") + strings.Join(path, ""))
					if err != nil {
						return "", err
					}
					r, err := http.NewRequest(http.MethodPost, "", strings.NewReader(body))
					if err != nil {
						return "", err
					}
					r.URL, r.Header, r.Host = target, header, target.Host
					response, err := theirs.RoundTrip(r)
					if err != nil {
						return "", err
					}
					response.Body.Close()
					s.all.Wait()
					return seen, nil
				}()
				ours := New(config)
				seen = ""
				a, err := ours.Endpoint(base, header).Post(t.Context(), time.Time{}, []byte(body), readAll, path...)
				s.all.Wait()
				if (err != nil) != (wrong != nil) || seen != want || err == nil && a.StatusCode != 200 {
					t.Errorf("%s %q, %d bytes: %v, %v\ngot  %.300s\nwant %.300s", base, path, len(body), err, wrong, seen, want)
				}
				ours.CloseIdleConnections()
				theirs.CloseIdleConnections()
			}
		}
	}
}

// What net/http has to do goes to the Fallback, with the whole request.
func TestPostByFallback(t *testing.T) {
	proxy := func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.example") }
	for name, test := range map[string]struct {
		config Config
		base   string
		trace  bool
		direct bool
	}{
		"plain":       {base: "http://a.example", direct: true},
		"proxy":       {config: Config{Proxy: proxy}, base: "http://a.example"},
		"not a URL":   {base: "http://a.example:x"},
		"host":        {base: "http://b\u00fccher.example"},
		"traced":      {base: "http://a.example", trace: true},
		"not traced":  {base: "http://a.example", direct: true},
		"other":       {base: "ftp://a.example"},
		"proxy error": {config: Config{Proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("no") }}, base: "http://a.example"},
	} {
		t.Run(name, func(t *testing.T) {
			fallback := &recorder{}
			dialed := errors.New("dialed")
			test.config.Fallback = fallback
			test.config.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, dialed }
			if test.config.Proxy == nil {
				test.config.Proxy = noProxy
			}
			ctx := t.Context()
			if test.trace {
				ctx = httptrace.WithClientTrace(ctx, new(httptrace.ClientTrace))
			}
			_, err := New(test.config).Endpoint(test.base, nil).Post(ctx, time.Time{}, []byte("{}"), readAll, "/bot"+testToken)
			if test.direct != errors.Is(err, dialed) || err == nil || strings.Contains(err.Error(), testToken) {
				t.Errorf("got %v", err)
			}
			if _, wrong := url.Parse(test.base); !test.direct && wrong == nil && fallback.requests != 1 {
				t.Errorf("%d requests came to the fallback; %v", fallback.requests, err)
			}
		})
	}
}

// A connection serves one Post after another, and so do the requests between them, as long as each answer was read to its end.
func TestPostKeepsItsConnection(t *testing.T) {
	tooLong := errors.New("too long")
	for name, test := range map[string]struct {
		answer string
		read   func(io.Reader, int64) ([]byte, error)
		want   error
		kept   bool
	}{
		"usual":        {okAnswer, readAll, nil, true},
		"chunked":      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", readAll, nil, true},
		"no body":      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", readAll, nil, true},
		"204":          {"HTTP/1.1 204 No Content\r\n\r\n", readAll, nil, true},
		"error":        {"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello", readAll, nil, true},
		"close":        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", readAll, nil, false},
		"more":         {okAnswer + "x", readAll, nil, false},
		"refused":      {okAnswer, func(io.Reader, int64) ([]byte, error) { return nil, tooLong }, tooLong, false},
		"read in part": {okAnswer, func(r io.Reader, _ int64) ([]byte, error) { _, err := r.Read(make([]byte, 5)); return nil, err }, errNotToEnd, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{serve: answers(test.answer)}
			transport := newTransport(t, Config{Proxy: noProxy})
			base := s.listen(t)
			endpoint := transport.Endpoint(base, http.Header{})
			for range 3 {
				a, err := endpoint.Post(t.Context(), time.Now().Add(time.Hour), []byte(testBody), test.read, testPath)
				if err != test.want || a.StatusCode == 0 {
					t.Fatalf("%+v, %v", a, err)
				}
				if kept := idleCount(transport) == 1; kept != test.kept {
					t.Fatalf("kept: %v", kept)
				}
			}
			if test.kept {
				call(t, transport, post(t, t.Context(), base))
			}
			if _, total := s.connections(); test.kept && total != 1 {
				t.Errorf("%d connections", total)
			}
		})
	}
}

// A context with a method AfterFunc is asked for the end of a Post, and is not asked any more when the Post has ended.
func TestPostWatchesItsContext(t *testing.T) {
	s := &scripted{serve: answers(okAnswer)}
	transport := newTransport(t, Config{Proxy: noProxy})
	parent, cancel := context.WithCancel(t.Context())
	ctx := &watchedContext{Context: parent}
	endpoint := transport.Endpoint(s.listen(t), nil)
	for range 3 {
		if _, err := endpoint.Post(ctx, time.Time{}, []byte(testBody), readAll, testPath); err != nil {
			t.Fatal(err)
		}
	}
	if ctx.asked != 3 || ctx.watches != 0 {
		t.Errorf("asked %d times, %d are left", ctx.asked, ctx.watches)
	}
	cancel()
	if idleCount(transport) != 1 {
		t.Error("the end of the context closed a connection that was not in use")
	}
	if _, err := endpoint.Post(ctx, time.Time{}, []byte(testBody), readAll, testPath); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

type watchedContext struct {
	context.Context
	asked, watches int
}

func (c *watchedContext) AfterFunc(f func()) func() bool {
	c.asked++
	c.watches++
	stop := context.AfterFunc(c.Context, f)
	return func() bool {
		c.watches--
		return stop()
	}
}

// scanHead agrees with http.ReadResponse on every head that it takes.
func FuzzScanHead(f *testing.F) {
	for _, answer := range strangeAnswers {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		size, length := scanHead(b)
		if size == 0 {
			return
		}
		reader := bufio.NewReaderSize(bytes.NewReader(b), len(b)+16)
		response, err := http.ReadResponse(reader, postRequest)
		if err != nil || response.StatusCode != 200 || response.ContentLength != length || !isReusable(response) ||
			len(response.TransferEncoding) > 0 || len(response.Trailer) > 0 || len(b)-reader.Buffered() != size {
			t.Errorf("%q: %d, %d; http.ReadResponse: %+v, %v", b, size, length, response, err)
		}
	})
}

// The usual heads are scanned.
func TestScanHead(t *testing.T) {
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nServer: nginx/1.18.0\r\nDate: Fri, 27 Nov 2026 12:00:00 GMT\r\nContent-Type: application/json\r\n" +
			"Content-Length: 5\r\nConnection: keep-alive\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n" +
			"Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, POST, OPTIONS\r\n" +
			"Access-Control-Expose-Headers: Content-Length,Content-Type,Date,Server,Connection\r\n\r\n",
	} {
		if size, length := scanHead([]byte(head + "hello")); size != len(head) || length != 5 {
			t.Errorf("%q: %d, %d", head, size, length)
		}
	}
}
