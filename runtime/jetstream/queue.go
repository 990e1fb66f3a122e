package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nuid"
	"github.com/tggen/tggen/runtime/queue"
)

// Queue returns what opens queues on this connection. Servers of other processes need version 2.15 or later for a queue.
func (c *Connection) Queue() queue.Opener { return opener{c} }

type opener struct{ connection *Connection }

// A Queue is a [queue.Queue] in JetStream streams. Open one with [Connection.Queue].
//
// A process that dies is noticed after about six seconds. Then the others take over its partitions and its lease. A process
// that cannot reach the servers for four seconds stops to begin messages before that.
type Queue struct {
	config     queue.Config
	connection *Connection
	streams    *streams
	log        *slog.Logger

	stop context.CancelFunc // of run
	ctx  context.Context    // ends when the queue is closed
	done sync.WaitGroup     // run and the partitions
	kick chan struct{}      // makes run look at the table now

	mu         sync.Mutex
	closed     bool
	me         member
	table      table // as it was read last
	validUntil time.Time
	expiry     *time.Timer // ends what the process owns at validUntil
	partitions []*partition
	next       int           // the partition from which Receive takes first
	alone      *item         // the suspect that may run with no other of its kind
	wake       chan struct{} // closed at the next change, if somebody waits
	waiting    bool
	wanting    int    // calls of Lead that wait
	lease      *lease // of this process
	taking     bool   // a call of Lead makes the lease valid
	status     queue.Status
	errors     map[string]error // what does not work now, by what it is
	closing    chan struct{}    // closed when the first Close has finished
}

// Open implements queue.Opener.
func (o opener) Open(ctx context.Context, config queue.Config) (queue.Queue, error) {
	c := o.connection
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	if config.Attempts == 0 {
		config.Attempts = queue.DefaultAttempts
	}
	switch {
	case config.Name == "" || strings.Trim(config.Name, letters) != "":
		return nil, fmt.Errorf("opening a queue: the name %q must consist of letters, digits, - and _", config.Name)
	case config.Partitions < 1:
		return nil, errors.New("opening a queue: it needs at least one partition")
	case config.Attempts < 0:
		return nil, errors.New("opening a queue: the attempts are negative")
	}
	streams, err := c.openStreams(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the queue %s: %w", config.Name, err)
	}
	q := &Queue{
		config: config, connection: c, streams: streams, log: config.Logger.With("queue", config.Name),
		kick: make(chan struct{}, 1), wake: make(chan struct{}), errors: make(map[string]error), closing: make(chan struct{}),
	}
	q.me = q.newMember()
	q.ctx, q.stop = context.WithCancel(context.Background())
	q.expiry = time.AfterFunc(time.Hour, q.expire)
	q.expiry.Stop()
	for p := range config.Partitions {
		q.partitions = append(q.partitions, newPartition(q, p))
	}
	f := newFleet(q)
	if err := f.beat(ctx); err != nil { // so that an error of the servers is one of Open
		q.stop()
		q.expiry.Stop()
		q.mu.Lock()
		q.loseAll()
		q.mu.Unlock()
		q.done.Wait()
		return nil, fmt.Errorf("opening the queue %s: %w", config.Name, err)
	}
	q.done.Go(func() { f.run(q.ctx) })
	return q, nil
}

// newMember returns a member that has never been in the table.
func (q *Queue) newMember() member {
	host, _ := os.Hostname()
	return member{ID: q.connection.id + "." + nuid.Next(), Name: fmt.Sprintf("%s/%d", host, os.Getpid())}
}

func (q *Queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

// changed wakes all who wait. q.mu is held.
func (q *Queue) changed() {
	if q.waiting {
		q.waiting = false
		close(q.wake)
		q.wake = make(chan struct{})
	}
}

// wait releases q.mu until something changes or ctx ends, and takes it again.
func (q *Queue) wait(ctx context.Context) error {
	q.waiting = true
	wake := q.wake
	q.mu.Unlock()
	defer q.mu.Lock()
	select {
	case <-wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look makes the fleet look at the table now.
func (q *Queue) look() {
	select {
	case q.kick <- struct{}{}:
	default:
	}
}

// failing remembers why something does not work now, or forgets it with a nil error.
func (q *Queue) failing(what string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := q.errors[what]
	if err == nil {
		delete(q.errors, what)
		return
	}
	q.errors[what] = err
	if before == nil && !q.closed {
		q.log.Warn("the queue does not work now, will try again", "what", what, "error", err)
	}
}

// Status implements queue.Queue.
func (q *Queue) Status() queue.Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.status
	s.Processes = len(q.table.Members)
	for _, p := range q.partitions {
		s.Held += len(p.held) - len(p.fifo)
		if p.running {
			s.Owned = append(s.Owned, p.index)
		}
	}
	s.Leading = q.leading()
	for _, m := range q.table.Members {
		if m.ID == q.table.Leader {
			s.Leader = m.Name
		}
	}
	for _, err := range q.errors {
		s.Err = errors.Join(s.Err, err)
	}
	if q.closed {
		s.Err = queue.ErrClosed
	}
	return s
}

// Lead implements queue.Queue.
func (q *Queue) Lead(ctx context.Context) (queue.Lease, error) {
	q.mu.Lock()
	q.wanting++
	q.look()
	defer func() {
		q.wanting--
		q.mu.Unlock()
		q.look()
	}()
	for {
		if q.closed {
			return nil, queue.ErrClosed
		}
		if !q.leading() && !q.taking && q.table.Leader == q.me.ID && q.valid() {
			me := q.me
			q.taking = true
			q.mu.Unlock()
			l, err := q.newLease(ctx)
			q.mu.Lock()
			q.taking = false
			q.changed()
			switch {
			case err != nil && ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil:
				return nil, fmt.Errorf("taking the lease: %w", err)
			case q.closed || q.table.Leader != me.ID || q.me != me || !q.valid():
				l.cancel() // lost meanwhile
				continue
			}
			q.lease = l
			return l, nil
		}
		if err := q.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// leading reports whether this process has a lease. q.mu is held.
func (q *Queue) leading() bool { return q.lease != nil && q.lease.ctx.Err() == nil }

// release gives the lease up in the table.
func (q *Queue) release(ctx context.Context, l *lease) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.lease != l {
		return nil
	}
	q.lease = nil
	q.changed()
	q.look()
	for q.lease == nil && q.wanting == 0 && q.table.Leader == q.me.ID && !q.closed {
		if err := q.wait(ctx); err != nil {
			return fmt.Errorf("releasing the lease: %w", err)
		}
	}
	return nil
}

// closeTime is how long Close waits for the servers, if its context allows that.
const closeTime = 10 * time.Second

// Close implements queue.Queue.
func (q *Queue) Close(ctx context.Context) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		<-q.closing
		return nil
	}
	q.closed = true
	q.loseAll()
	q.mu.Unlock()
	defer close(q.closing)
	q.stop()
	q.done.Wait()
	q.expiry.Stop()
	ctx, cancel := context.WithTimeout(ctx, closeTime)
	defer cancel()
	if err := q.connection.nats.FlushWithContext(ctx); err != nil { // the acknowledgements
		return fmt.Errorf("closing the queue: %w", err)
	}
	for _, p := range q.partitions {
		if err := p.keepLast(ctx); err != nil {
			return fmt.Errorf("closing the queue: %w", err)
		}
	}
	if err := newFleet(q).leave(ctx); err != nil {
		return fmt.Errorf("closing the queue: %w", err)
	}
	return nil
}
