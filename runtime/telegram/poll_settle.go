package telegram

import (
	"context"
	"time"
)

// settling says whether updates that are unfinished will be finished soon. With at-least-once delivery, a poll that starts
// while updates are unfinished brings those again, and only as many new ones as the server's window of 100 has room for. If
// the updates are handled within less time than a round trip, a poll that waits for them brings a full batch, and is the
// quicker way. If they take longer, polls beside them are.
type settling struct {
	trip   time.Duration // the smallest time of an answer that came at once; 0 before the first
	usual  time.Duration // within this time, 98 of 100 updates are finished; 0 before the first
	newest time.Duration // when the last update was handed out, by the poller's clock
}

const (
	// usualUp and usualDown change the estimate of the usual time after an update that took longer, or not longer. The
	// estimate stays where one of 50 updates takes longer, because usualUp * usualDown^49 is about 1. A hundred updates
	// make it up to 10,000 times as long, or a fifth shorter.
	usualUp   = 1.1
	usualDown = 0.998

	// leastUsual keeps the estimate from growing so small that it takes long to grow again.
	leastUsual = 100 * time.Microsecond
)

// answered notes how long an answer took. The server answers at once if it has updates to repeat, or as many as it was
// asked for. Any other answer took longer than a round trip, so it can only make an estimate smaller.
func (s *settling) answered(took time.Duration, atOnce bool) {
	if s.trip == 0 && atOnce || took < s.trip {
		s.trip = max(1, took)
	}
}

// learn notes how long updates took that an offset has confirmed.
func (s *settling) learn(confirmed []*mark) {
	first := s.usual == 0
	for _, m := range confirmed {
		done := time.Duration(m.doneAt.Load())
		if done == 0 {
			continue
		}
		switch took := done - m.handedOut; {
		case first:
			s.usual = max(s.usual, took, leastUsual)
		case took > s.usual:
			s.usual = time.Duration(float64(s.usual) * usualUp)
		default:
			s.usual = max(leastUsual, time.Duration(float64(s.usual)*usualDown))
		}
	}
}

// patience returns how long to wait for the lowest unfinished update: not at all if it takes longer than usual, because the
// offset stays as long as it is unfinished, or if the last update that was handed out will take longer than a round trip.
func (s *settling) patience(lowest *mark, now time.Duration) time.Duration {
	if s.trip == 0 {
		return 0
	}
	slack := s.usual/4 + s.trip/8
	if s.usual == 0 {
		slack = s.trip
	}
	if lowest.handedOut+s.usual+slack <= now {
		return 0
	}
	wait := s.newest + s.usual - now
	if wait > s.trip {
		return 0
	}
	return max(0, wait+slack)
}

// now returns the time since the poller was made, at least 1.
func (p *Poller) now() int64 { return max(1, int64(time.Since(p.epoch))) }

// settle waits while updates are about to be finished.
func (p *Poller) settle(ctx context.Context) error {
	if p.settling.usual == 0 {
		p.settling.learn(p.window.marks)
	}
	for {
		lowest := p.unconfirmable()
		if lowest == nil {
			return ctx.Err()
		}
		patience := p.settling.patience(lowest, time.Duration(p.now()))
		if patience <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(patience)
		err := p.await(ctx, timer.C, lowest)
		timer.Stop()
		if err != nil {
			return err
		}
	}
}
