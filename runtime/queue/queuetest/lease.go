package queuetest

import (
	"context"
	"errors"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

func (p *process) lead() queue.Lease {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	l, err := p.Lead(ctx)
	if err != nil {
		p.Fatalf("Lead: %v", err)
	}
	return l
}

func testLease(s *suite) {
	a, b := s.open(), s.open()
	first := a.lead()
	for name, p := range map[string]*process{"another process": b, "the same process": a} {
		ctx, cancel := context.WithTimeout(s.ctx, 300*time.Millisecond)
		if _, err := p.Lead(ctx); !errors.Is(err, context.DeadlineExceeded) {
			s.Errorf("Lead in %s while there is a lease: %v", name, err)
		}
		cancel()
	}
	if !a.Status().Leading || b.Status().Leading || a.Status().Leader == "" {
		s.Errorf("the status is %+v and %+v", a.Status(), b.Status())
	}
	if err := first.Context().Err(); err != nil {
		s.Errorf("the lease has ended: %v", err)
	}
	waiting := make(chan queue.Lease)
	go func() {
		l, err := b.Lead(s.ctx)
		if err != nil {
			s.Errorf("Lead: %v", err)
		}
		waiting <- l
	}()
	if err := first.Release(s.ctx); err != nil {
		s.Errorf("Release: %v", err)
	}
	if first.Context().Err() == nil {
		s.Error("the lease goes on after Release")
	}
	second := <-waiting
	if second == nil {
		return
	}
	if err := a.Publish(s.ctx, first, s.messages(1, 1)); !errors.Is(err, queue.ErrLost) {
		s.Errorf("published with a lease that has ended: %v", err)
	}
	if err := first.Restart(s.ctx); !errors.Is(err, queue.ErrLost) {
		s.Errorf("Restart of a lease that has ended: %v", err)
	}
	if err := first.Release(s.ctx); err != nil {
		s.Errorf("a second Release: %v", err)
	}
	if err := b.Publish(s.ctx, second, s.messages(1, 1)); err != nil {
		s.Errorf("Publish: %v", err)
	}
	b.close()
	third := a.lead() // Close gives the lease up
	if id, _ := third.Last(); id != 1 {
		s.Errorf("the highest ID is %d", id)
	}
}

func testLeaseAfterKill(s *suite) {
	a := s.open()
	l := a.lead()
	if err := a.Publish(s.ctx, l, s.messages(1, 5)); err != nil {
		s.Fatal(err)
	}
	a.kill()
	b := s.open()
	l = b.lead()
	if id, at := l.Last(); id != 5 || time.Since(at) > time.Hour || time.Since(at) < -time.Hour {
		s.Errorf("the highest ID is %d of %v", id, at)
	}
	// The new leader repeats what it does not know to be stored.
	if err := b.Publish(s.ctx, l, s.messages(3, 8)); err != nil {
		s.Fatal(err)
	}
	var got []*queue.Delivery
	for len(got) < 8 {
		some := b.receive(1)
		b.finish(some...)
		got = append(got, some...)
	}
	s.check(got, s.messages(1, 8))
	b.nothing()
}

func testRepeatedBatches(s *suite) {
	p := s.open()
	l := p.lead()
	if id, _ := l.Last(); id != 0 {
		s.Errorf("the highest ID of a new queue is %d", id)
	}
	publish := func(first, last int) {
		s.Helper()
		if err := p.Publish(s.ctx, l, s.messages(first, last)); err != nil {
			s.Fatalf("Publish: %v", err)
		}
	}
	publish(10, 15)
	publish(10, 15)
	publish(12, 18)
	if id, _ := l.Last(); id != 18 {
		s.Errorf("the highest ID is %d", id)
	}
	p.publish(s.message(17, 17%s.partitions)) // without a lease nothing is left out, and the highest ID stays
	if id, _ := l.Last(); id != 18 {
		s.Errorf("the highest ID is %d", id)
	}
	s.check(p.receive(10), append(s.messages(10, 18), s.message(17, 17%s.partitions)))
	if err := l.Restart(s.ctx); err != nil {
		s.Fatalf("Restart: %v", err)
	}
	publish(3, 4)
	publish(1, 6)
	s.check(p.receive(4), s.messages(3, 6))
	p.nothing()

	// An attempt whose context ends may have stored the batch or not. A repetition makes sure.
	for id := 7; id < 37; id++ {
		ctx, cancel := context.WithTimeout(s.ctx, time.Duration(id-7)*20*time.Microsecond)
		_ = p.Publish(ctx, l, s.messages(id, id))
		cancel()
		publish(id, id)
	}
	s.check(p.receive(30), s.messages(7, 36))
	p.nothing()
}
