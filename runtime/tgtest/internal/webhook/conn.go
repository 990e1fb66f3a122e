package webhook

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// maxAnswer is the size of the largest answer that is read, in bytes.
const maxAnswer = 50 << 20

// A Target is where a webhook is.
type Target struct {
	URL    *url.URL
	Secret string // for the header X-Telegram-Bot-Api-Secret-Token; empty means no header
	// Dial opens a connection to the host and port of the URL, with TLS if there is to be any.
	Dial func(ctx context.Context) (net.Conn, error)
}

// Address returns the host and the port of a URL.
func Address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Secure makes a connection one with TLS. It closes the connection if that fails.
func Secure(ctx context.Context, conn net.Conn, config *tls.Config) (net.Conn, error) {
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("SSL error {%w}", err)
	}
	return secured, nil
}

// request returns the request with an update: the header, and the body.
func (t *Target) request(body []byte) (header, content []byte) {
	var h bytes.Buffer
	fmt.Fprintf(&h, "POST %s HTTP/1.1\r\nHost: %s\r\n", t.URL.RequestURI(), t.URL.Host)
	if user := t.URL.User; user != nil {
		password, _ := user.Password()
		login := user.Username() + ":" + password
		fmt.Fprintf(&h, "Authorization: Basic %s\r\n", base64.StdEncoding.EncodeToString([]byte(login)))
	}
	if t.Secret != "" {
		fmt.Fprintf(&h, "X-Telegram-Bot-Api-Secret-Token: %s\r\n", t.Secret)
	}
	fmt.Fprintf(&h, "Content-Type: application/json\r\nContent-Length: %d\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\n\r\n", len(body))
	return h.Bytes(), body
}

// A Damage says how an exchange goes wrong.
type Damage struct {
	// Timeout is how long the server waits for the answer. 0 means Timeout, the constant.
	Timeout time.Duration
	// ResetMidBody sends half of the body and resets the connection.
	ResetMidBody bool
	// CloseBeforeAnswer sends the update and closes the connection.
	CloseBeforeAnswer bool
	// LoseAnswer reads the answer and closes the connection, as if no answer had come.
	LoseAnswer bool
}

// An Answer is what a webhook answered.
type Answer struct {
	Status    int
	Text      string // the status line without the protocol, such as 200 OK
	Header    http.Header
	Body      []byte
	KeepAlive bool
}

// OK reports whether the answer confirms the update.
func (a Answer) OK() bool { return 200 <= a.Status && a.Status <= 299 }

// RetryAfter returns the header Retry-After, or 0 if it is absent or not a number of seconds.
func (a Answer) RetryAfter() time.Duration {
	seconds, err := strconv.ParseInt(a.Header.Get("Retry-After"), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(max(seconds, 0)) * time.Second
}

// ErrClosed says that the connection was closed before the answer was complete. The official server does not mention this in
// getWebhookInfo.
var ErrClosed = errors.New("Webhook connection closed")

// A Conn is a connection to a webhook. One goroutine may use it at a time, and any goroutine may close it.
type Conn struct {
	target  *Target
	answers chan Answer
	gone    chan struct{} // closed when nothing is read any more
	err     error         // why; read it after gone

	mu     sync.Mutex
	closed bool
	quit   chan struct{} // closed by Close
	raw    net.Conn      // nil before the first exchange
	conn   net.Conn      // raw, or TLS over it
}

// NewConn returns a connection that is made at the first exchange.
func (t *Target) NewConn() *Conn {
	return &Conn{target: t, answers: make(chan Answer), gone: make(chan struct{}), quit: make(chan struct{})}
}

// Gone returns a channel that is closed when the connection is closed, by either side. It is nil before the first exchange.
func (c *Conn) Gone() <-chan struct{} {
	if c.conn == nil {
		return nil
	}
	return c.gone
}

// Close closes the connection. A second Close does nothing.
func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	close(c.quit)
	if c.raw != nil {
		c.raw.Close()
	}
}

// Wait waits until the goroutine of a closed connection has ended.
func (c *Conn) Wait() {
	if c.conn != nil {
		<-c.gone
	}
}

// reset closes the connection so that the other side of a TCP connection sees a reset.
func (c *Conn) reset() {
	if tcp, ok := c.raw.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// dial makes the connection and starts its goroutine.
func (c *Conn) dial(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := c.target.Dial(ctx)
	if err != nil {
		return err
	}
	raw := conn
	if secured, ok := conn.(*tls.Conn); ok {
		raw = secured.NetConn() // its Close does not wait
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		raw.Close()
		return net.ErrClosed
	}
	c.raw, c.conn = raw, conn
	go c.read() // Wait waits for it
	return nil
}

// Exchange sends an update and returns the answer. If it returns an error, or an answer without KeepAlive, the connection is
// closed.
func (c *Conn) Exchange(ctx context.Context, body []byte, d Damage) (Answer, error) {
	timeout := d.Timeout
	if timeout == 0 {
		timeout = Timeout
	}
	if c.conn == nil {
		if err := c.dial(ctx, timeout); err != nil {
			return Answer{}, public(err)
		}
	}
	answer, err := c.exchange(body, timeout, d)
	if err != nil || !answer.KeepAlive {
		c.Close()
	}
	return answer, err
}

func (c *Conn) exchange(body []byte, timeout time.Duration, d Damage) (Answer, error) {
	c.conn.SetDeadline(time.Now().Add(timeout)) // fails only if the connection is closed
	header, content := c.target.request(body)
	if d.ResetMidBody {
		content = content[:len(content)/2]
	}
	_, err := c.conn.Write(append(header, content...))
	switch {
	case d.ResetMidBody:
		c.reset()
		return Answer{}, public(syscall.ECONNRESET)
	case d.CloseBeforeAnswer && err == nil:
		return Answer{}, ErrClosed
	}
	// The webhook may have answered and closed the connection before it read all. So an answer counts even if a write failed.
	select {
	case answer := <-c.answers:
		if d.LoseAnswer {
			return Answer{}, ErrClosed
		}
		c.conn.SetDeadline(time.Time{})
		return answer, nil
	case <-c.gone:
		return Answer{}, public(c.err)
	}
}

// read reads answers until the connection is closed.
func (c *Conn) read() {
	defer close(c.gone)
	r := bufio.NewReader(c.conn)
	for {
		answer, err := readAnswer(r)
		if err != nil {
			c.err = err
			return
		}
		select {
		case c.answers <- answer:
		case <-c.quit:
			c.err = net.ErrClosed
			return
		}
		if !answer.KeepAlive {
			c.err = ErrClosed
			return
		}
	}
}

// readAnswer reads an answer.
func readAnswer(r *bufio.Reader) (Answer, error) {
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil {
			return Answer{}, err
		}
		if resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
			continue // such as 100 Continue
		}
		body, err := readBody(resp)
		if err != nil {
			return Answer{}, err
		}
		return Answer{
			Status:    resp.StatusCode,
			Text:      resp.Status,
			Header:    resp.Header,
			Body:      body,
			KeepAlive: !resp.Close,
		}, nil
	}
}

// readBody reads the body of an answer. Like the official server it takes an answer without a length to be empty.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	var unpacked io.Reader
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		unpacked, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		unpacked, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return body, nil
	}
	if err != nil {
		return nil, nil // not readable, so it names no method
	}
	if body, err = io.ReadAll(io.LimitReader(unpacked, maxAnswer)); err != nil {
		return nil, nil
	}
	return body, nil
}

// public returns an error of the network as the official server words it in getWebhookInfo.
func public(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return ErrClosed
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("Connection refused")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errors.New("Connection reset by peer")
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return errors.New("Read timeout expired")
	}
	return err
}
