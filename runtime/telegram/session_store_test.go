package telegram_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

var errStore = errors.New("the store is down")

// A faultyStore is a store that fails and is slow. It is not a session.Memory, so the bot takes it for one that is far away.
type faultyStore struct {
	session.Store

	mu     sync.Mutex
	rand   *rand.Rand
	load   faults
	commit faults

	loads, commits int
	running, most  int // calls under way
}

// faults says what happens to calls, each with a probability.
type faults struct {
	refused float64       // nothing happens, and the call fails
	lost    float64       // the call happens, and fails
	slow    time.Duration // the longest time that a call takes
}

func newFaultyStore(seed uint64) *faultyStore {
	return &faultyStore{Store: session.NewMemory(session.MemoryConfig{}), rand: rand.New(rand.NewPCG(seed, 1))}
}

// set changes the faults of both operations.
func (s *faultyStore) set(load, commit faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load, s.commit = load, commit
}

func (s *faultyStore) Load(ctx context.Context, keys []string) (records []session.Record, err error) {
	err = s.call(ctx, &s.load, &s.loads, func() (err error) {
		records, err = s.Store.Load(ctx, keys)
		return err
	})
	return records, err
}

func (s *faultyStore) Commit(ctx context.Context, writes []session.Write) error {
	return s.call(ctx, &s.commit, &s.commits, func() error { return s.Store.Commit(ctx, writes) })
}

func (s *faultyStore) call(ctx context.Context, f *faults, count *int, do func() error) error {
	s.mu.Lock()
	*count++
	s.running++
	s.most = max(s.most, s.running)
	refused, lost, wait := s.rand.Float64() < f.refused, s.rand.Float64() < f.lost, time.Duration(0)
	if f.slow > 0 {
		wait = time.Duration(s.rand.Int64N(int64(f.slow)))
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running--
	}()
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return ctx.Err()
	}
	if refused {
		return errStore
	}
	if err := do(); err != nil {
		return err
	}
	if lost {
		return errStore
	}
	return nil
}
