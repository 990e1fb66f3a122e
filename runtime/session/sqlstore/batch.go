package sqlstore

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/tggen/tggen/runtime/session"
)

// Limits of a batch. A commit that exceeds one of them is a batch of its own.
const (
	batchWrites = 256
	batchBytes  = 8 << 20
)

// A commit is a call of Commit that waits.
type commit struct {
	writes []session.Write
	bytes  int
	result chan error // has room for the result, so that nobody waits for a caller that has left
	left   bool       // the caller has left before the commit was in a batch
	batch  *batch     // nil while the commit is in the queue
}

// A batch is the commits that share a transaction.
type batch struct {
	commits []*commit
	callers int                // how many of them still wait
	cancel  context.CancelFunc // called when none does
}

// Commit implements [session.Store].
func (s *Store) Commit(ctx context.Context, writes []session.Write) error {
	if err := session.CheckWrites(writes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	if len(writes) == 0 {
		return nil
	}
	// The transaction may still run when the caller has left.
	c := &commit{writes: slices.Clone(writes), result: make(chan error, 1)}
	for i := range c.writes {
		w := &c.writes[i]
		if w.Delete {
			w.Data = nil
		}
		w.Data = append(make([]byte, 0, len(w.Data)), w.Data...)
		c.bytes += len(w.Data)
	}
	if err := s.enqueue(c); err != nil {
		return err
	}
	select {
	case err := <-c.result:
		return err
	case <-ctx.Done():
		s.leave(c)
		return fmt.Errorf("committing: %w", ctx.Err())
	}
}

func (s *Store) enqueue(c *commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fmt.Errorf("committing: %w", session.ErrClosed)
	}
	s.queue = append(s.queue, c)
	if !s.running {
		s.running = true
		s.calls.Go(s.work)
	}
	return nil
}

// leave is called when the caller of a commit waits no longer.
func (s *Store) leave(c *commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.batch == nil {
		c.left = true
		return
	}
	if c.batch.callers--; c.batch.callers == 0 {
		c.batch.cancel()
	}
}

// work makes batches until the queue is empty.
func (s *Store) work() {
	for {
		ctx, cancel := context.WithCancel(context.Background())
		b := s.take(cancel)
		if b == nil {
			cancel()
			return
		}
		s.run(ctx, b)
		cancel()
	}
}

func (s *Store) run(ctx context.Context, b *batch) {
	var results []error
	err := patiently(ctx, func() (err error) {
		results, err = s.transact(ctx, b)
		return err
	})
	for i, c := range b.commits {
		if err != nil {
			c.result <- fmt.Errorf("committing: %w", err)
		} else {
			c.result <- results[i]
		}
	}
	if err == nil {
		s.sweep(ctx, b)
	}
	// The callers that just got their results may commit again at once. They share the next transaction if they come
	// before it starts. Otherwise it would be one of the first of them only.
	runtime.Gosched()
}

// take returns the next batch, or nil if the queue is empty. Then the worker ends.
func (s *Store) take(cancel context.CancelFunc) *batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &batch{cancel: cancel}
	writes, size, n := 0, 0, 0
	for _, c := range s.queue {
		if !c.left {
			if writes > 0 && (writes+len(c.writes) > batchWrites || size+c.bytes > batchBytes) {
				break
			}
			c.batch = b
			b.commits = append(b.commits, c)
			writes += len(c.writes)
			size += c.bytes
		}
		n++
	}
	s.queue = slices.Delete(s.queue, 0, n)
	b.callers = len(b.commits)
	if b.callers == 0 {
		s.running = false
		return nil
	}
	return b
}
