package sessiontest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/tggen/tggen/runtime/session"
)

const (
	goroutines = 8
	rounds     = 25
)

// parallel runs f in several goroutines.
func (s *suite) parallel(f func(g int) error) {
	s.Helper()
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			if err := f(g); err != nil {
				s.Error(err)
			}
		})
	}
	wg.Wait()
}

func number(r session.Record) int {
	n, _ := strconv.Atoi(string(r.Data))
	return n
}

// increment adds 1 to a counter. commit commits once or several times.
func increment(ctx context.Context, store session.Store, key string, commit func([]session.Write) error) error {
	for {
		records, err := store.Load(ctx, []string{key})
		if err != nil {
			return err
		}
		data := strconv.Itoa(number(records[0]) + 1)
		err = commit([]session.Write{records[0].Put([]byte(data), time.Time{})})
		if !errors.Is(err, session.ErrConflict) {
			return err
		}
	}
}

func testCounter(s *suite) {
	s.parallel(func(g int) error {
		for i := range rounds {
			key := fmt.Sprint("counter:", (g+i)%2)
			err := increment(s.ctx, s.store, key, func(w []session.Write) error { return s.store.Commit(s.ctx, w) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got := number(s.load("counter:0")) + number(s.load("counter:1")); got != goroutines*rounds {
		s.Errorf("the counters are at %d, want %d", got, goroutines*rounds)
	}
}

// testCounterWithLostAnswers cancels commits while they are under way, each later than the one before, and repeats them until
// their outcome is known. Each counter has one writer, as a session has, so that a repeated commit is always recognised.
func testCounterWithLostAnswers(s *suite) {
	s.parallel(func(g int) error {
		key := fmt.Sprint("counter:", g)
		for range rounds {
			err := increment(s.ctx, s.store, key, func(w []session.Write) error {
				for longest := time.Millisecond; ; longest *= 2 {
					ctx, cancel := context.WithCancel(s.ctx)
					timer := time.AfterFunc(rand.N(longest), cancel)
					// The data is the caller's again when Commit has returned, whatever its result.
					data := bytes.Clone(w[0].Data)
					attempt := w[0]
					attempt.Data = data
					err := s.store.Commit(ctx, []session.Write{attempt})
					clear(data)
					timer.Stop()
					cancel()
					if err == nil && rand.N(3) > 0 || errors.Is(err, session.ErrConflict) {
						return err
					}
					if err != nil && !errors.Is(err, context.Canceled) {
						return err
					}
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	for g := range goroutines {
		if got := number(s.load(fmt.Sprint("counter:", g))); got != rounds {
			s.Errorf("counter %d is at %d, want %d", g, got, rounds)
		}
	}
}

// testTransfers moves amounts between accounts. The sum stays the same only if commits of several keys are atomic.
func testTransfers(s *suite) {
	const accounts = 5
	names, writes := make([]string, accounts), make([]session.Write, accounts)
	for i := range names {
		names[i] = fmt.Sprint("account:", i)
		writes[i] = session.Record{Key: names[i]}.Put([]byte("100"), time.Time{})
	}
	s.commit(writes...)
	s.parallel(func(int) error {
		for range rounds {
			for {
				from, to := rand.N(accounts), rand.N(accounts-1)
				if to >= from {
					to++
				}
				records, err := s.store.Load(s.ctx, []string{names[from], names[to]})
				if err != nil {
					return err
				}
				err = s.store.Commit(s.ctx, []session.Write{
					records[0].Put([]byte(strconv.Itoa(number(records[0])-1)), time.Time{}),
					records[1].Put([]byte(strconv.Itoa(number(records[1])+1)), time.Time{}),
				})
				if err == nil {
					break
				}
				if !errors.Is(err, session.ErrConflict) {
					return err
				}
			}
		}
		return nil
	})
	sum := 0
	for _, r := range s.loadAll(names...) {
		sum += number(r)
	}
	if sum != 100*accounts {
		s.Errorf("the accounts hold %d, want %d", sum, 100*accounts)
	}
}

func testContext(s *suite) {
	a := s.put("a", "1")
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.store.Load(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		s.Errorf("Load returned %v, want context.Canceled", err)
	}
	if err := s.store.Commit(ctx, []session.Write{a.Put([]byte("2"), time.Time{})}); !errors.Is(err, context.Canceled) {
		s.Errorf("Commit returned %v, want context.Canceled", err)
	}
	if _, err := s.store.Scan(ctx, "", "", 1); !errors.Is(err, context.Canceled) {
		s.Errorf("Scan returned %v, want context.Canceled", err)
	}
	s.expect(a)
}
