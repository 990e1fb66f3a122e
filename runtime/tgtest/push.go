package tgtest

import (
	"context"
	"time"
)

// Push queues an update that is written out (see [Encode] for its forms) and returns its id. The id is 0 if the
// server drops the update: of a kind that the bot did not ask for, over 512 KiB, or one too many. A malformed update
// fails the test.
//
// The bot may write to the chats and users in it from then on.
func (s *Server) Push(update any) int64 {
	s.tbHelper()
	body, err := Encode(update)
	if err != nil {
		s.failf("%v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enqueue(body, time.Now())
}

// PushBatch queues updates that were encoded before, in order and under one lock, so that a load test can push tens
// of thousands a second. It returns the id of the first one queued and how many were; the ids count on from the
// first. Like Push it drops what the official server would.
func (s *Server) PushBatch(bodies ...Body) (first int64, queued int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, body := range bodies {
		if id := s.enqueue(body, now); id != 0 {
			if queued == 0 {
				first = id
			}
			queued++
		}
	}
	return first, queued
}

// enqueue queues an update if its kind is allowed, under the lock.
func (s *Server) enqueue(body Body, now time.Time) int64 {
	id := int64(0)
	if body.bit&s.allowed != 0 {
		id = s.queue.push(body.data, now.Add(body.keep))
	}
	if id == 0 {
		s.dropped++
		return 0
	}
	s.queued++
	for _, chat := range body.chats {
		if s.world.chats[chat] == nil {
			s.world.seen[chat] = struct{}{}
		}
	}
	if _, known := s.world.queries[body.query]; body.query != "" && !known {
		s.world.ask(body.query, nil)
	}
	s.wakeWaiting(now)
	s.changes.notify()
	return id
}

// Pending is the number of updates that are not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.live
}

// Confirmed is the lowest id that is not confirmed: that of the oldest update in the queue, or if it is empty the
// one that the next update will have. It is 0 before the first update if its id is to be random.
func (s *Server) Confirmed() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.oldest()
}

// WaitPending waits until at most n updates are not confirmed. A load generator uses it to push no faster than the
// bot fetches.
func (s *Server) WaitPending(ctx context.Context, n int) error {
	return s.await(ctx, func() bool { return s.queue.live <= n })
}

// WaitConfirmed waits until every update below id is confirmed.
func (s *Server) WaitConfirmed(ctx context.Context, id int64) error {
	return s.await(ctx, func() bool { return s.queue.oldest() >= id })
}

// RestartIDs does what the official server does when the ids run out, or when a bot gets no update for a week: it
// forgets what is queued, and numbers the following updates from next, which may be lower than before.
func (s *Server) RestartIDs(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.restart(next)
	s.changes.notify()
}

// Polls are the getUpdates requests so far, in order of their arrival.
func (s *Server) Polls() []Poll {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Poll(nil), s.polls.from(0)...)
}

// Polling is the number of getUpdates requests that are not answered yet: 409s that are held back included.
func (s *Server) Polling() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.poll.inFlight
}

// WaitPolling waits until a getUpdates waits for updates.
func (s *Server) WaitPolling(ctx context.Context) error {
	return s.await(ctx, func() bool { return s.poll.waiting != nil })
}

// WaitIdle waits until no getUpdates is under way: the bot has stopped, or is busy.
func (s *Server) WaitIdle(ctx context.Context) error {
	return s.await(ctx, func() bool { return s.poll.inFlight == 0 })
}

// WaitPoll waits for a getUpdates request with a sequence number of at least seq, and returns the first one.
func (s *Server) WaitPoll(ctx context.Context, seq int) (Poll, error) {
	var found Poll
	err := s.await(ctx, func() bool {
		polls := s.polls.from(seq)
		if len(polls) > 0 {
			found = polls[0]
		}
		return len(polls) > 0
	})
	return found, err
}
