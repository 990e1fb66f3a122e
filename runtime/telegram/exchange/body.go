package exchange

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// A body is the body of an answer, which holds the connection until it ends.
type body struct {
	transport *Transport
	conn      *conn
	ctx       context.Context
	release   func() bool // ends the watch over ctx; false if conn is closed or being closed
	reusable  bool        // the connection may serve another exchange, as far as the head of the answer says
	let       atomic.Bool // the connection is no longer this body's: whoever sets it gives it back or drops it

	mu     sync.Mutex
	src    io.Reader // what http.ReadResponse made of the connection
	err    error     // of the last Read, once and for all
	closed bool
}

// Read reads from the body.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return 0, errClosed
	case b.err != nil:
		return 0, b.err
	}
	n, err := b.src.Read(p)
	if err == nil {
		return n, nil
	}
	if err == io.EOF { // a reader returns io.EOF itself
		b.giveBack()
	} else {
		err = &Error{"reading the answer of", b.conn.key.address(), true, b.conn.cause(b.ctx, b.conn.why(err))}
		b.drop()
	}
	b.err = err
	return n, err
}

// Close ends a Read that is under way in another goroutine.
func (b *body) Close() error {
	if !b.mu.TryLock() {
		b.drop()
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	if b.err == nil {
		b.conn.limit = 0 // what has come is enough to end the body, or it is dropped
		if _, err := io.Copy(io.Discard, b.src); err == nil {
			b.giveBack()
		} else {
			b.drop()
		}
	}
	b.src = nil
	return nil
}

// giveBack gives the connection to the pool after the end of the answer, if it can be used again.
func (b *body) giveBack() {
	if !b.let.CompareAndSwap(false, true) {
		return
	}
	b.transport.giveBack(b.conn, b.reusable)
}

// giveBack gives a connection to the pool after the end of an answer. It drops one that cannot be used again: the answer says
// so, or more has come than the answer, or its context ended.
func (t *Transport) giveBack(c *conn, reusable bool) {
	if !c.release() || !reusable || c.err != nil || c.reader.Buffered() > 0 {
		c.drop()
		return
	}
	t.pool.put(c)
}

// drop closes the connection in the middle of the answer.
func (b *body) drop() {
	if b.let.CompareAndSwap(false, true) {
		b.release()
		b.conn.drop()
	}
}
