package exchange

import (
	"errors"
	"os"
	"time"
)

// lookTime is how long a look waits where it cannot do without waiting.
const lookTime = time.Millisecond

// What a look at an idle connection sees.
const (
	lookSilent  = iota // it is open, and nothing has come
	lookClosed         // it is closed or broken
	lookUnknown        // something has come, or such a connection cannot be looked at
)

// isSilent reports whether an idle connection is open, with nothing of the server's waiting to be read but what
// crypto/tls takes in while it reads: session tickets and key updates.
func (c *conn) isSilent() bool {
	switch c.look.now() {
	case lookSilent:
		return true
	case lookClosed:
		return false
	}
	return c.readsNothing()
}

// readsNothing reads for a moment, and reports whether nothing came. A deadline that passed does not spoil a tls.Conn:
// the part of a record that it has read is kept for the next Read.
func (c *conn) readsNothing() bool {
	var one [1]byte
	if c.stream.SetReadDeadline(time.Now().Add(lookTime)) != nil {
		return false
	}
	n, err := c.stream.Read(one[:])
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.stream.SetReadDeadline(c.deadline) == nil
}
