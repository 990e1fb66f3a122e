//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package exchange

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
)

// A socket makes exchanges on a TCP connection, each in one use of the file descriptor.
type socket struct {
	conn    *net.TCPConn
	raw     syscall.RawConn
	step    func(fd uintptr) bool // made once; returns false to wait until there is something to be read
	buffers *sync.Pool            // of *[]byte

	request *[]byte // nil once it is written
	come    *[]byte // the first bytes of the answer
	limit   int64   // of come
	seen    int     // by the look
	written int     // of the request
	err     error
}

// of makes a socket of a TCP connection. A type of [Config].Dial, even one that embeds a TCP connection, has methods that must be
// called.
func (s *socket) of(c net.Conn, buffers *sync.Pool) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	*s = socket{conn: tcp, raw: raw, step: s.next, buffers: buffers}
}

// works reports whether the connection is a socket.
func (s *socket) works() bool { return s.raw != nil }

// ask looks at the connection. If that is silent, ask writes a request, gives its memory to the buffers, waits, and reads the first
// bytes of the answer, at most limit, into one of the buffers. So what waits holds no buffer, and the bytes of the answer
// are read into memory that was used a moment ago.
//
// The request keeps its memory if fewer than all of its bytes were written. This is no error if the kernel takes no more.
func (s *socket) ask(request *[]byte, limit int64) (seen, written int, come *[]byte, err error) {
	s.request, s.limit = request, limit
	s.come, s.seen, s.written, s.err = nil, lookUnknown, 0, nil
	err = s.raw.Read(s.step)
	if err == nil {
		err = s.err
	}
	seen, written, come = s.seen, s.written, s.come
	s.request, s.come, s.err = nil, nil, nil
	return seen, written, come, err
}

// next takes the next step. Package net has noted before the first one that nothing is there to be read. So it misses nothing
// that comes after the look.
func (s *socket) next(fd uintptr) bool {
	if s.request == nil {
		return s.read(int(fd))
	}
	if s.seen = peek(int(fd)); s.seen != lookSilent {
		return true
	}
	return !s.write(int(fd))
}

// write writes the request, and reports whether the kernel took all of it.
func (s *socket) write(fd int) bool {
	for {
		n, err := send(fd, *s.request)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
		case err != nil:
			s.err = s.failed("write", err)
		default:
			s.written = n
		}
		if s.written < len(*s.request) {
			return false
		}
		s.buffers.Put(s.request)
		s.request = nil
		return true
	}
}

// read reads the first bytes of the answer, and reports whether there was an outcome.
func (s *socket) read(fd int) bool {
	buf := s.buffers.Get().(*[]byte)
	for {
		n, err := receive(fd, (*buf)[:min(int64(cap(*buf)), s.limit)], 0)
		switch {
		case err == syscall.EINTR:
			continue
		case err == nil && n > 0:
			*buf = (*buf)[:n]
			s.come = buf
			return true
		case err == syscall.EAGAIN:
			s.buffers.Put(buf)
			return false
		case err != nil:
			s.err = s.failed("read", err)
		default:
			s.err = io.EOF
		}
		s.buffers.Put(buf)
		return true
	}
}

// failed makes an error as package net makes it.
func (s *socket) failed(call string, err error) error {
	return &net.OpError{
		Op: call, Net: "tcp", Source: s.conn.LocalAddr(), Addr: s.conn.RemoteAddr(), Err: os.NewSyscallError(call, err),
	}
}
