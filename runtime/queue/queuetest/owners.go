package queuetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// spread waits until the processes own all partitions, evenly.
func (s *suite) spread(processes ...*process) {
	s.Helper()
	s.eventually("the partitions are spread evenly", func() bool {
		var all []int
		for _, p := range processes {
			owned := p.Status().Owned
			if n := len(owned); n < s.partitions/len(processes) || n > (s.partitions+len(processes)-1)/len(processes) {
				return false
			}
			all = append(all, owned...)
		}
		slices.Sort(all)
		return len(slices.Compact(all)) == s.partitions && len(all) == s.partitions
	})
}

func testOwners(s *suite) {
	s.partitions = 7
	a := s.open()
	s.spread(a)
	b, c := s.open(), s.open()
	s.spread(a, b, c)
	if n := a.Status().Processes; n != 3 {
		s.Errorf("there are %d processes", n)
	}
	a.publish(s.messages(1, 70)...)
	var mu sync.Mutex
	var got []*queue.Delivery
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(s.ctx)
	owner := make(map[int]*process)
	for _, p := range []*process{a, b, c} {
		wg.Go(func() {
			for {
				some, err := p.Receive(ctx, 3)
				if err != nil {
					return
				}
				mu.Lock()
				for _, d := range some {
					if owner[d.Partition] == nil {
						owner[d.Partition] = p
					} else if owner[d.Partition] != p {
						s.Errorf("two processes received from partition %d", d.Partition)
					}
				}
				got = append(got, some...)
				n := len(got)
				mu.Unlock()
				p.finish(some...)
				if n >= 70 {
					cancel()
				}
			}
		})
	}
	wg.Wait()
	cancel()
	s.check(got, s.messages(1, 70))
	a.close()
	s.spread(b, c)
	b.close()
	s.spread(c)
	c.publish(s.messages(71, 80)...)
	s.check(c.receive(10), s.messages(71, 80))
}

func testOwnersAfterKill(s *suite) {
	a, b := s.open(), s.open()
	s.spread(a, b)
	b.publish(s.messages(1, 40)...)
	mine, theirs := b.Status().Owned, a.Status().Owned
	got := a.receive(len(theirs)) // lost with the process
	a.begin(got[0])
	var all []*queue.Delivery
	for len(all) < 10*len(mine) {
		some := b.receive(10)
		b.finish(some...)
		all = append(all, some...)
	}
	a.kill()
	for len(all) < 40 {
		some := b.receive(1)
		b.finish(some...)
		all = append(all, some...)
	}
	s.check(all, s.messages(1, 40))
	s.spread(b)
}

// testDrain lets a second process come while the first one has messages in hand: they stay valid, and those behind them come after
// they are done.
func testDrain(s *suite) {
	s.partitions = 2
	a := s.open()
	s.spread(a)
	a.publish(s.messages(1, 20)...)
	held := a.receive(12) // of both partitions
	b := s.open()
	s.eventually("the first process knows of the second", func() bool { return a.Status().Processes == 2 })
	if some, err := b.receiveSome(1, 2*time.Second); err == nil {
		s.Errorf("received %v while the owner before has messages in hand", describe(some))
	}
	// The first process keeps one of the partitions, so it receives further messages of that one only.
	a.finish(held...)
	s.spread(a, b)
	all := slices.Clone(held)
	var mu sync.Mutex
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(s.ctx)
	for _, p := range []*process{a, b} {
		wg.Go(func() {
			for {
				some, err := p.Receive(ctx, 1)
				if err != nil {
					return
				}
				p.finish(some...)
				mu.Lock()
				all = append(all, some...)
				if len(all) >= 20 {
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	cancel()
	s.check(all, s.messages(1, 20))
}

func testDeadLetters(s *suite) {
	p := s.open()
	p.publish(s.messages(1, 5)...)
	got := p.receive(5)
	for _, d := range got[1:] {
		p.begin(d)
		if err := p.Dead(s.ctx, d, fmt.Errorf("cause %d", d.ID)); err != nil {
			s.Fatalf("Dead: %v", err)
		}
		p.Done(d) // does nothing
	}
	p.finish(got[0])
	p.close()
	p = s.open()
	letters := p.DeadLetters()
	p.nothing()
	list, err := letters.List(s.ctx, 0, 10)
	if err != nil || len(list) != 4 {
		s.Fatalf("listed %v, %v", list, err)
	}
	for i, l := range list {
		d := got[i+1]
		if l.ID != d.ID || l.Partition != d.Partition || string(l.Data) != string(d.Data) || l.Seq != d.Seq || l.Attempts != 1 ||
			l.Cause != fmt.Sprintf("cause %d", d.ID) || time.Since(l.Time).Abs() > time.Hour {
			s.Errorf("the letter of %+v is %+v", d, l)
		}
		if shown, err := letters.Show(s.ctx, l.Number); err != nil || shown.ID != l.ID {
			s.Errorf("Show: %+v, %v", shown, err)
		}
	}
	if page, err := letters.List(s.ctx, list[0].Number, 2); err != nil || len(page) != 2 || page[0].Number != list[1].Number {
		s.Errorf("the second page is %v, %v", page, err)
	}
	if err := letters.Drop(s.ctx, list[0].Number); err != nil {
		s.Errorf("Drop: %v", err)
	}
	if err := letters.Replay(s.ctx, list[1].Number); err != nil {
		s.Errorf("Replay: %v", err)
	}
	again := p.receive(1)[0]
	if again.ID != list[1].ID || again.Attempt != 1 || again.Seq <= list[1].Seq || again.Partition != list[1].Partition {
		s.Errorf("replayed %+v as %+v", list[1], again)
	}
	p.finish(again)
	p.nothing()
	for _, number := range []uint64{0, list[0].Number, list[1].Number, list[3].Number + 1000} {
		_, err := letters.Show(s.ctx, number)
		for _, err := range []error{err, letters.Replay(s.ctx, number), letters.Drop(s.ctx, number)} {
			if !errors.Is(err, queue.ErrNotFound) {
				s.Errorf("the letter %d that does not exist: %v", number, err)
			}
		}
	}
	if list, err := letters.List(s.ctx, 0, 10); err != nil || len(list) != 2 {
		s.Errorf("listed %v, %v", list, err)
	}
	s.eventually("the status has the letters", func() bool { return p.Status().DeadLetters == 2 })
}

// testPoison has a message that kills its process. The others are handled.
func testPoison(s *suite) {
	s.attempts = 3
	const poison = 6
	p := s.open()
	p.publish(s.messages(1, 16)...)
	done := make(map[int64]bool)
	var last int
	for kills := 0; len(done) < 15 || len(s.poisoned) == 0; {
		some, err := p.receiveSome(4, time.Minute)
		if err != nil {
			s.Fatalf("after %d kills, with %d done: %v", kills, len(done), err)
		}
		for _, d := range some {
			p.begin(d)
			if d.ID == poison {
				last = d.Attempt
				kills++
				if kills > s.attempts {
					s.Fatal("the message was begun too often")
				}
				p.kill()
				p = s.open()
				break
			}
			p.Done(d)
			done[d.ID] = true
		}
		if len(done) == 15 && len(s.poisoned) == 0 { // OnPoison is called by Receive
			_, _ = p.receiveSome(1, time.Second)
		}
	}
	if last != s.attempts {
		s.Errorf("the last attempt was %d", last)
	}
	list, err := p.DeadLetters().List(s.ctx, 0, 10)
	if err != nil || len(list) != 1 || list[0].ID != poison || list[0].Attempts != s.attempts || list[0].Cause == "" {
		s.Fatalf("the dead letters are %+v, %v", list, err)
	}
	if len(s.poisoned) != 1 || s.poisoned[0].Number != list[0].Number || string(s.poisoned[0].Data) != string(list[0].Data) {
		s.Errorf("OnPoison was told of %+v", s.poisoned)
	}
	if err := p.DeadLetters().Replay(s.ctx, list[0].Number); err != nil {
		s.Fatal(err)
	}
	s.check(p.receive(1), s.messages(poison, poison))
}

// testInnocent leaves in order more often than there are attempts, with the message begun each time.
func testInnocent(s *suite) {
	s.attempts = 2
	p := s.open()
	p.publish(s.message(1, 0))
	for range 4 {
		d := p.receive(1)[0]
		if d.Attempt != 1 {
			s.Errorf("the attempt is %d", d.Attempt)
		}
		p.begin(d)
		p.close()
		p = s.open()
	}
}
