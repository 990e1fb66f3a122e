package inbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"
	"unsafe"
)

// A directConn is a connection whose usual deliveries are read and answered here, in one goroutine and without net/http.
// That saves a third of the processor time of an update. With the first request that is not a usual delivery, net/http takes the
// connection over.
type directConn struct {
	net.Conn
	server *Server
	place  *idleConn

	buffer     [bufferSize]byte
	start, end int       // what of buffer was read from the connection and not used yet
	armed      time.Time // when the deadline of an idle connection was set; zero if that of a request is set
}

const (
	// bufferSize is more than the head and the body of most deliveries take.
	bufferSize = 4 << 10

	// rearm is how long the deadline of an idle connection is kept while requests come, so that not each request moves it.
	rearm = 30 * time.Second

	// unwatched is how long an update may take before its delivery watches whether the client goes away.
	unwatched = time.Second

	// largeBody is the size of a body that net/http reads. If there is no room for it, net/http answers without reading it all, and
	// closes the connection so that the answer is not lost.
	largeBody = 256 << 10
)

// A directListener serves the connections that it accepts, and returns none of them to net/http.
type directListener struct {
	net.Listener
	server *Server
}

// Accept returns the error that ends it. net/http calls it again after an error that passes.
func (l directListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &directConn{Conn: conn, server: l.server, place: l.server.conns.add(conn)}
		l.server.direct.Go(c.serve) // Shutdown waits for it
	}
}

// serve serves requests until the connection is closed or net/http has it.
func (c *directConn) serve() {
	handed := false
	defer func() {
		if value := recover(); value != nil { // of an observer
			c.server.logf("panic serving a delivery: %v\n%s", value, debug.Stack())
		}
		c.server.conns.forget(c.place)
		if !handed {
			_ = c.Conn.Close()
		}
	}()
	if err := c.handshake(); err != nil {
		c.server.logf("TLS handshake error from %v: %v", c.RemoteAddr(), err)
		return
	}
	for fresh := true; ; fresh = false {
		h, found := c.readHead(fresh)
		switch {
		case found == partial: // it ended, or came too slowly
			return
		case found == unusual || h.length > min(largeBody, c.server.inbox.config.MaxBody) || !c.server.inbox.isSecret(h.secret):
			handed = true
			c.handOver()
			return
		}
		c.start += h.size
		if !c.deliver(h.length) {
			return
		}
		c.server.conns.idles(c.place)
		if c.server.closing.Load() { // perhaps Shutdown has closed the idle connections before this one was idle
			return
		}
	}
}

// handshake does the TLS handshake, if the connection has TLS. Read would do it, too, but would not tell its error apart.
func (c *directConn) handshake() error {
	secure, ok := c.Conn.(*tls.Conn)
	if !ok {
		return nil
	}
	c.beginRequest(time.Now())
	return secure.Handshake()
}

// readHead waits for a request and reads its head. It finds a partial one if the connection ends.
func (c *directConn) readHead(fresh bool) (h head, found finding) {
	switch now := time.Now(); {
	case fresh:
		c.beginRequest(now)
	case now.Sub(c.armed) > rearm:
		c.beginIdle(now)
	}
	for {
		if c.start < c.end {
			h, found = scanHead(c.buffer[c.start:c.end], c.server.path)
			if found != partial {
				c.server.conns.works(c.place)
				return h, found
			}
			if c.start > 0 {
				c.start, c.end = 0, copy(c.buffer[:], c.buffer[c.start:c.end])
			}
			if c.end == len(c.buffer) {
				return h, unusual
			}
			c.hurry()
		} else {
			c.start, c.end = 0, 0
		}
		n, err := c.Read(c.buffer[c.end:])
		c.end += n
		if n == 0 && err != nil {
			return h, partial
		}
	}
}

// beginIdle gives the client the time until a request begins.
func (c *directConn) beginIdle(now time.Time) {
	c.armed = now
	_ = c.SetReadDeadline(now.Add(idleTime)) // an error of the connection shows in Read
}

// beginRequest gives the client the time for a request.
func (c *directConn) beginRequest(now time.Time) {
	c.armed = time.Time{}
	_ = c.SetReadDeadline(now.Add(c.server.readTime))
}

// hurry gives the client the time for a request, unless that time runs already. A request that comes in one piece needs no
// deadline of its own.
func (c *directConn) hurry() {
	if !c.armed.IsZero() {
		c.beginRequest(time.Now())
	}
}

// deliver reads a body, and answers when its update has ended. It reports whether the connection can be used again.
func (c *directConn) deliver(size int64) (goesOn bool) {
	in := c.server.inbox
	if !in.admit(size) {
		return c.skip(size) && c.answer(comeAgain(), false)
	}
	var e *Entry // that the delivery waits for
	defer func() { in.dismiss(e != nil) }()
	body := make([]byte, size)
	n := copy(body, c.buffer[c.start:c.end])
	c.start += n
	if n < len(body) {
		c.hurry()
		if _, err := io.ReadFull(c, body[n:]); err != nil {
			in.release(size)
			in.count(func(s *Stats) { s.Invalid++ })
			status := http.StatusBadRequest
			if errors.Is(err, os.ErrDeadlineExceeded) {
				status = http.StatusRequestTimeout
			}
			return c.answer(reply{status: status}, true)
		}
	}
	known, what := in.accept(unsafe.String(unsafe.SliceData(body), len(body)), size) // nobody changes the body any more
	switch what {
	case confirmed:
		return c.answer(reply{status: http.StatusOK}, false)
	case refused:
		return c.answer(comeAgain(), false)
	}
	e = known
	return c.answer(in.conclude(e, c.wait(e)), false)
}

// skip reads the body of a delivery that was refused.
func (c *directConn) skip(size int64) bool {
	n := min(int64(c.end-c.start), size)
	c.start += int(n)
	if n == size {
		return true
	}
	c.hurry()
	_, err := io.CopyN(io.Discard, c.Conn, size-n)
	return err == nil
}

// wait waits until an update has ended, or until it is time to answer otherwise.
func (c *directConn) wait(e *Entry) ending {
	within := c.server.inbox.config.AnswerWithin
	how := c.server.inbox.wait(e, min(within, unwatched), nil)
	if how == over || within <= unwatched {
		return how
	}
	leaves, stop := c.watch()
	defer stop()
	return c.server.inbox.wait(e, within-unwatched, leaves)
}

// watch reads the connection, as far as there is room for what comes. leaves is closed if the connection ends. stop must be called
// before the next read.
func (c *directConn) watch() (leaves <-chan struct{}, stop func()) {
	if c.start > 0 {
		c.start, c.end = 0, copy(c.buffer[:], c.buffer[c.start:c.end])
	}
	_ = c.SetReadDeadline(time.Time{})
	ended, stopped := make(chan struct{}), make(chan struct{})
	go func() { // stop waits for it
		defer close(stopped)
		for c.end < len(c.buffer) {
			n, err := c.Read(c.buffer[c.end:])
			c.end += n
			if err != nil { // also if it was stopped
				close(ended)
				return
			}
		}
	}()
	return ended, func() {
		_ = c.SetReadDeadline(longAgo)
		<-stopped
		c.beginIdle(time.Now())
	}
}

// answer writes an answer. It reports whether the connection can be used again.
func (c *directConn) answer(a reply, last bool) bool {
	_, err := c.Write(c.server.answers.bytes(time.Now(), a, last || c.server.closing.Load()))
	return err == nil && !last
}

// handOver gives the connection to net/http, with what was read of it.
func (c *directConn) handOver() {
	_ = c.SetReadDeadline(time.Time{})
	c.server.handed.give(&begunConn{Conn: c.Conn, begun: append([]byte(nil), c.buffer[c.start:c.end]...)})
}

// answers makes the bytes of answers. It keeps those of the one that is given most, for a second.
type answers struct{ kept atomic.Pointer[keptAnswer] }

type keptAnswer struct {
	second int64
	text   []byte
}

// bytes returns an answer. It must not be changed.
func (a *answers) bytes(now time.Time, r reply, last bool) []byte {
	usual := r.status == http.StatusOK && !last
	if kept := a.kept.Load(); usual && kept != nil && kept.second == now.Unix() {
		return kept.text
	}
	text := appendAnswer(nil, now, r, last)
	if usual {
		a.kept.Store(&keptAnswer{now.Unix(), text})
	}
	return text
}

func appendAnswer(b []byte, now time.Time, r reply, last bool) []byte {
	b = fmt.Appendf(b, "HTTP/1.1 %d %s\r\n", r.status, http.StatusText(r.status))
	b = now.UTC().AppendFormat(append(b, "Date: "...), http.TimeFormat)
	if r.retryAfter > 0 {
		b = fmt.Appendf(b, "\r\nRetry-After: %d", r.retryAfter)
	}
	if last {
		b = append(b, "\r\nConnection: close"...)
	}
	return append(b, "\r\nContent-Length: 0\r\n\r\n"...)
}
