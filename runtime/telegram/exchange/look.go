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
//
// A read whose deadline has passed does not look at the connection at all. On a busy machine the deadline can pass before the
// read begins. So the read is tried again if it may have begun too late, and if what had come is still there. After some
// attempts the answer is no, which only costs a connection.
func (c *conn) readsNothing() bool {
	const attempts = 10
	for range attempts {
		var one [1]byte
		armed := time.Now()
		if c.stream.SetReadDeadline(armed.Add(lookTime)) != nil {
			return false
		}
		late := time.Since(armed) > lookTime/2
		n, err := c.stream.Read(one[:])
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || c.stream.SetReadDeadline(c.deadline) != nil {
			return false
		}
		if !late && (!c.look.works() || c.look.now() == lookSilent) { // a look would fail if the deadline had passed
			return true
		}
	}
	return false
}
