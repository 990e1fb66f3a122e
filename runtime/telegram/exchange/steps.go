package exchange

import (
	"context"
	"math"
	"net/http"
)

// The steps of an exchange. After an error of one of them, the connection is dropped.

// write writes a request. From then on, the end of ctx closes the connection, until c.release is called. After an error,
// write reports whether the request may be sent again.
func (c *conn) write(ctx context.Context, request []byte) (again bool, err error) {
	c.release = watch(ctx, c.hangUp)
	before := c.raw.written
	if _, err := c.stream.Write(request); err != nil {
		written := c.raw.written > before
		return c.used && !written, c.fail(ctx, "writing the request to", err, written)
	}
	return false, nil
}

// ask writes a request and waits for the first byte of the answer, whose head may be as long as limit. After an error, ask reports
// whether the request may be sent again. Then, the request keeps its memory, or else it has become that of the connection.
//
// On Unix, a TCP connection without TLS that has been idle is looked at before that, and all of that is one use of its file
// descriptor. That takes the locks of package net once instead of three times, and does not read before there is something to be read.
func (c *conn) ask(ctx context.Context, request *[]byte, limit int64) (again bool, err error) {
	if !c.used || !c.socket.works() {
		if again, err := c.write(ctx, *request); err != nil {
			return again, err
		}
		c.held = request
		return false, c.await(ctx, limit)
	}
	c.release = watch(ctx, c.hangUp)
	seen, written, come, err := c.socket.ask(request, limit)
	switch {
	case come != nil:
		c.limit, c.held, c.come = limit, come, *come
		c.reader.Reset(c)
		return false, nil
	case seen != lookSilent: // it was closed while it was idle, or its deadline has passed
		c.release()
		c.drop()
		return true, errStale
	case err == nil: // the buffer of the kernel is full
		c.held = request
		if _, err := c.stream.Write((*request)[written:]); err != nil {
			return false, c.fail(ctx, "writing the request to", err, true)
		}
		return false, c.await(ctx, limit)
	case written == 0:
		return true, c.fail(ctx, "writing the request to", err, false)
	}
	return false, c.fail(ctx, "waiting for the answer of", err, true)
}

// watch calls f on the end of ctx. The function that it returns ends that, and reports false if f has been or is being called.
// A context that can be watched by itself, such as that of a handler, is asked directly: [context.AfterFunc] would do the same
// for a context of its own.
func watch(ctx context.Context, f func()) (release func() bool) {
	if ctx, ok := ctx.(interface{ AfterFunc(func()) func() bool }); ok {
		return ctx.AfterFunc(f)
	}
	if ctx.Done() == nil {
		return noRelease
	}
	return context.AfterFunc(ctx, f)
}

func noRelease() bool { return true }

// await waits for the first byte of the answer. The head of the answer may be as long as limit.
func (c *conn) await(ctx context.Context, limit int64) error {
	c.reader.Reset(c)
	c.limit = limit
	if _, err := c.reader.Peek(1); err != nil {
		return c.fail(ctx, "waiting for the answer of", err, true)
	}
	return nil
}

// readHead reads the head of the answer to r. Then the answer may be as long as it likes.
func (c *conn) readHead(ctx context.Context, r *http.Request) (*http.Response, error) {
	response, err := readResponse(c.reader, r)
	if err != nil {
		return nil, c.fail(ctx, "reading the answer of", c.why(err), true)
	}
	c.limit = math.MaxInt64
	return response, nil
}

// fail drops the connection and makes the error of an exchange.
func (c *conn) fail(ctx context.Context, doing string, err error, written bool) error {
	c.release()
	c.drop()
	return &Error{doing, c.key.address(), written, c.cause(ctx, err)}
}
