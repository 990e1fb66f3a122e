//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package exchange

import (
	"net"
	"syscall"
)

// A look peeks at a connection with a system call that does not wait.
type look struct {
	raw  syscall.RawConn
	peek func(fd uintptr) bool // made once
	seen int
}

func (l *look) of(c net.Conn) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	l.raw = raw
	l.peek = func(fd uintptr) bool {
		l.seen = peek(int(fd))
		return true
	}
}

// works reports whether the connection can be looked at.
func (l *look) works() bool { return l.raw != nil }

func (l *look) now() int {
	if l.raw == nil {
		return lookUnknown
	}
	if l.raw.Read(l.peek) != nil {
		return lookClosed
	}
	return l.seen
}

func peek(fd int) int {
	var one [1]byte
	for {
		n, err := receive(fd, one[:], syscall.MSG_PEEK)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return lookSilent
		case err != nil || n == 0:
			return lookClosed
		}
		return lookUnknown
	}
}
