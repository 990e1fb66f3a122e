package telegram

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// Prompt has an answer to a poll read that came while all processors were busy, which Go's scheduler would notice only
// when one of them has nothing else to run. It does nothing while no poll is under way, and with an HTTP client of the
// author's. It does not block, and may be called concurrently; use it as [runtime.SinkConfig].OnLow.
func (p *Poller) Prompt() {
	if line := p.line.Load(); line != nil {
		line.prompt()
	}
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dial makes the poller's connections such that Prompt works on them.
func (p *Poller) dial(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		line := &promptConn{Conn: conn}
		p.line.Store(line)
		return line, nil
	}
}

// A promptConn is a connection whose reader can be told to look whether there is something to read. The one way to wake
// a reader is a deadline that has passed, so nobody else may set one. Net/http does so only while it talks to a SOCKS
// proxy, and then ends that by the context too.
type promptConn struct {
	net.Conn
	reading  atomic.Bool
	prompted atomic.Bool // a deadline was set, or is about to be, that the reader has not met yet
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

func (c *promptConn) prompt() {
	if c.reading.Load() && !c.prompted.Swap(true) {
		_ = c.SetReadDeadline(longAgo) // fails if the connection is closed
	}
}

// Read is net.Conn's, but for a prompt: then it looks again.
func (c *promptConn) Read(b []byte) (int, error) {
	c.reading.Store(true)
	defer c.reading.Store(false)
	for {
		n, err := c.Conn.Read(b)
		if n > 0 || !c.prompted.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if err := c.SetReadDeadline(time.Time{}); err != nil {
			return 0, err
		}
		c.prompted.Store(false)
	}
}
