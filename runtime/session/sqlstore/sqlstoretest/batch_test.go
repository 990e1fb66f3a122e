package sqlstoretest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sqlstore"
)

// A locked database has another writer, who can keep the store waiting.
type locked struct {
	t            *testing.T
	db, other    *sql.DB
	tx           *sql.Tx
	transactions atomic.Int64 // those of the store that wrote
}

func openLocked(t *testing.T) *locked {
	t.Helper()
	l := &locked{t: t}
	// Without a time-out of its own, SQLite reports at once that it is busy.
	dsn := "file:" + filepath.Join(t.TempDir(), "bot.db") + "?_pragma=busy_timeout(0)&_pragma=journal_mode(WAL)"
	var err error
	l.db, err = driver.Open(dsn, func(c *sqlite3.Conn) error {
		c.CommitHook(func() bool { l.transactions.Add(1); return true })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.db.Close() })
	l.other, err = driver.Open(dsn + "&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.other.Close() })
	return l
}

func (l *locked) lock() {
	l.t.Helper()
	tx, err := l.other.BeginTx(context.Background(), nil)
	if err != nil {
		l.t.Fatal(err)
	}
	l.tx = tx
}

func (l *locked) unlock() {
	l.t.Helper()
	if err := l.tx.Rollback(); err != nil {
		l.t.Fatal(err)
	}
}

// commits starts n commits of one new record each, and returns their results.
func commits(ctx context.Context, store session.Store, prefix string, n int) chan error {
	results := make(chan error, n)
	for i := range n {
		go func() {
			w := session.Record{Key: fmt.Sprint(prefix, i)}.Put([]byte("x"), time.Time{})
			results <- store.Commit(ctx, []session.Write{w})
		}()
	}
	return results
}

// TestBatch_Shares checks that commits which wait share a transaction, and that one that conflicts affects no other.
func TestBatch_Shares(t *testing.T) {
	l := openLocked(t)
	store := newStore(t, l.db, sqlstore.Config{Dialect: sqlstore.SQLite})
	taken := session.Record{Key: "taken"}
	if err := store.Commit(t.Context(), []session.Write{taken.Put(nil, time.Time{})}); err != nil {
		t.Fatal(err)
	}
	before := l.transactions.Load()
	l.lock()
	const n = 200
	good := commits(t.Context(), store, "good:", n)
	half := session.Record{Key: "half"}
	bad := make(chan error, 1)
	go func() {
		bad <- store.Commit(t.Context(), []session.Write{half.Put(nil, time.Time{}), taken.Put(nil, time.Time{})})
	}()
	waitFor(t, func() bool { return waiting() == n+1 })
	l.unlock()
	for range n {
		if err := <-good; err != nil {
			t.Error(err)
		}
	}
	if err := <-bad; !errors.Is(err, session.ErrConflict) {
		t.Errorf("the conflicting commit returned %v", err)
	}
	if records, err := store.Load(t.Context(), []string{"half"}); err != nil || records[0].Rev != 0 {
		t.Errorf("half of the conflicting commit was made: %v, %v", records, err)
	}
	// The first commit starts a batch at once. The others wait for it.
	if made := l.transactions.Load() - before; made > 3 {
		t.Errorf("%d commits took %d transactions", n, made)
	}
}

// waiting returns the number of callers of Commit whose commits are in the queue or in a batch.
func waiting() int {
	return goroutines("[select", "sqlstore.(*Store).Commit(")
}

// working says whether a batch is under way.
func working() bool {
	return goroutines("", "sqlstore.(*Store).run(") > 0
}

// goroutines counts those in a state and a function.
func goroutines(state, function string) int {
	stacks := make([]byte, 4<<20)
	n := 0
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		head, frames, _ := strings.Cut(stack, "\n")
		if strings.Contains(head, state) && strings.Contains(frames, function) {
			n++
		}
	}
	return n
}

// TestBatch_Leave checks that callers can leave before their commit is made, and that the others do not notice.
func TestBatch_Leave(t *testing.T) {
	l := openLocked(t)
	store := newStore(t, l.db, sqlstore.Config{Dialect: sqlstore.SQLite})
	l.lock()
	ctx, cancel := context.WithCancel(t.Context())
	first := commits(t.Context(), store, "first:", 1) // a batch of its own, for which the others wait
	waitFor(t, working)
	staying := commits(t.Context(), store, "staying:", 5)
	leaving := commits(ctx, store, "leaving:", 5)
	waitFor(t, func() bool { return waiting() == 11 })
	cancel()
	for range 5 {
		if err := <-leaving; !errors.Is(err, context.Canceled) {
			t.Errorf("Commit returned %v, want context.Canceled", err)
		}
	}
	l.unlock()
	if err := <-first; err != nil {
		t.Error(err)
	}
	for range 5 {
		if err := <-staying; err != nil {
			t.Error(err)
		}
	}
	for i := range 5 {
		records, err := store.Load(t.Context(), []string{fmt.Sprint("leaving:", i)})
		if err != nil || records[0].Rev != 0 {
			t.Errorf("a commit was made after its caller left the queue: %v, %v", records, err)
		}
	}
}

func TestBatch_Deadline(t *testing.T) {
	l := openLocked(t)
	store := newStore(t, l.db, sqlstore.Config{Dialect: sqlstore.SQLite})
	l.lock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := <-commits(ctx, store, "a", 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Commit returned %v, want context.DeadlineExceeded", err)
	}
	l.unlock()
	if err := <-commits(t.Context(), store, "b", 1); err != nil {
		t.Error(err)
	}
}

func TestClose(t *testing.T) {
	l := openLocked(t)
	store, err := sqlstore.New(t.Context(), l.db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		t.Fatal(err)
	}
	l.lock()
	results := commits(t.Context(), store, "a", 10)
	waitFor(t, func() bool { return waiting() == 10 })
	closed := make(chan error)
	go func() { closed <- store.Close() }()
	waitFor(t, func() bool {
		_, err := store.Load(t.Context(), []string{"a"})
		return errors.Is(err, session.ErrClosed)
	})
	select {
	case <-closed:
		t.Error("Close did not wait for the commits that are under way")
	default:
	}
	l.unlock()
	for range 10 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-commits(t.Context(), store, "b", 1); !errors.Is(err, session.ErrClosed) {
		t.Errorf("Commit after Close returned %v, want ErrClosed", err)
	}
	if _, err := store.Scan(t.Context(), "", "", 1); !errors.Is(err, session.ErrClosed) {
		t.Errorf("Scan after Close returned %v, want ErrClosed", err)
	}
	if err := store.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	if in := l.db.Stats().InUse; in != 0 {
		t.Errorf("%d connections are in use after Close", in)
	}
}

// TestDown checks the errors of a store whose database is gone.
func TestDown(t *testing.T) {
	db := openSQLite(t, sqliteDrivers[0], t.TempDir())
	store := newStore(t, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, loadErr := store.Load(t.Context(), []string{"a"})
	commitErr := <-commits(t.Context(), store, "a", 1)
	_, scanErr := store.Scan(t.Context(), "", "", 1)
	for _, err := range []error{loadErr, commitErr, scanErr} {
		if err == nil || errors.Is(err, session.ErrConflict) || errors.Is(err, session.ErrInvalid) || errors.Is(err, session.ErrClosed) {
			t.Errorf("the database is closed, and the error is %v", err)
		}
	}
}

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); <-time.After(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited for a minute")
		}
	}
}
