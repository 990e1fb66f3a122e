package exchange

import (
	"slices"
	"sync"
	"time"
)

// A key says where a connection leads.
type key struct {
	secure bool
	host   string // of the URL, with its port if it has one
}

// A pool is the idle connections. The one that was used last is the first to be used again, so that those that are not
// needed grow old. One timer serves all, and is set only while a connection is there.
type pool struct {
	max     int           // none is kept if it is not positive
	timeout time.Duration // no limit if it is not positive

	mu     sync.Mutex
	idle   map[key][]*conn // the oldest first
	count  int             // of all
	closed bool            // by close; until the next take
	timer  *time.Timer
	timed  bool // the timer is set
}

// take returns the connection of k that was used last, or nil.
func (p *pool) take(k key) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = false
	stack := p.idle[k]
	if len(stack) == 0 {
		return nil
	}
	c := stack[len(stack)-1]
	stack[len(stack)-1] = nil
	p.idle[k] = stack[:len(stack)-1]
	p.count--
	return c
}

// put gives a connection to the pool, which closes it if it does not keep it.
func (p *pool) put(c *conn) {
	unwanted := c
	defer func() {
		if unwanted != nil {
			unwanted.close()
		}
	}()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.max <= 0 {
		return
	}
	unwanted = nil
	if p.count == p.max {
		k, _ := p.oldest()
		unwanted = p.removeOldest(k)
	}
	if p.idle == nil {
		p.idle = make(map[key][]*conn)
	}
	c.used, c.since = true, time.Now()
	p.idle[c.key] = append(p.idle[c.key], c)
	p.count++
	p.setTimer(p.timeout)
}

// oldest returns the key of the connection that has been idle longest, and since when it has.
func (p *pool) oldest() (k key, since time.Time) {
	for key, stack := range p.idle {
		if len(stack) > 0 && (since.IsZero() || stack[0].since.Before(since)) {
			k, since = key, stack[0].since
		}
	}
	return k, since
}

func (p *pool) removeOldest(k key) *conn {
	c := p.idle[k][0]
	p.idle[k] = slices.Delete(p.idle[k], 0, 1)
	p.count--
	return c
}

// setTimer sets the timer if it is not set.
func (p *pool) setTimer(after time.Duration) {
	if p.timed || p.timeout <= 0 {
		return
	}
	p.timed = true
	if p.timer == nil {
		p.timer = time.AfterFunc(after, p.expire)
	} else {
		p.timer.Reset(after)
	}
}

// expire closes what has been idle for too long, and forgets the hosts that have no idle connection.
func (p *pool) expire() {
	var expired []*conn
	defer func() { closeAll(expired) }()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timed = false
	for p.count > 0 {
		k, since := p.oldest()
		if left := p.timeout - time.Since(since); left > 0 {
			p.setTimer(left)
			break
		}
		expired = append(expired, p.removeOldest(k))
	}
	for k, stack := range p.idle {
		if len(stack) == 0 {
			delete(p.idle, k)
		}
	}
}

// close closes what is idle, and what comes to be idle before the next take.
func (p *pool) close() {
	p.mu.Lock()
	var all []*conn
	for _, stack := range p.idle {
		all = append(all, stack...)
	}
	p.idle, p.count, p.closed = nil, 0, true
	if p.timed {
		p.timer.Stop()
		p.timed = false
	}
	p.mu.Unlock()
	closeAll(all)
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		c.close()
	}
}
