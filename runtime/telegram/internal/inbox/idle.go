package inbox

import (
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
	if longest := c.note(conn, to); longest != nil {
		_ = longest.Close() // net/http notices
	}
}

// note notes the state of a connection, and returns the connection to close, or nil.
func (c *idleConns) note(conn net.Conn, to http.ConnState) (longest net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	place := c.conns[conn]
	if place == nil {
		place = &idleConn{conn: conn}
		c.conns[conn] = place
	}
	c.remove(place)
	switch to {
	case http.StateNew, http.StateIdle:
		last := c.order.previous
		place.previous, place.next = last, &c.order
		last.next, c.order.previous = place, place
		c.idle++
	case http.StateClosed, http.StateHijacked:
		delete(c.conns, conn)
	}
	if c.idle <= c.most {
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
