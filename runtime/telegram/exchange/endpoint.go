package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An Endpoint makes POST requests below one URL, all with the same header. It is for who makes many small calls and reads each
// answer as a whole: [Endpoint.Post] does no work again that is the same for all of them, and makes no [http.Request] and
// no [http.Response]. It is safe for concurrent use.
type Endpoint struct {
	transport *Transport
	base      string
	header    http.Header

	prepared sync.Once
	direct   bool   // requests need no net/http, as far as URL and header say
	key      key    // of the connections
	prefix   string // of the path, escaped
	fields   string // the lines of the head, without that of Content-Length
}

// Endpoint makes an endpoint. base is an absolute URL without a query and a fragment; header must not be changed any more.
// [Config].Proxy is asked once, at the first request.
func (t *Transport) Endpoint(base string, header http.Header) *Endpoint {
	if header == nil {
		header = http.Header{}
	}
	return &Endpoint{transport: t, base: base, header: header}
}

// An Answer is the answer to a [Endpoint.Post].
type Answer struct {
	StatusCode int         // 0 if there was no answer
	Header     http.Header // nil if StatusCode is 200
	Body       []byte      // what read returned
}

// Post sends body to the URL of the endpoint, followed by the parts of path, and reads the answer. The rules and errors are
// those of [Transport.RoundTripBefore].
//
// read reads the body of the answer to its end. length is the Content-Length, or -1 if that is unknown. An error of read
// that no Read has returned is returned as it is. An answer whose body could not be read has its StatusCode.
func (e *Endpoint) Post(ctx context.Context, deadline time.Time, body []byte, read func(body io.Reader, length int64) ([]byte, error), path ...string) (Answer, error) {
	e.prepared.Do(e.prepare)
	if !e.direct || !isPlainPath(path) || len(body) == 0 || len(body) > maxBody || httptrace.ContextClientTrace(ctx) != nil {
		return e.roundTrip(ctx, deadline, body, read, path)
	}
	request := e.transport.buffers.Get().(*[]byte)
	*request = e.appendRequest((*request)[:0], body, path)
	c, err := e.ask(ctx, deadline, request)
	if err != nil {
		return Answer{}, err
	}
	a, length, reusable, err := c.begin(ctx)
	if err != nil {
		return Answer{}, err
	}
	a.Body, err = read(&c.answer, length)
	switch {
	case c.answer.err != nil:
		return a, c.fail(ctx, "reading the answer of", c.why(c.answer.err), true)
	case err == nil && !c.answer.ended:
		err = errNotToEnd
	}
	if err != nil {
		reusable = false
	}
	c.answer = answer{}
	if len(c.come) > 0 {
		reusable = false
	}
	e.transport.buffers.Put(c.held)
	c.held, c.come = nil, nil
	e.transport.giveBack(c, reusable)
	return a, err
}

// appendRequest appends a request.
func (e *Endpoint) appendRequest(b, body []byte, path []string) []byte {
	b = append(b, "POST "...)
	b = append(b, e.prefix...)
	for _, part := range path {
		b = append(b, part...)
	}
	b = append(b, e.fields...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)
	return append(b, body...)
}

// ask writes a request on a connection and waits for the first bytes of the answer. The memory of the request is the connection's
// after that.
func (e *Endpoint) ask(ctx context.Context, deadline time.Time, request *[]byte) (*conn, error) {
	for {
		c, err := e.transport.connect(ctx, e.key, deadline, true)
		if err != nil {
			return nil, err
		}
		again, err := c.ask(ctx, request, e.transport.config.MaxHeaderBytes)
		if err == nil {
			return c, nil
		}
		if !again {
			return nil, err
		}
	}
}

// prepare does the work that is the same for all requests.
func (e *Endpoint) prepare() {
	r, err := http.NewRequest(http.MethodGet, e.base, nil) // GET, so that there is no Content-Length in the head
	if err != nil || r.URL.RawQuery != "" || r.URL.ForceQuery || r.URL.Fragment != "" {
		return
	}
	r.Header = e.header
	if !isPlain(r) || r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil { // such a request may be sent again
		return
	}
	if proxy, err := e.transport.config.Proxy(r); proxy != nil || err != nil {
		return
	}
	head, ok := appendHead(nil, r)
	if !ok {
		return
	}
	_, fields, _ := bytes.Cut(head, []byte("\r\n"))
	fields = bytes.TrimSuffix(fields, []byte("\r\n"))
	e.key = key{r.URL.Scheme == "https", r.URL.Host}
	e.prefix = strings.TrimSuffix(r.URL.EscapedPath(), "/")
	e.fields = " HTTP/1.1\r\n" + string(fields) + "Content-Length: "
	e.direct = true
}

// isPlainPath reports whether a path begins with a slash and needs no escape in a URL.
func isPlainPath(path []string) bool {
	if len(path) == 0 || !strings.HasPrefix(path[0], "/") {
		return false
	}
	for _, part := range path {
		for i := range len(part) {
			if !plainInPath[part[i]] {
				return false
			}
		}
	}
	return true
}

// plainInPath holds the bytes that a URL's path never escapes.
var plainInPath = func() (table [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/:" {
		table[c] = true
	}
	return table
}()

// roundTrip is Post by RoundTripBefore.
func (e *Endpoint) roundTrip(ctx context.Context, deadline time.Time, body []byte, read func(io.Reader, int64) ([]byte, error), path []string) (Answer, error) {
	target, err := url.Parse(strings.TrimSuffix(e.base, "/") + strings.Join(path, ""))
	if err != nil {
		return Answer{}, fmt.Errorf("the URL of the request: %w", errors.Unwrap(err)) // without the URL
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	r.URL, r.Header = target, e.header.Clone()
	response, err := e.transport.RoundTripBefore(r, deadline)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	a := Answer{StatusCode: response.StatusCode}
	if response.StatusCode != http.StatusOK {
		a.Header = response.Header
	}
	a.Body, err = read(response.Body, response.ContentLength)
	return a, err
}
