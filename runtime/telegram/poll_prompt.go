package telegram

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// Prompt makes the poller look at once whether the answer to its poll has arrived. While all processors are busy, Go's
// scheduler may notice an answer late: it looks at the network when a processor has nothing else to run. Prompt does
// nothing if no poll is under way, or if the author brought the HTTP client. It does not block, and may be called
// concurrently. It is meant for [runtime.SinkConfig].OnLow.
func (p *Poller) Prompt() {
	if line := p.line.Load(); line != nil {
		line.prompt()
	}
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dial wraps the poller's connections so that Prompt works on them.
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

// A promptConn is a connection whose reader can be told to try again at once. The only way to wake a reader is to set a
// read deadline that has passed, so no other code may set read deadlines on the connection. Package net/http sets one only
// while it connects through a SOCKS proxy, and there it also watches the context.
type promptConn struct {
	net.Conn
	reading  atomic.Bool
	prompted atomic.Bool // a deadline is set, or is about to be, and the reader has not seen it yet
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

func (c *promptConn) prompt() {
	if c.reading.Load() && !c.prompted.Swap(true) {
		_ = c.SetReadDeadline(longAgo) // it fails only if the connection is closed
	}
}

// Read reads from the connection. After a prompt it reads again.
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
