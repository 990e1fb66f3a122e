//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package exchange

import (
	"net"
	"sync"
)

// A socket makes no exchange here.
type socket struct{}

func (*socket) of(net.Conn, *sync.Pool) {}

func (*socket) works() bool { return false }

func (*socket) ask(*[]byte, int64) (seen, written int, come *[]byte, err error) { return }
