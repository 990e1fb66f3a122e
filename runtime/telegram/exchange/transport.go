package exchange

import (
	"bufio"
	"context"
	"net/http"
	"sync"
	"time"
)

// A Transport makes HTTP/1.1 exchanges in the goroutine of the caller. It is safe for concurrent use.
type Transport struct {
	config   Config
	fallback http.RoundTripper
	own      *http.Transport // fallback, if it was made here
	pool     pool
	buffers  sync.Pool // of *[]byte, for requests
}

var _ http.RoundTripper = (*Transport)(nil)

// bufferSize is the room for a request, and for the first part of an answer. Most need less.
const bufferSize = 4 << 10

// New makes a transport.
func New(config Config) *Transport {
	config = config.withDefaults()
	t := &Transport{config: config, fallback: config.Fallback}
	if t.fallback == nil {
		t.own = config.netHTTP()
		t.fallback = t.own
	}
	t.pool.max, t.pool.timeout = config.MaxIdle, config.IdleTimeout
	t.buffers.New = func() any {
		b := make([]byte, 0, bufferSize)
		return &b
	}
	return t
}

// CloseIdleConnections closes the connections that are not in use, and those that come to be so before the next request.
// It leaves a Fallback alone that was given to the transport.
func (t *Transport) CloseIdleConnections() {
	t.pool.close()
	if t.own != nil {
		t.own.CloseIdleConnections()
	}
}

// RoundTrip makes an exchange, as [http.RoundTripper] says. It returns soon after the end of the request's context, which
// also ends the body of the answer. Its errors are of the type [*Error], unless the request goes to the Fallback, its
// body is wrong, or its context ended before the exchange began.
//
// A body that was read to its end gives its connection back, even before it is closed. One that is closed early does so
// if the rest has come already.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.RoundTripBefore(r, time.Time{})
}

// RoundTripBefore is [Transport.RoundTrip] with a deadline in addition to that of the request's context. The deadline
// bounds the exchange and the body of the answer; the zero time means no deadline. After the deadline, the cause of the
// error is [context.DeadlineExceeded].
//
// A connection keeps its deadline without a timer of this package, so it costs a tenth of what a context with a deadline
// costs.
func (t *Transport) RoundTripBefore(r *http.Request, deadline time.Time) (*http.Response, error) {
	if !isPlain(r) {
		return t.fallBack(r, deadline)
	}
	if proxy, err := t.config.Proxy(r); proxy != nil || err != nil {
		return t.fallBack(r, deadline)
	}
	buf := t.buffers.Get().(*[]byte)
	defer t.buffers.Put(buf)
	request, ok := appendHead((*buf)[:0], r)
	if !ok {
		return t.fallBack(r, deadline)
	}
	request, err := appendBody(request, r)
	*buf = request
	if r.Body != nil {
		if closed := r.Body.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return nil, err
	}

	k := key{r.URL.Scheme == "https", r.URL.Host}
	for {
		c, err := t.connect(r.Context(), k, deadline, false)
		if err != nil {
			return nil, err
		}
		response, again, err := t.exchange(c, r, request)
		if err == nil || !again {
			return response, err
		}
	}
}

// connect returns an idle connection or makes one, with the deadline. If asking is set, a connection is not looked at if
// [conn.ask] does that.
func (t *Transport) connect(ctx context.Context, k key, deadline time.Time, asking bool) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, cause(ctx, err)
	}
	for {
		var c *conn
		if deadline.IsZero() || time.Until(deadline) > 0 { // after the deadline, every connection would fail and be dropped
			c = t.pool.take(k)
		}
		if c == nil {
			return t.dialBefore(ctx, k, deadline)
		}
		if c.setDeadline(deadline) == nil && (asking && c.socket.works() || c.isSilent()) {
			return c, nil
		}
		c.drop()
	}
}

// dialBefore makes a connection with a deadline, which also bounds the dial.
func (t *Transport) dialBefore(ctx context.Context, k key, deadline time.Time) (*conn, error) {
	if deadline.IsZero() {
		return t.dial(ctx, k)
	}
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	c, err := t.dial(limited, k)
	if err != nil {
		return nil, err
	}
	if err := c.setDeadline(deadline); err != nil {
		c.drop()
		return nil, &Error{Doing: "dialing", Address: k.address(), Err: err}
	}
	return c, nil
}

// exchange makes an exchange on a connection. After an error it reports whether the request may be sent again, on another.
func (t *Transport) exchange(c *conn, r *http.Request, request []byte) (_ *http.Response, again bool, err error) {
	ctx := r.Context()
	if again, err := c.write(ctx, request); err != nil {
		return nil, again, err
	}
	if err := c.await(ctx, t.config.MaxHeaderBytes); err != nil {
		return nil, c.used && isReplayable(r), err
	}
	response, err := c.readHead(ctx, r)
	if err != nil {
		return nil, false, err
	}
	response.TLS = c.state
	b := &body{src: response.Body, transport: t, conn: c, ctx: ctx, release: c.release}
	b.reusable = isReusable(response) && !r.Close
	if response.Body == http.NoBody {
		b.giveBack()
	} else {
		response.Body = b
	}
	return response, false, nil
}

// isReusable reports whether a connection may serve another exchange, as far as the head of an answer says.
func isReusable(response *http.Response) bool { return !response.Close && response.StatusCode >= 200 }

// readResponse reads the head of an answer, after the 1xx answers before it.
func readResponse(reader *bufio.Reader, r *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(reader, r)
		switch {
		case err != nil:
			return nil, err
		case response.StatusCode == http.StatusSwitchingProtocols:
			return nil, errSwitch
		case response.StatusCode < 100 || response.StatusCode > 199:
			return response, nil
		}
	}
}
