package exchange

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
)

// A recorder is a fallback that counts its requests, and answers none.
type recorder struct{ requests int }

var errRecorded = errors.New("the fallback has it")

func (f *recorder) RoundTrip(*http.Request) (*http.Response, error) {
	f.requests++
	return nil, errRecorded
}

func TestWhatGoesToTheFallback(t *testing.T) {
	stream := struct{ io.Reader }{strings.NewReader(testBody)}
	for name, change := range map[string]func(*http.Request){
		"no URL":                func(r *http.Request) { r.URL = nil },
		"no header":             func(r *http.Request) { r.Header = nil },
		"opaque URL":            func(r *http.Request) { r.URL.Opaque = "//example.com/x" },
		"other scheme":          func(r *http.Request) { r.URL.Scheme = "ftp" },
		"no host":               func(r *http.Request) { r.URL.Host = "" },
		"host is not ASCII":     func(r *http.Request) { r.URL.Host = "bücher.example" },
		"zone in host":          func(r *http.Request) { r.URL.Host = "[fe80::1%25eth0]:80" },
		"no port after a colon": func(r *http.Request) { r.URL.Host = "example.com:" },
		"Host with a line end":  func(r *http.Request) { r.Host = "a\r\nX: y" },
		"method with a space":   func(r *http.Request) { r.Method = "GET /x" },
		"CONNECT":               func(r *http.Request) { r.Method = "CONNECT" },
		"control byte in query": func(r *http.Request) { r.URL.RawQuery = "a\nb" },
		"space in query":        func(r *http.Request) { r.URL.RawQuery = "a b" },
		"unknown length":        func(r *http.Request) { r.ContentLength = -1 },
		"length 0 with a body":  func(r *http.Request) { r.ContentLength = 0 },
		"length without a body": func(r *http.Request) { r.Body = nil },
		"long body":             func(r *http.Request) { r.ContentLength = maxBody + 1 },
		"body from a stream":    func(r *http.Request) { r.Body, r.GetBody = io.NopCloser(stream), nil },
		"chunked":               func(r *http.Request) { r.TransferEncoding = []string{"chunked"} },
		"trailer":               func(r *http.Request) { r.Trailer = http.Header{"X": nil} },
		"Cancel":                func(r *http.Request) { r.Cancel = make(chan struct{}) }, //lint:ignore SA1019 it is what is tested
		"Expect":                func(r *http.Request) { r.Header.Set("Expect", "100-continue") },
		"Upgrade":               func(r *http.Request) { r.Header.Set("Upgrade", "websocket") },
		"Connection":            func(r *http.Request) { r.Header.Set("Connection", "upgrade") },
		"Trailer":               func(r *http.Request) { r.Header.Set("Trailer", "X") },
		"Transfer-Encoding":     func(r *http.Request) { r.Header.Set("Transfer-Encoding", "chunked") },
		"name with a space":     func(r *http.Request) { r.Header["X Y"] = []string{"a"} },
		"name with a line end":  func(r *http.Request) { r.Header["X\r\nY"] = []string{"a"} },
		"no name":               func(r *http.Request) { r.Header[""] = []string{"a"} },
		"value with a line end": func(r *http.Request) { r.Header["X"] = []string{"a\r\nY: b"} },
		"value with a NUL":      func(r *http.Request) { r.Header["X"] = []string{"a\x00"} },
		"value with a space":    func(r *http.Request) { r.Header["X"] = []string{" a"} },
		"trace": func(r *http.Request) {
			*r = *r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			fallback := new(recorder)
			transport := newTransport(t, Config{Fallback: fallback})
			r := post(t, t.Context(), "http://127.0.0.1:1")
			change(r)
			if _, err := transport.RoundTrip(r); err != errRecorded || fallback.requests != 1 {
				t.Errorf("%d requests came to the fallback; %v", fallback.requests, err)
			}
		})
	}
}

func TestProxyGoesToTheFallback(t *testing.T) {
	proxied := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied++
		io.WriteString(w, "proxied "+r.URL.Host)
	}))
	defer proxy.Close()
	proxyURL, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := newTransport(t, Config{Proxy: http.ProxyURL(proxyURL)})
	if _, body := call(t, transport, post(t, t.Context(), "http://api.example")); body != "proxied api.example" || proxied != 1 {
		t.Errorf("body %q; the proxy saw %d requests", body, proxied)
	}
	if idleCount(transport) != 0 {
		t.Error("the request was made without the fallback")
	}

	wrong := errors.New("the proxy is configured wrongly")
	transport = newTransport(t, Config{Proxy: func(*http.Request) (*url.URL, error) { return nil, wrong }})
	if _, err := transport.RoundTrip(post(t, t.Context(), "http://api.example")); !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

// The fallback that a transport makes for itself takes what the transport does not.
func TestOwnFallback(t *testing.T) {
	onBoth(t, func(t *testing.T, secure bool) {
		url, config, _ := newServer(t, secure, echo)
		transport := newTransport(t, config)
		long := bytes.Repeat([]byte("x"), 1<<20)
		for name, body := range map[string]io.Reader{
			"long":    bytes.NewReader(long),
			"chunked": struct{ io.Reader }{bytes.NewReader(long)},
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
			if err != nil {
				t.Fatal(err)
			}
			if _, got := call(t, transport, r); got != string(long) {
				t.Errorf("%s: %d bytes came back of %d", name, len(got), len(long))
			}
		}
	})
	for name, change := range map[string]func(*http.Request){
		"header":  func(r *http.Request) { r.Header["X"] = []string{"a\r\nY: b"} },
		"method":  func(r *http.Request) { r.Method = "GET /" },
		"scheme":  func(r *http.Request) { r.URL.Scheme = "ftp" },
		"no host": func(r *http.Request) { r.URL.Host = "" },
	} {
		r := post(t, t.Context(), "http://127.0.0.1:1")
		change(r)
		if _, err := newTransport(t, Config{}).RoundTrip(r); err == nil || strings.Contains(err.Error(), testToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBodyOfWrongLength(t *testing.T) {
	s := &scripted{serve: answers(okAnswer)}
	url := s.listen(t)
	transport := newTransport(t, Config{})
	for _, length := range []int64{1, int64(len(testBody)) - 1, int64(len(testBody)) + 1, 1000} {
		r := post(t, t.Context(), url)
		r.ContentLength = length
		if _, err := transport.RoundTrip(r); err == nil || !strings.Contains(err.Error(), "Content-Length") {
			t.Errorf("length %d: %v", length, err)
		}
	}
	if _, total := s.connections(); total != 0 {
		t.Errorf("%d connections were made", total)
	}
}
