// Package queuetest holds implementations of package queue to what it promises.
package queuetest

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/queue"
)

// A Process opens queues like a process of its own.
type Process struct {
	Opener queue.Opener
	// Kill ends the process without Close, as SIGKILL does: what it had not sent is lost, and others must notice its
	// death by themselves.
	Kill func()
	// Close ends the process after its queues were closed.
	Close func()
}

// Run runs the tests. start starts a process; all processes of one test share the same store. The tests run in parallel, each with
// queues of its own names, so they may share a store too.
//
// The tests wait for a minute at most for what a process does after the death of another one.
func Run(t *testing.T, start func(t *testing.T) Process) {
	tests := map[string]func(s *suite){
		"order":                      testOrder,
		"redelivery after Close":     testRedeliveryAfterClose,
		"redelivery after a kill":    testRedeliveryAfterKill,
		"invalid calls":              testInvalid,
		"batches are all or none":    testRefusedBatch,
		"one lease":                  testLease,
		"lease after a kill":         testLeaseAfterKill,
		"repeated batches":           testRepeatedBatches,
		"owners":                     testOwners,
		"owners after a kill":        testOwnersAfterKill,
		"a partition moves in order": testDrain,
		"dead letters":               testDeadLetters,
		"poison":                     testPoison,
		"an orderly end is innocent": testInnocent,
		"closed":                     testClosed,
		"model":                      testModel,
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			f(&suite{T: t, ctx: ctx, start: start, name: fmt.Sprintf("q%d", time.Now().UnixNano()), partitions: 4})
		})
	}
}

// A suite is what a test works with.
type suite struct {
	*testing.T
	ctx        context.Context
	start      func(t *testing.T) Process
	name       string
	partitions int
	attempts   int
	poisoned   []queue.DeadLetter
}

// A process is a process of a test with its queue.
type process struct {
	*suite
	Process
	queue.Queue
	ended bool
}

// open starts a process and opens the queue in it.
func (s *suite) open() *process {
	s.Helper()
	p := &process{suite: s, Process: s.start(s.T)}
	q, err := p.Opener.Open(s.ctx, queue.Config{
		Name: s.name, Partitions: s.partitions, Attempts: s.attempts,
		OnPoison: func(l queue.DeadLetter) { s.poisoned = append(s.poisoned, l) },
	})
	if err != nil {
		s.Fatal(err)
	}
	p.Queue = q
	s.Cleanup(p.close)
	return p
}

// close ends the process in order.
func (p *process) close() {
	if p.ended {
		return
	}
	p.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := p.Queue.Close(ctx); err != nil {
		p.Errorf("Close: %v", err)
	}
	p.Process.Close()
}

// kill ends the process without Close.
func (p *process) kill() {
	p.ended = true
	p.Process.Kill()
	_ = p.Queue.Close(p.ctx) // ends the goroutines, and fails because the process cannot reach the store any more
}

// publish publishes messages without a lease. Each one is its partition and its data.
func (p *process) publish(messages ...queue.Message) {
	p.Helper()
	if err := p.Publish(p.ctx, nil, messages); err != nil {
		p.Fatalf("Publish: %v", err)
	}
}

// receive receives n messages.
func (p *process) receive(n int) []*queue.Delivery {
	p.Helper()
	var all []*queue.Delivery
	for len(all) < n {
		some, err := p.receiveSome(n-len(all), time.Minute)
		if err != nil {
			p.Fatalf("received %d of %d messages: %v", len(all), n, err)
		}
		all = append(all, some...)
	}
	return all
}

func (p *process) receiveSome(limit int, timeout time.Duration) ([]*queue.Delivery, error) {
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	some, err := p.Receive(ctx, limit)
	if err == nil && (len(some) == 0 || len(some) > limit) {
		p.Errorf("Receive returned %d messages, limit %d", len(some), limit)
	}
	return some, err
}

// nothing checks that there is nothing to receive.
func (p *process) nothing() {
	p.Helper()
	if some, err := p.receiveSome(1, 300*time.Millisecond); err == nil {
		p.Errorf("received %v, want nothing", describe(some))
	}
}

func (p *process) begin(d *queue.Delivery) {
	p.Helper()
	if err := p.Begin(p.ctx, d); err != nil {
		p.Fatalf("Begin of %v: %v", d.ID, err)
	}
}

// finish begins deliveries and says that they are done.
func (p *process) finish(deliveries ...*queue.Delivery) {
	p.Helper()
	for _, d := range deliveries {
		p.begin(d)
		p.Done(d)
	}
}

// eventually waits until f returns true.
func (s *suite) eventually(what string, f func() bool) {
	s.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.Fatalf("not within a minute: %s", what)
		}
	}
}

// messages returns messages with the IDs from first to last, spread over the partitions.
func (s *suite) messages(first, last int) []queue.Message {
	var list []queue.Message
	for id := first; id <= last; id++ {
		list = append(list, s.message(id, id%s.partitions))
	}
	return list
}

func (s *suite) message(id, partition int) queue.Message {
	return queue.Message{ID: int64(id), Partition: partition, Data: []byte("message " + strconv.Itoa(id))}
}

// check checks that deliveries are the messages with these IDs, those of each partition in order.
func (s *suite) check(got []*queue.Delivery, want []queue.Message) {
	s.Helper()
	byPartition := func(n int, at func(i int) queue.Message) map[int][]int64 {
		m := make(map[int][]int64)
		for i := range n {
			m[at(i).Partition] = append(m[at(i).Partition], at(i).ID)
		}
		return m
	}
	g := fmt.Sprint(byPartition(len(got), func(i int) queue.Message { return got[i].Message }))
	w := fmt.Sprint(byPartition(len(want), func(i int) queue.Message { return want[i] }))
	if g != w {
		s.Errorf("received by partition\n%s, want\n%s", g, w)
	}
	last := make(map[int]uint64)
	for _, d := range got {
		if string(d.Data) != "message "+strconv.FormatInt(d.ID, 10) {
			s.Errorf("the data of %d is %q", d.ID, d.Data)
		}
		if d.Seq <= last[d.Partition] {
			s.Errorf("the number %d of %d is not above %d", d.Seq, d.ID, last[d.Partition])
		}
		last[d.Partition] = d.Seq
	}
}

func describe(deliveries []*queue.Delivery) string {
	text := ""
	for _, d := range deliveries {
		text += fmt.Sprintf("%d(partition %d, seq %d, attempt %d) ", d.ID, d.Partition, d.Seq, d.Attempt)
	}
	return text
}
