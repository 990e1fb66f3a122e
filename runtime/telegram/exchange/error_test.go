package exchange

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
)

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// Each error says what was tried, with which server, and whether the request was sent; none tells the URL.
func TestErrors(t *testing.T) {
	closed := func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrClosedPipe }
	server, _ := certificates()
	old := server.Clone()
	old.MaxVersion = tls.VersionTLS10
	for name, test := range map[string]struct {
		scheme  string
		dial    func(context.Context, string, string) (net.Conn, error)
		serve   func(net.Conn)
		want    string
		written bool
		is      error
	}{
		"dial":           {"http", closed, nil, "dialing api.example:80: io: read/write on closed pipe", false, io.ErrClosedPipe},
		"dial https":     {"https", closed, nil, "dialing api.example:443: io: read/write on closed pipe", false, io.ErrClosedPipe},
		"not TLS":        {"https", nil, answers(okAnswer), "TLS handshake with api.example:443: EOF", false, io.EOF},
		"old TLS":        {"https", nil, overTLS(old, hang), "TLS handshake with api.example:443: remote error: tls: protocol version not supported", false, nil},
		"unknown issuer": {"https", nil, overTLS(server, hang), "TLS handshake with api.example:443: tls: failed to verify certificate", false, nil},
		"no answer": {"http", nil, func(c net.Conn) { readRequest(bufio.NewReader(c)) },
			"waiting for the answer of api.example:80: EOF", true, io.EOF},
		"an echo": {"http", nil, func(c net.Conn) {
			buf := make([]byte, 4<<10)
			n, _ := c.Read(buf)
			c.Write(buf[:n])
		}, "reading the answer of api.example:80: malformed HTTP status code", true, nil},
		"half a head": {"http", nil, answers1("HTTP/1.1 200 OK\r\n"), "reading the answer of api.example:80: unexpected EOF", true, io.ErrUnexpectedEOF},
		"huge head":   {"http", nil, answers1("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 2<<20)), "reading the answer of api.example:80: the head of the answer is too large", true, errHeadTooLarge},
		"half a body": {"http", nil, answers1("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), "reading the answer of api.example:80: unexpected EOF", true, io.ErrUnexpectedEOF},
		"bad chunk": {"http", nil, answers1("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
			"reading the answer of api.example:80: invalid byte in chunk length", true, nil},
		"101": {"http", nil, answers1("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "reading the answer of api.example:80: the server switches to another protocol, unasked", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{serve: test.serve}
			config := Config{Dial: test.dial}
			if test.dial == nil {
				config.Dial = s.dial
			}
			response, err := New(config).RoundTrip(post(t, t.Context(), test.scheme+"://api.example"))
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			var e *Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), test.want) || e.Written != test.written {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
			if err != nil && strings.Contains(err.Error(), testToken) {
				t.Errorf("the error tells the URL: %v", err)
			}
			s.all.Wait()
		})
	}
}

// answers1 serves one request.
func answers1(answer string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := readRequest(bufio.NewReader(c)); err == nil {
			io.WriteString(c, answer)
		}
	}
}

func TestWrongHostInCertificate(t *testing.T) {
	url, config, _ := newServer(t, true, echo)
	config.TLS.ServerName = "telegram.example"
	_, err := newTransport(t, config).RoundTrip(post(t, t.Context(), url))
	var wrong x509.HostnameError
	var e *Error
	if !errors.As(err, &wrong) || !errors.As(err, &e) || e.Written {
		t.Errorf("got %v", err)
	}
}

// A head that never ends costs no more memory than its bound allows.
func TestEndlessHead(t *testing.T) {
	s := &scripted{serve: func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(c, "X%d: y\r\n", i); err != nil {
				return
			}
		}
	}}
	transport := newTransport(t, Config{MaxHeaderBytes: 64 << 10})
	url := s.listen(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := transport.RoundTrip(post(t, t.Context(), url)); !errors.Is(err, errHeadTooLarge) {
		t.Errorf("got %v", err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
}
