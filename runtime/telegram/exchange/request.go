package exchange

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
)

// maxBody is the longest body that is written here. The receive buffer of a peer's kernel takes as much, also when the peer
// does not read. So the Write ends, and an answer that comes before the body was read is seen.
const maxBody = 64 << 10

// isPlain reports whether a request is of the kind that is made here. Everything that is not certainly so, and everything
// that net/http refuses, is not.
func isPlain(r *http.Request) bool {
	if r.URL == nil || r.Header == nil || r.URL.Opaque != "" || r.URL.Scheme != "https" && r.URL.Scheme != "http" {
		return false
	}
	if !isPlainHost(r.URL.Host) || r.Host != "" && r.Host != r.URL.Host && !isPlainHost(r.Host) {
		return false
	}
	if r.Body == nil || r.Body == http.NoBody {
		if r.ContentLength != 0 {
			return false
		}
	} else if r.ContentLength <= 0 || r.ContentLength > maxBody || r.GetBody == nil {
		return false // without GetBody the body may be a stream, whose Read blocks
	}
	//lint:ignore SA1019 a request that has the field is not made here
	if r.Cancel != nil || len(r.TransferEncoding) > 0 || len(r.Trailer) > 0 {
		return false
	}
	for _, c := range []byte(r.Method) {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return r.Method != http.MethodConnect && httptrace.ContextClientTrace(r.Context()) == nil
}

// isPlainHost reports whether a host, with or without a port, is one that net/http writes as it is.
func isPlainHost(host string) bool {
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		case c == ':' && i > 0 && i < len(host)-1:
		case c == '[' && i == 0, c == ']' && host[0] == '[':
		default:
			return false
		}
	}
	return host != ""
}

// appendHead appends the head of a request that [isPlain], as net/http writes it. It reports false for a
// request that is not plain after all.
func appendHead(b []byte, r *http.Request) ([]byte, bool) {
	if r.Method == "" {
		b = append(b, http.MethodGet...)
	} else {
		b = append(b, r.Method...)
	}
	b = append(b, ' ')
	uri := r.URL.RequestURI()
	for i := range len(uri) {
		if uri[i] <= ' ' || uri[i] >= 0x7f {
			return b, false
		}
	}
	b = append(b, uri...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	if r.Host != "" {
		b = append(b, r.Host...)
	} else {
		b = append(b, r.URL.Host...)
	}
	b = append(b, "\r\n"...)
	if agent, ok := r.Header["User-Agent"]; !ok {
		b = append(b, "User-Agent: Go-http-client/1.1\r\n"...)
	} else if len(agent) > 0 && agent[0] != "" { // an empty one is left out
		if !isValue(agent[0]) {
			return b, false
		}
		b = appendField(b, "User-Agent", agent[0])
	}
	if r.Close {
		b = append(b, "Connection: close\r\n"...)
	}
	if r.ContentLength > 0 || r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, r.ContentLength, 10)
		b = append(b, "\r\n"...)
	}
	for name, values := range r.Header {
		switch name {
		case "Host", "Content-Length", "User-Agent":
			continue // as net/http does
		case "Connection", "Expect", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
			return b, false
		}
		if !isToken(name) {
			return b, false
		}
		for _, value := range values {
			if !isValue(value) {
				return b, false
			}
			b = appendField(b, name, value)
		}
	}
	return append(b, "\r\n"...), true
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// appendBody appends the body of r, whose length must be that which r says.
func appendBody(b []byte, r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return b, nil
	}
	head, length := len(b), int(r.ContentLength)
	b = slices.Grow(b, length+1) // one more, to see that the body ends
	n, err := io.ReadFull(r.Body, b[head:head+length+1])
	switch {
	case n == length+1:
		err = fmt.Errorf("it is longer than its Content-Length of %d", length)
	case err != io.EOF && err != io.ErrUnexpectedEOF: // io.ReadFull returns these themselves
	case n < length:
		err = fmt.Errorf("it ends after %d bytes of its Content-Length of %d", n, length)
	default:
		return b[:head+length], nil
	}
	return b, fmt.Errorf("reading the body of the request: %w", err)
}

// isReplayable reports whether a request may be sent again when the connection broke before the answer, by the rule
// of net/http.
func isReplayable(r *http.Request) bool {
	switch r.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil
}

// isToken reports whether s is the name of a header, by RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-_!#$%&'*+.^`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// isValue reports whether s is the value of a header that net/http writes as it is.
func isValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return s == "" || s[0] > ' ' && s[len(s)-1] > ' '
}
