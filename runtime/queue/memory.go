package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Memory is an [Opener] of queues in memory. Nothing in it survives the process, so it is for tests, and for a bot that is tried out.
// Each queue that it opens acts like a process of its own, so that several bots in one test share the work. All methods may
// be called concurrently.
type Memory struct {
	mu     sync.Mutex
	queues map[string]*memory
}

// NewMemory returns a Memory without messages.
func NewMemory() *Memory { return &Memory{queues: make(map[string]*memory)} }

// memory is what the processes of one name share. The mutex of its Memory guards all of it.
type memory struct {
	*Memory
	parts   []*memoryPartition
	members []*MemoryQueue // those that live, in the order in which they came
	seq     uint64
	lease   *memoryLease
	high    int64
	highAt  time.Time
	letters []DeadLetter
	number  uint64
	wake    chan struct{} // closed at the next change
}

type memoryPartition struct {
	index      int
	messages   []*memoryMessage // those that are not done, in order
	owner      *MemoryQueue
	target     *MemoryQueue // owns the partition as soon as the owner has nothing in hand
	generation int          // counts what the partition was taken over
}

type memoryMessage struct {
	Message
	seq    uint64
	died   int          // how often it was begun by a process that died
	holder *MemoryQueue // has received it; nil if nobody has
	item   *memoryItem  // of the delivery to the holder
	part   *memoryPartition
}

// A memoryItem is the token of a delivery.
type memoryItem struct {
	message    *memoryMessage
	generation int
	begun      bool
	done       bool
}

// Open implements [Opener]. The queue is a [*MemoryQueue].
func (m *Memory) Open(ctx context.Context, config Config) (Queue, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if config.Attempts == 0 {
		config.Attempts = DefaultAttempts
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case config.Name == "" || strings.Trim(config.Name, letters) != "":
		return nil, fmt.Errorf("opening a queue: the name %q must consist of letters, digits, - and _", config.Name)
	case config.Partitions < 1:
		return nil, errors.New("opening a queue: it needs at least one partition")
	case config.Attempts < 0:
		return nil, errors.New("opening a queue: the attempts are negative")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	shared := m.queues[config.Name]
	if shared == nil {
		shared = &memory{Memory: m, wake: make(chan struct{})}
		for i := range config.Partitions {
			shared.parts = append(shared.parts, &memoryPartition{index: i})
		}
		m.queues[config.Name] = shared
	}
	if n := len(shared.parts); n != config.Partitions {
		return nil, fmt.Errorf("opening the queue %s: it has %d partitions, and not %d", config.Name, n, config.Partitions)
	}
	q := &MemoryQueue{memory: shared, config: config}
	shared.members = append(shared.members, q)
	shared.balance()
	return q, nil
}

// changed wakes all who wait. The mutex is held.
func (s *memory) changed() {
	close(s.wake)
	s.wake = make(chan struct{})
}

// wait releases the mutex until something changes or ctx ends.
func (s *memory) wait(ctx context.Context) error {
	wake := s.wake
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// balance spreads the partitions over the members, moves those that can move, and wakes all who wait. The mutex is held.
func (s *memory) balance() {
	defer s.changed()
	if len(s.members) == 0 {
		for _, p := range s.parts {
			p.owner, p.target = nil, nil
		}
		return
	}
	share := make(map[*MemoryQueue]int)
	for _, p := range s.parts {
		if p.target != nil {
			share[p.target]++
		}
	}
	extremes := func() (least, most *MemoryQueue) {
		least, most = s.members[0], s.members[0]
		for _, m := range s.members[1:] {
			if share[m] < share[least] {
				least = m
			}
			if share[m] > share[most] {
				most = m
			}
		}
		return least, most
	}
	for _, p := range s.parts {
		if p.target == nil {
			p.target, _ = extremes()
			share[p.target]++
		}
	}
	for least, most := extremes(); share[most] > share[least]+1; least, most = extremes() {
		i := slices.IndexFunc(s.parts, func(p *memoryPartition) bool { return p.target == most })
		s.parts[i].target = least
		share[most]--
		share[least]++
	}
	for _, p := range s.parts {
		if p.owner != p.target && (p.owner == nil || p.held() == 0) {
			p.owner = p.target
			p.generation++
			for _, m := range p.messages {
				if m.holder != p.owner { // what the owner runs from before is still in its hand
					m.holder, m.item = nil, nil
				}
			}
		}
	}
}

// held returns how many messages the owner has in hand.
func (p *memoryPartition) held() (n int) {
	for _, m := range p.messages {
		if m.holder == p.owner {
			n++
		}
	}
	return n
}

// leave takes what a process owns away from it. orderly says that it has ended by itself. The mutex is held.
func (s *memory) leave(q *MemoryQueue, orderly bool) {
	s.members = slices.DeleteFunc(s.members, func(m *MemoryQueue) bool { return m == q })
	if s.lease != nil && s.lease.queue == q {
		s.end(s.lease)
	}
	for _, p := range s.parts {
		if p.target == q {
			p.target = nil
		}
		if p.owner != q {
			continue
		}
		p.owner = nil
		for _, m := range p.messages {
			if m.holder != q {
				continue
			}
			if !m.item.begun || orderly || q.dead {
				m.holder = nil
			}
			if m.item.begun && !orderly {
				m.died++
			}
		}
	}
	s.balance()
}

// remove removes a message that is done. The mutex is held.
func (s *memory) remove(m *memoryMessage) {
	p := m.part
	if i := slices.Index(p.messages, m); i >= 0 {
		p.messages = slices.Delete(p.messages, i, i+1)
	}
	if p.owner != p.target {
		s.balance()
		return
	}
	s.changed()
}

// bury stores a dead letter. The mutex is held.
func (s *memory) bury(m *memoryMessage, attempts int, cause string) DeadLetter {
	s.number++
	letter := DeadLetter{Message: m.Message, Number: s.number, Seq: m.seq, Attempts: attempts, Cause: cause, Time: time.Now()}
	s.letters = append(s.letters, letter)
	s.remove(m)
	return letter
}

// store appends messages to their partitions. The mutex is held.
func (s *memory) store(messages []Message) {
	for _, m := range messages {
		s.seq++
		p := s.parts[m.Partition]
		m.Data = slices.Clone(m.Data)
		p.messages = append(p.messages, &memoryMessage{Message: m, seq: s.seq, part: p})
	}
	s.changed()
}
