// Package memory is a network within the process. A test in a testing/synctest bubble needs it, because a goroutine that waits for a
// real network does not count as blocked there.
package memory

import (
	"context"
	"net"
	"sync"
)

// NewListener returns a listener whose connections come from [Listener.Dial].
func NewListener() *Listener {
	return &Listener{accept: make(chan net.Conn), closed: make(chan struct{})}
}

// A Listener accepts connections in memory. It is safe for concurrent use.
type Listener struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accept:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener]. It does not close connections.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr returns [Addr].
func (l *Listener) Addr() net.Addr { return Addr{} }

// Dial connects to the listener. It waits until the connection is accepted. The network and the address do not matter.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.accept <- server:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Addr: Addr{}, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Addr is the address of all listeners.
type Addr struct{}

// Network returns "memory".
func (Addr) Network() string { return "memory" }

// String returns a host name that no network has.
func (Addr) String() string { return "tgtest.invalid" }
