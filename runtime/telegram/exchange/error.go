package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

var (
	errHeadTooLarge = errors.New("the head of the answer is too large")
	errSwitch       = errors.New("the server switches to another protocol, unasked")
	errClosed       = errors.New("read of a closed body")
	errStale        = errors.New("the connection was closed while it was idle")
	errNotToEnd     = errors.New("the answer was not read to its end")
)

// An Error is an exchange that failed. It does not hold the URL of the request.
type Error struct {
	// Doing is what was tried: "dialing", "TLS handshake with", "writing the request to", "waiting for the answer of",
	// "reading the answer of".
	Doing string

	// Address is the server's host and port.
	Address string

	// Written reports whether a byte of the request was written. If none was, the server has not seen the
	// request, and it can be sent again whatever it does.
	Written bool

	// Err is the cause. It is the error of the request's context, if that has ended.
	Err error
}

func (e *Error) Error() string { return e.Doing + " " + e.Address + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether the cause is a time-out, in the manner of [net.Error].
func (e *Error) Timeout() bool {
	var t interface{ Timeout() bool }
	return errors.As(e.Err, &t) && t.Timeout()
}

// NotSent reports whether no byte of the request was written, so that it can be sent again. Package calls asks for it.
func (e *Error) NotSent() bool { return !e.Written }

// cause is why something failed: if ctx has ended, then because of that.
func cause(ctx context.Context, err error) error {
	ended := ctx.Err()
	if ended == nil {
		// The timer of package net, for the deadline of ctx, may be a moment before that of ctx.
		if at, ok := ctx.Deadline(); ok && errors.Is(err, os.ErrDeadlineExceeded) && time.Until(at) <= 0 {
			return context.DeadlineExceeded
		}
		return err
	}
	if why := context.Cause(ctx); !errors.Is(why, ended) {
		return fmt.Errorf("%w: %w", ended, why)
	}
	return ended
}

// malformed is the error of a parser that did not understand an answer, without what it quotes of the answer: a server
// may send back what it got, and the URL with it.
func malformed(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	text, _, quotes := strings.Cut(err.Error(), `"`)
	if !quotes {
		return err
	}
	return errors.New(strings.TrimRight(text, ":;[ "))
}
