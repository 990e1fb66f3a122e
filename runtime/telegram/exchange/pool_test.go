package exchange

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeConn knows whether it is closed.
type fakeConn struct {
	net.Conn
	name   int
	closed atomic.Bool
}

func (c *fakeConn) Close() error { c.closed.Store(true); return nil }

// A poolModel is a pool as a list, the connection that has been idle longest first.
type poolModel struct {
	max     int
	timeout time.Duration
	idle    []modelConn
	closed  bool
}

type modelConn struct {
	key   key
	conn  *fakeConn
	since time.Time
}

func (m *poolModel) put(k key, c *fakeConn) {
	if m.closed || m.max <= 0 {
		return
	}
	if len(m.idle) == m.max {
		m.idle = m.idle[1:]
	}
	m.idle = append(m.idle, modelConn{k, c, time.Now()})
}

func (m *poolModel) take(k key) *fakeConn {
	m.closed = false
	for i := len(m.idle) - 1; i >= 0; i-- {
		if c := m.idle[i]; c.key == k {
			m.idle = slices.Delete(m.idle, i, i+1)
			return c.conn
		}
	}
	return nil
}

func (m *poolModel) expire() {
	m.idle = slices.DeleteFunc(m.idle, func(c modelConn) bool { return m.timeout > 0 && time.Since(c.since) >= m.timeout })
}

// The pool does what the model does, and each connection is either in the model, in use, or closed.
func TestPoolAgainstModel(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			m := poolModel{max: random.IntN(6) - 1, timeout: time.Duration(random.IntN(4)-1) * time.Second}
			p := pool{max: m.max, timeout: m.timeout}
			defer p.close()
			keys := []key{{false, "a"}, {true, "a"}, {false, "b"}}
			var all []*fakeConn
			inUse := make(map[*fakeConn]*conn)
			var history []string
			for range 200 {
				k := keys[random.IntN(len(keys))]
				switch n := random.IntN(10); {
				case n < 4: // a connection comes, of those in use or a new one
					var c *conn
					for f, used := range inUse {
						if used.key == k && random.IntN(2) == 0 {
							c = used
							delete(inUse, f)
							break
						}
					}
					if c == nil {
						f := &fakeConn{name: len(all)}
						all = append(all, f)
						c = &conn{key: k, raw: &counter{Conn: f}, stream: f}
					}
					history = append(history, fmt.Sprint("put ", k, c.raw.Conn.(*fakeConn).name))
					m.put(k, c.raw.Conn.(*fakeConn))
					p.put(c)
				case n < 8:
					var got *fakeConn
					if c := p.take(k); c != nil {
						got = c.raw.Conn.(*fakeConn)
						inUse[got] = c
						if !c.used {
							t.Fatal("a connection from the pool is not marked as used")
						}
					}
					history = append(history, fmt.Sprint("take ", k))
					if want := m.take(k); got != want {
						t.Fatalf("seed %d: took %v, want %v, after %v", seed, got, want, history)
					}
				case n < 9:
					d := time.Duration(random.Int64N(int64(3 * time.Second)))
					history = append(history, fmt.Sprint("wait ", d))
					time.Sleep(d)
				case random.IntN(3) == 0:
					history = append(history, "close")
					m.idle, m.closed = nil, true
					p.close()
				}
				time.Sleep(time.Nanosecond) // no two come at the same time
				synctest.Wait()
				m.expire()
				for _, f := range all {
					_, used := inUse[f]
					idle := slices.ContainsFunc(m.idle, func(c modelConn) bool { return c.conn == f })
					if f.closed.Load() == (used || idle) {
						t.Fatalf("seed %d: connection %d is closed: %v, in use: %v, in the model: %v, after %v", seed, f.name, used || idle, used, idle, history)
					}
				}
				p.mu.Lock()
				count := p.count
				p.mu.Unlock()
				if count != len(m.idle) {
					t.Fatalf("seed %d: count %d, want %d", seed, count, len(m.idle))
				}
			}
		})
	}
}

// Hosts that are no longer called are forgotten.
func TestPoolForgetsHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool{max: 10, timeout: time.Minute}
		for i := range 1000 {
			k := key{false, fmt.Sprint(i)}
			f := new(fakeConn)
			p.put(&conn{key: k, raw: &counter{Conn: f}, stream: f})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.idle) != 0 || p.count != 0 || p.timed {
			t.Errorf("%d hosts, %d connections; the timer is set: %v", len(p.idle), p.count, p.timed)
		}
	})
}

func TestAddress(t *testing.T) {
	for k, want := range map[key]string{
		{true, "api.telegram.org"}:  "api.telegram.org:443",
		{false, "api.telegram.org"}: "api.telegram.org:80",
		{false, "localhost:8081"}:   "localhost:8081",
		{true, "[::1]"}:             "[::1]:443",
		{true, "[::1]:8443"}:        "[::1]:8443",
		{true, "127.0.0.1"}:         "127.0.0.1:443",
	} {
		if got := k.address(); got != want {
			t.Errorf("%v: %q, want %q", k, got, want)
		}
	}
}
