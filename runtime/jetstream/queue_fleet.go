package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/tggen/tggen/runtime/queue"
)

// A process may be stopped at any moment, and clocks differ. So a process counts the time by its own clock only. It may begin messages for
// holdTime after the start of its last heartbeat that was stored. The others count a process as dead if they have read the same
// heartbeat for deadTime. That is longer, so what a process owned is taken only after it has stopped to begin.
const (
	beatTime = time.Second
	holdTime = 4 * time.Second
	deadTime = 5500 * time.Millisecond
	readTime = 1500 * time.Millisecond // as much of the time between two reads is counted, so that an outage kills nobody

	infoBeats   = 5                // heartbeats between two looks at the backlog
	recordTime  = 60 * time.Second // after which the server removes a last heartbeat
	repeatPause = 250 * time.Millisecond
)

// A fleet is the part of a queue that keeps the process in the table.
type fleet struct {
	q          *Queue
	seen       map[string]sight // by member
	read       time.Time        // when the heartbeats were read last
	beats      int
	reconnects uint64
}

// A sight is what is known of the heartbeat of another member.
type sight struct {
	sequence uint64        // of the last heartbeat
	age      time.Duration // how long it has been the same
}

func newFleet(q *Queue) *fleet {
	return &fleet{q: q, seen: make(map[string]sight), reconnects: q.connection.nats.Stats().Reconnects}
}

// run beats until ctx ends.
func (f *fleet) run(ctx context.Context) {
	ticker := time.NewTicker(beatTime)
	defer ticker.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		err := f.beat(ctx)
		if ctx.Err() != nil {
			return
		}
		f.q.failing("the heartbeat", err)
		if err != nil {
			pause.Reset(repeatPause)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-f.q.kick:
		case <-pause.C:
		}
	}
}

// beat stores a heartbeat, reads those of the others, and changes the table if it should be another one.
func (f *fleet) beat(ctx context.Context) error {
	q := f.q
	start := time.Now()
	if err := f.heartbeat(ctx); err != nil {
		return fmt.Errorf("storing the heartbeat: %w", err)
	}
	q.mu.Lock()
	late := !q.valid() // others may have counted the process as dead before; so it is at the first heartbeat
	q.mu.Unlock()
	if late {
		q.expire()
	}
	if err := f.keep(ctx, func(p *partition) bool { return p.draining && len(p.held) == 0 }); err != nil {
		return err
	}
	for try := 0; ; try++ {
		t, sequence, err := f.readTable(ctx)
		if err != nil {
			return err
		}
		if err := f.look(ctx, t); err != nil {
			return err
		}
		q.mu.Lock()
		if q.table.has(q.me.ID) && !t.has(q.me.ID) { // the others have counted the process as dead
			q.loseAll()
			q.me = q.newMember()
			for _, p := range q.partitions {
				p.taken = false // the marks may be those of another owner now
			}
			q.mu.Unlock()
			return f.beat(ctx)
		}
		next, changed := t.step(f.wish(t))
		q.mu.Unlock()
		if changed || late {
			// After a pause the process owns what the table says only if nobody has changed the table until now.
			_, err := q.streams.put(ctx, q.streams.table(), next, sequence)
			if errors.Is(err, errChanged) && try < 50 {
				continue
			}
			if err != nil {
				return err
			}
		}
		f.apply(next, start)
		break
	}
	if f.beats++; f.beats%infoBeats != 1 {
		return nil
	}
	// What is owned is prolonged before that: with slow servers it takes long.
	if err := f.keep(ctx, func(p *partition) bool { return p.running }); err != nil {
		return err
	}
	return f.info(ctx)
}

// keep stores what is done of bundles of some partitions.
func (f *fleet) keep(ctx context.Context, which func(p *partition) bool) error {
	for _, p := range f.q.partitions {
		f.q.mu.Lock()
		due := which(p)
		f.q.mu.Unlock()
		if !due {
			continue
		}
		if err := p.keep(ctx); err != nil && !errors.Is(err, queue.ErrLost) {
			return err
		}
	}
	return nil
}

// heartbeat stores a heartbeat.
func (f *fleet) heartbeat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := f.q.streams.js.Publish(ctx, f.q.streams.member(f.q.me.ID), nil,
		jetstream.WithMsgTTL(recordTime), jetstream.WithRetryAttempts(0))
	return err
}

func (f *fleet) readTable(ctx context.Context) (table, uint64, error) {
	t := table{}
	sequence, err := get(ctx, f.q.streams.fleet, f.q.streams.table(), &t)
	if err == nil && sequence == 0 {
		t.Slots = make([]slot, f.q.config.Partitions)
	}
	if err == nil && len(t.Slots) != f.q.config.Partitions {
		err = fmt.Errorf("the table has %d partitions and not %d", len(t.Slots), f.q.config.Partitions)
	}
	return t, sequence, err
}

// look reads the heartbeats of the other members.
func (f *fleet) look(ctx context.Context, t table) error {
	now := time.Now()
	passed := min(now.Sub(f.read), readTime)
	seen := make(map[string]sight)
	for _, m := range t.Members {
		if m.ID == f.q.me.ID {
			continue
		}
		sequence, err := get(ctx, f.q.streams.fleet, f.q.streams.member(m.ID), nil)
		if err != nil {
			return err
		}
		if s, ok := f.seen[m.ID]; ok && s.sequence == sequence {
			seen[m.ID] = sight{sequence, s.age + passed}
		} else {
			seen[m.ID] = sight{sequence: sequence}
		}
	}
	f.seen, f.read = seen, now
	return nil
}

// dead reports whether another member has died. A server in the process has no other processes.
func (f *fleet) dead(id string) bool {
	c := f.q.connection
	if c.server != nil {
		return !strings.HasPrefix(id, c.id+".")
	}
	return f.seen[id].age >= deadTime
}

// wish returns what the process would change in a table. q.mu is held.
func (f *fleet) wish(t table) wish {
	q := f.q
	return wish{
		me:      q.me,
		leave:   q.closed,
		lead:    q.wanting > 0 || q.leading(),
		taken:   func(p int) bool { return q.partitions[p].taken },
		drained: func(p int) bool { return q.partitions[p].isDrained() },
		dead:    f.dead,
	}
}

// apply makes the process own what the table says. start is that of the heartbeat.
func (f *fleet) apply(t table, start time.Time) {
	q := f.q
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	hold := holdTime
	if q.connection.server != nil {
		hold = 24 * time.Hour // there is no other process that could take over
	}
	if time.Since(start) >= hold {
		return // the heartbeat took too long: the next one begins anew
	}
	q.validUntil = start.Add(hold)
	q.expiry.Reset(time.Until(q.validUntil))
	for _, m := range q.table.Members {
		if !t.has(m.ID) {
			q.log.Info("a process has left the queue", "process", m.Name)
		}
	}
	q.table = t
	surplus := make(map[int]bool)
	for _, p := range t.surplus(q.me.ID) {
		surplus[p] = true
	}
	reconnects := q.connection.nats.Stats().Reconnects
	for i, p := range q.partitions {
		switch {
		case t.Slots[i].Owner != q.me.ID:
			p.leave()
			p.taken = false
		case !p.running:
			p.own(t.Slots[i].Dirty)
		case reconnects != f.reconnects:
			p.restart()
		}
		if p.running {
			p.drain(surplus[i])
		}
	}
	f.reconnects = reconnects
	if t.Leader != q.me.ID && q.lease != nil {
		q.lease.cancel()
		q.lease = nil
	}
	q.changed()
}

// valid reports whether the process may begin messages. q.mu is held.
func (q *Queue) valid() bool { return time.Now().Before(q.validUntil) }

// expire ends what the process owns, if that was not prolonged meanwhile.
func (q *Queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.valid() && !q.closed {
		q.lapse()
	}
}

// lapse ends what the process owns, because it could not store a heartbeat in time. It may begin to own again later, and what waits
// now is not valid then: another process may have handled it. q.mu is held.
func (q *Queue) lapse() {
	if q.validUntil.IsZero() {
		return
	}
	q.validUntil = time.Time{}
	q.log.Warn("the process could not reach the servers in time, and owns nothing now")
	q.loseAll()
}

// loseAll ends what the process owns. q.mu is held.
func (q *Queue) loseAll() {
	for _, p := range q.partitions {
		p.leave()
	}
	if q.lease != nil {
		q.lease.cancel()
		q.lease = nil
	}
	q.changed()
}

// leave removes the process from the table, so that others need not wait for its death.
func (f *fleet) leave(ctx context.Context) error {
	for {
		t, sequence, err := f.readTable(ctx)
		if err != nil {
			return err
		}
		f.q.mu.Lock()
		w := f.wish(t)
		w.dead = func(string) bool { return false }
		next, changed := t.step(w)
		f.q.mu.Unlock()
		if !changed {
			return nil
		}
		if _, err = f.q.streams.put(ctx, f.q.streams.table(), next, sequence); !errors.Is(err, errChanged) {
			return err
		}
	}
}

// info reads the size of the backlog now and then.
func (f *fleet) info(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	status := queue.Status{}
	waiting, err := f.q.streams.waiting(ctx)
	if err != nil {
		return err
	}
	letters, err := f.q.streams.letters.Info(ctx)
	if err != nil {
		return err
	}
	status.Backlog, status.DeadLetters = waiting, int64(letters.State.Msgs)
	f.q.mu.Lock()
	defer f.q.mu.Unlock()
	for _, p := range f.q.partitions {
		if p.running {
			status.Backlog -= p.doneOfWaiting()
		}
	}
	status.Backlog = max(status.Backlog, 0)
	f.q.status = status
	return nil
}
