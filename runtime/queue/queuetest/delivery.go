package queuetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

func testOrder(s *suite) {
	p := s.open()
	p.publish(s.messages(1, 20)...)
	for id := 21; id <= 40; id++ {
		p.publish(s.message(id, id%s.partitions))
	}
	got := p.receive(40)
	s.check(got, s.messages(1, 40))
	for _, d := range got {
		if d.Attempt != 1 {
			s.Errorf("attempt %d of %d", d.Attempt, d.ID)
		}
	}
	p.finish(got...)
	p.nothing()
	p.close()
	p = s.open()
	p.publish(s.messages(41, 50)...)
	s.check(p.receive(10), s.messages(41, 50))
}

func testRedeliveryAfterClose(s *suite) {
	p := s.open()
	p.publish(s.messages(1, 40)...)
	got := p.receive(30)
	seqs := make(map[int64]uint64)
	left := s.messages(1, 40)
	for i, d := range got {
		seqs[d.ID] = d.Seq
		switch i % 3 {
		case 0:
			p.finish(d)
			left = slices.DeleteFunc(left, func(m queue.Message) bool { return m.ID == d.ID })
		case 1:
			p.begin(d)
		}
	}
	p.close()
	p = s.open()
	again := p.receive(len(left))
	s.check(again, left)
	for _, d := range again {
		if seq, ok := seqs[d.ID]; ok && seq != d.Seq || d.Attempt != 1 {
			s.Errorf("the message %d has the number %d and attempt %d, had %d", d.ID, d.Seq, d.Attempt, seq)
		}
	}
}

func testRedeliveryAfterKill(s *suite) {
	p := s.open()
	p.publish(s.messages(1, 24)...)
	begun := make(map[int64]bool)
	left := s.messages(1, 24)
	got := p.receive(16)
	for i, d := range got {
		p.begin(d)
		if i%2 == 0 {
			p.Done(d)
			left = slices.DeleteFunc(left, func(m queue.Message) bool { return m.ID == d.ID })
		} else {
			begun[d.ID] = true
		}
	}
	s.eventually("the acknowledgements arrive", func() bool { return p.Status().Backlog == int64(len(left)) })
	p.kill()
	p = s.open()
	var again []*queue.Delivery
	for len(again) < len(left) {
		some := p.receive(1)
		p.finish(some...)
		again = append(again, some...)
	}
	s.check(again, left)
	for _, d := range again {
		if begun[d.ID] && d.Attempt != 2 {
			s.Errorf("the attempt of %d is %d, and it was begun once", d.ID, d.Attempt)
		}
		if d.Attempt > 2 {
			s.Errorf("the attempt of %d is %d", d.ID, d.Attempt)
		}
	}
	// Nothing is suspect any more: what comes now is received at once.
	p.publish(s.messages(25, 40)...)
	s.check(p.receive(16), s.messages(25, 40))
}

func testInvalid(s *suite) {
	p := s.open()
	for _, m := range []queue.Message{{ID: 1, Partition: -1}, {ID: 1, Partition: s.partitions}} {
		if p.Publish(s.ctx, nil, []queue.Message{m}) == nil {
			s.Errorf("published to partition %d", m.Partition)
		}
	}
	if p.Publish(s.ctx, nil, make([]queue.Message, queue.MaxMessages+1)) == nil {
		s.Error("published too many")
	}
	if err := p.Publish(s.ctx, nil, nil); err != nil {
		s.Errorf("publishing nothing: %v", err)
	}
	if _, err := p.Receive(s.ctx, 0); err == nil {
		s.Error("received at most 0 messages")
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := p.Receive(ctx, 1); !errors.Is(err, context.Canceled) {
		s.Errorf("Receive with an ended context: %v", err)
	}
	p.publish(s.message(1, 0), queue.Message{ID: 2})
	for _, d := range p.receive(2) {
		if d.ID == 2 && len(d.Data) != 0 {
			s.Errorf("the data of the empty message is %q", d.Data)
		}
		p.begin(d)
		if p.Begin(s.ctx, d) == nil {
			s.Error("begun twice")
		}
		p.Done(d)
		p.Done(d)
		if p.Begin(s.ctx, d) == nil {
			s.Error("begun after it was done")
		}
	}
	for _, c := range []queue.Config{{Partitions: 1}, {Name: "a.b", Partitions: 1}, {Name: s.name + "x"}, {Name: s.name, Partitions: s.partitions + 1}} {
		if q, err := p.Opener.Open(s.ctx, c); err == nil {
			_ = q.Close(s.ctx)
			s.Errorf("opened %+v", c)
		}
	}
}

func testRefusedBatch(s *suite) {
	p := s.open()
	err := p.Publish(s.ctx, nil, []queue.Message{s.message(1, 0), s.message(2, s.partitions)})
	if err == nil {
		s.Error("published a batch with a partition that does not exist")
	}
	p.nothing()
	// A batch is stored as a whole at the limit too.
	p.publish(s.messages(1, queue.MaxMessages)...)
	for n := 0; n < queue.MaxMessages; {
		some := p.receive(1)
		p.finish(some...)
		n += len(some)
	}
}

func testClosed(s *suite) {
	p := s.open()
	lease, err := p.Lead(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	p.publish(s.message(1, 0))
	d := p.receive(1)[0]
	results := make(chan error, 2)
	go func() { _, err := p.Receive(s.ctx, 1); results <- err }()
	go func() { _, err := p.Lead(s.ctx); results <- err }()
	p.close()
	for range 2 {
		if err := <-results; !errors.Is(err, queue.ErrClosed) {
			s.Errorf("Receive or Lead under Close: %v", err)
		}
	}
	<-lease.Context().Done()
	for what, err := range map[string]error{
		"Publish": p.Publish(s.ctx, nil, s.messages(1, 1)),
		"Begin":   p.Begin(s.ctx, d),
		"Dead":    p.Dead(s.ctx, d, errors.New("x")),
		"Status":  p.Status().Err,
	} {
		if !errors.Is(err, queue.ErrClosed) {
			s.Errorf("%s after Close: %v", what, err)
		}
	}
	p.Done(d)
	if err := p.Queue.Close(s.ctx); err != nil {
		s.Errorf("a second Close: %v", err)
	}
	p = s.open()
	s.check(p.receive(1), []queue.Message{s.message(1, 0)})
}

// testModel does random things, and compares what is received with a list for each partition.
func testModel(s *suite) {
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	p := s.open()
	waiting := make([][]int64, s.partitions) // not done, in order
	var inHand, begun []*queue.Delivery
	received := make([]int, s.partitions) // how many of waiting were received and are not done
	id, total := 0, 0
	for range 300 {
		switch random.IntN(5) {
		case 0:
			n := 1 + random.IntN(6)
			var batch []queue.Message
			for range n {
				id++
				m := s.message(id, random.IntN(s.partitions))
				batch = append(batch, m)
				waiting[m.Partition] = append(waiting[m.Partition], m.ID)
				total++
			}
			p.publish(batch...)
		case 1:
			if total == len(inHand)+len(begun) || len(inHand)+len(begun) > 8 {
				continue
			}
			for _, d := range p.receive(1) {
				if want := waiting[d.Partition][received[d.Partition]]; d.ID != want {
					s.Fatalf("received %d of partition %d, want %d", d.ID, d.Partition, want)
				}
				received[d.Partition]++
				inHand = append(inHand, d)
			}
		case 2:
			if len(inHand) > 0 {
				i := random.IntN(len(inHand))
				p.begin(inHand[i])
				begun = append(begun, inHand[i])
				inHand = slices.Delete(inHand, i, i+1)
			}
		case 3:
			if len(begun) > 0 {
				i := random.IntN(len(begun))
				d := begun[i]
				p.Done(d)
				at := slices.Index(waiting[d.Partition], d.ID)
				waiting[d.Partition] = slices.Delete(waiting[d.Partition], at, at+1)
				received[d.Partition]--
				total--
				begun = slices.Delete(begun, i, i+1)
			}
		case 4:
			if random.IntN(10) == 0 {
				p.close()
				p = s.open()
				inHand, begun, received = nil, nil, make([]int, s.partitions)
			}
		}
	}
}
