package telegram_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/telegram"
	"github.com/tggen/tggen/runtime/tgtest"
)

// The records of confirmed updates are deleted, many in one commit, also while the bot runs.
func TestJournal_ConfirmedUpdatesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := newWatchedStore()
		bot := startJournaled(t, server, journaled(func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "hello", nil)
			return err
		}), telegram.WithStore(store))
		const updates = 450
		var all []string
		for i := range updates {
			all = append(all, message(1+i, 1))
		}
		push(t, server, all...)
		time.Sleep(time.Minute)
		if keys := store.keys(); len(keys) != 0 || store.puts != updates {
			t.Errorf("%d commits, and %d records are left", store.puts, len(keys))
		}
		for i, e := range store.erased {
			if e.records < session.MaxKeys && i > 0 && e.at.Sub(store.erased[i-1].at) < time.Second {
				t.Errorf("commit %d deletes %d records, %v after the one before", i, e.records, e.at.Sub(store.erased[i-1].at))
			}
		}

		push(t, server, message(1, 2))
		time.Sleep(time.Second / 2)
		start := time.Now()
		stop(t, bot) // confirms the last one
		if took := time.Since(start); took >= time.Second/2 {
			t.Errorf("the stop took %v: it waited for more deletions", took)
		}
		if keys := store.keys(); len(keys) != 0 {
			t.Errorf("after the stop, %q are left", keys)
		}
	})
}

// A deletion that fails is logged, and the record is left to expire. A stop does not wait for a store that hangs.
func TestJournal_ADeletionThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := newWatchedStore()
		store.down = errors.New("disk full")
		var log lockedBuffer
		bot := startJournaled(t, server, journaled(func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "hello", nil)
			return err
		}), telegram.WithStore(store), telegram.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		push(t, server, message(1, 1))
		time.Sleep(time.Minute)
		stop(t, bot)
		if len(store.erased) != 1 || len(store.keys()) != 1 || !strings.Contains(log.String(), "disk full") {
			t.Errorf("%d deletions, %d records, the log is %s", len(store.erased), len(store.keys()), log.String())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		store := hangingStore{session.NewMemory(session.MemoryConfig{})}
		bot := startJournaled(t, server, journaled(func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "hello", nil)
			return err
		}), telegram.WithStore(store), telegram.WithLogger(slog.New(slog.DiscardHandler)))
		push(t, server, message(1, 1))
		time.Sleep(time.Minute)
		start := time.Now()
		stop(t, bot)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("the stop took %v", took)
		}
	})
}

// A hangingStore does not answer a deletion until its context ends.
type hangingStore struct{ session.Store }

func (s hangingStore) Commit(ctx context.Context, writes []session.Write) error {
	if writes[0].Delete {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.Store.Commit(ctx, writes)
}

// While the store is down, the handler fails, and a retry goes on when it is back.
func TestJournal_StoreDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := tgtest.NewServer(t, tgtest.InMemory())
		down := errors.New("connection refused")
		store := &downStore{Store: session.NewMemory(session.MemoryConfig{}), err: down}
		var failed []error
		config := journaled(func(ctx context.Context, ev *telegram.Event) error {
			_, err := ev.Reply(ctx, "hello", nil)
			failed = append(failed, err)
			if ev.Attempt == 3 {
				store.err = nil
			}
			return err
		})
		config.Retry = telegram.Retry{Attempts: 10}
		bot := startJournaled(t, server, config, telegram.WithStore(store))
		push(t, server, message(1, 1))
		time.Sleep(time.Minute)
		stop(t, bot)
		wantTexts(t, server, "hello")
		if len(failed) != 4 || failed[3] != nil {
			t.Fatalf("the attempts ended with %v", failed)
		}
		if e, ok := errors.AsType[*telegram.JournalError](failed[0]); !ok || !errors.Is(e, down) {
			t.Errorf("the first error is %v", failed[0])
		}
	})
}

type downStore struct {
	session.Store
	err error
}

func (s *downStore) Load(ctx context.Context, keys []string) ([]session.Record, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Load(ctx, keys)
}
