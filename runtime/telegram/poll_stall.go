package telegram

import "time"

const (
	// stallFirst is how long the polling stands still before the poller says so, and stallEvery how long between two
	// reports.
	stallFirst = 10 * time.Second
	stallEvery = time.Minute
)

// A stall is a wait for room in the window, which is reported if it is long.
type stall struct {
	begun    time.Time
	due      time.Time // of the next report
	reported bool
	clock    *time.Timer
}

// timer returns a channel that fires when the next report is due.
func (s *stall) timer() <-chan time.Time {
	if s.clock == nil {
		s.begun = time.Now()
		s.due = s.begun.Add(stallFirst)
		s.clock = time.NewTimer(stallFirst)
	}
	return s.clock.C
}

// report reports the stall if that is due.
func (s *stall) report(p *Poller, oldest *mark) {
	now := time.Now()
	if now.Before(s.due) {
		return
	}
	s.reported, s.due = true, now.Add(stallEvery)
	s.clock.Reset(stallEvery)
	if p.stalled != nil {
		p.stalled(oldest.id, now.Sub(s.begun), false)
	}
}

// over reports the end of a stall that was reported.
func (s *stall) over(p *Poller) {
	if s.reported && p.stalled != nil {
		p.stalled(0, time.Since(s.begun), true)
	}
}

func (s *stall) stop() {
	if s.clock != nil {
		s.clock.Stop()
	}
}
