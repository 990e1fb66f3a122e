package inbox

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// idleConns closes connections if too many are idle. A connection that is new counts as idle until its first request.
type idleConns struct {
	most int

	mu    sync.Mutex
	idle  int
	conns map[net.Conn]*idleConn // all that are open
	order idleConn               // a ring of those that are idle, in which the one that has been idle longest follows order
}

// An idleConn is the place of a connection in the ring. Both links are nil while the connection carries a request.
type idleConn struct {
	conn           net.Conn
	previous, next *idleConn
}

func newIdleConns(most int) *idleConns {
	c := &idleConns{most: most, conns: make(map[net.Conn]*idleConn)}
	c.order.previous, c.order.next = &c.order, &c.order
	return c
}

// changed is the ConnState hook of the server.
func (c *idleConns) changed(conn net.Conn, to http.ConnState) {
	c.mu.Lock()
	place := c.conns[conn]
	if place == nil {
		place = c.register(conn)
	}
	var longest net.Conn
	switch c.remove(place); to {
	case http.StateNew, http.StateIdle:
		longest = c.append(place)
	case http.StateClosed, http.StateHijacked:
		delete(c.conns, conn)
	}
	c.mu.Unlock()
	closeConn(longest)
}

// add adds a connection, which is idle. The caller passes its place to the other methods.
func (c *idleConns) add(conn net.Conn) *idleConn {
	c.mu.Lock()
	place := c.register(conn)
	longest := c.append(place)
	c.mu.Unlock()
	closeConn(longest)
	return place
}

// works notes that a connection carries a request.
func (c *idleConns) works(place *idleConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(place)
}

// idles notes that a connection is idle again.
func (c *idleConns) idles(place *idleConn) {
	c.mu.Lock()
	c.remove(place)
	longest := c.append(place)
	c.mu.Unlock()
	closeConn(longest)
}

// forget removes a connection.
func (c *idleConns) forget(place *idleConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(place)
	delete(c.conns, place.conn)
}

// close closes the connections that are idle, or all.
func (c *idleConns) close(all bool) {
	c.mu.Lock()
	var conns []net.Conn
	for conn, place := range c.conns {
		if all || place.next != nil {
			conns = append(conns, conn)
		}
	}
	c.mu.Unlock()
	for _, conn := range conns {
		closeConn(conn)
	}
}

// closeConn closes a connection, if it is not nil. Whoever reads it notices. It does not close TLS properly: a client that reads nothing
// would delay that for 5 s, and the goroutine that closes the connection is the one that accepts others.
func closeConn(conn net.Conn) {
	if begun, ok := conn.(*begunConn); ok {
		conn = begun.Conn
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if conn != nil {
		_ = conn.Close()
	}
}

func (c *idleConns) register(conn net.Conn) *idleConn {
	place := &idleConn{conn: conn}
	c.conns[conn] = place
	return place
}

// append puts a connection at the end of the ring. It returns the connection to close, or nil.
func (c *idleConns) append(place *idleConn) (longest net.Conn) {
	last := c.order.previous
	place.previous, place.next = last, &c.order
	last.next, c.order.previous = place, place
	if c.idle++; c.idle <= c.most {
		return nil
	}
	first := c.order.next
	c.remove(first)
	return first.conn
}

// remove takes a connection out of the ring, if it is there.
func (c *idleConns) remove(place *idleConn) {
	if place.next == nil {
		return
	}
	place.previous.next, place.next.previous = place.next, place.previous
	place.previous, place.next = nil, nil
	c.idle--
}
