// Package prompt has a connection whose reader can be told to look at once whether bytes have arrived.
package prompt

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A Conn is a connection whose reader can be told to try again at once. The only way to wake a reader is to set a
// read deadline that has passed, so no other code may set read deadlines on the connection. Package net/http sets one only
// while it connects through a SOCKS proxy, and there it also watches the context.
type Conn struct {
	net.Conn
	reading  atomic.Bool
	prompted atomic.Bool // a deadline is set, or is about to be, and the reader has not seen it yet
}

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// Prompt makes a Read that waits try again. It does not block, and may be called concurrently.
func (c *Conn) Prompt() {
	if c.reading.Load() && !c.prompted.Swap(true) {
		_ = c.SetReadDeadline(longAgo) // it fails only if the connection is closed
	}
}

// Read reads from the connection. After a prompt it reads again.
func (c *Conn) Read(b []byte) (int, error) {
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
