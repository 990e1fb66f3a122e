package exchange

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"time"
)

// A conn is a connection. One exchange at a time has it.
type conn struct {
	key    key
	raw    *counter
	stream net.Conn             // raw, or TLS over it
	state  *tls.ConnectionState // nil without TLS
	look   look                 // what is seen of an idle connection
	socket socket               // makes exchanges; of TCP without TLS
	hangUp func()               // closes raw, on a goroutine; made once, since each exchange hands it to its context
	reader *bufio.Reader        // over this conn
	answer answer               // what a Post reads

	used  bool      // it has been in the pool
	since time.Time // when it came into the pool; of the pool

	deadline time.Time // of the exchange; an idle connection keeps that of the last one

	release func() bool // of the exchange: ends the watch over its context; false if raw is closed or being closed

	held  *[]byte // the buffer of a Post; it goes back to the buffers of the transport
	come  []byte  // in held: has been read from the socket already, and comes before what can be read
	limit int64   // how many more bytes may be read
	err   error   // of the first Read that failed
}

// A counter is a connection that counts the bytes written to it, also below TLS.
type counter struct {
	net.Conn
	written int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written += int64(n)
	return n, err
}

// Read reads what the limit allows, and remembers an error, since a bufio.Reader over it does not tell
// before its buffer is empty.
func (c *conn) Read(p []byte) (int, error) {
	if c.limit <= 0 {
		if c.err == nil {
			c.err = errHeadTooLarge
		}
		return 0, c.err
	}
	if int64(len(p)) > c.limit {
		p = p[:c.limit]
	}
	if len(c.come) > 0 {
		n := copy(p, c.come)
		c.come = c.come[n:]
		c.limit -= int64(n)
		return n, nil
	}
	n, err := c.stream.Read(p)
	c.limit -= int64(n)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// why is the cause of an error that a parser met while it read from c.
func (c *conn) why(err error) error {
	if c.err != nil && c.err != io.EOF { // a reader returns io.EOF itself
		return c.err
	}
	return malformed(err)
}

// setDeadline sets the deadline of the next exchange, before the connection is looked at: a deadline that has passed fails
// every use.
func (c *conn) setDeadline(deadline time.Time) error {
	if c.deadline.Equal(deadline) {
		return nil
	}
	c.deadline = deadline
	return c.stream.SetDeadline(deadline)
}

// cause is why a use of the connection failed: because ctx has ended, or because of the deadline, or because of err.
func (c *conn) cause(ctx context.Context, err error) error {
	if ctx.Err() == nil && !c.deadline.IsZero() && errors.Is(err, os.ErrDeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return cause(ctx, err)
}

// drop closes a connection whose state is not known. It does not take leave over TLS, which could block.
func (c *conn) drop() { c.raw.Close() }

// close closes a connection that is idle.
func (c *conn) close() { c.stream.Close() }

// address is the host and port that are dialed.
func (k key) address() string {
	port := ""
	host := k.host
	if i := lastColon(host); i >= 0 {
		host, port = host[:i], host[i+1:]
	}
	if len(host) > 1 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	switch {
	case port != "":
	case k.secure:
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(host, port)
}

// lastColon is where the port of a host begins, or -1.
func lastColon(host string) int {
	for i := len(host) - 1; i >= 0 && host[i] != ']'; i-- {
		if host[i] == ':' {
			return i
		}
	}
	return -1
}

// dial makes a connection. It ends with ctx.
func (t *Transport) dial(ctx context.Context, k key) (*conn, error) {
	address := k.address()
	limited, cancel := withTimeout(ctx, t.config.DialTimeout)
	raw, err := t.config.Dial(limited, "tcp", address)
	cancel()
	if err != nil {
		return nil, &Error{Doing: "dialing", Address: address, Err: cause(ctx, err)}
	}
	c := &conn{key: k, raw: &counter{Conn: raw}, limit: math.MaxInt64}
	c.stream = c.raw
	c.reader = bufio.NewReader(c)
	c.hangUp = func() { go c.drop() } // the context that calls it may hold a lock
	c.look.of(raw)
	if k.secure {
		if err := t.handshake(ctx, c, address); err != nil {
			c.drop()
			return nil, &Error{Doing: "TLS handshake with", Address: address, Err: cause(ctx, err)}
		}
	} else {
		c.socket.of(raw, &t.buffers)
	}
	return c, nil
}

func (t *Transport) handshake(ctx context.Context, c *conn, address string) error {
	config := t.config.TLS
	if config.ServerName == "" {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return err
		}
		config = config.Clone()
		config.ServerName = host
	}
	secure := tls.Client(c.raw, config)
	limited, cancel := withTimeout(ctx, t.config.HandshakeTimeout)
	defer cancel()
	if err := secure.HandshakeContext(limited); err != nil {
		return err
	}
	state := secure.ConnectionState()
	c.stream, c.state = secure, &state
	return nil
}
