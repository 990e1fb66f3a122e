package sqlstoretest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sessiontest"
	"github.com/tggen/tggen/runtime/session/sqlstore"
)

// tableFor returns a name of a table that belongs to a folder.
func tableFor(dir string) string {
	h := fnv.New64a()
	h.Write([]byte(dir))
	return fmt.Sprintf("sessions_%x", h.Sum64())
}

func TestPostgreSQL(t *testing.T) {
	p := startPostgres(t)
	db := p.open(t)
	sessiontest.RunPersistent(t, func(t *testing.T, at sessiontest.Place) session.Store {
		return newStore(t, db, sqlstore.Config{Dialect: sqlstore.PostgreSQL, Table: tableFor(at.Dir), Now: at.Now})
	})
}

// TestScan_Index_PostgreSQL checks that a scan reads a range of the primary key. PostgreSQL's plan depends on the number of rows.
func TestScan_Index_PostgreSQL(t *testing.T) {
	p := startPostgres(t)
	db := p.open(t)
	config := sqlstore.Config{Dialect: sqlstore.PostgreSQL, Table: "planned"}
	store := newStore(t, db, config)
	for round := range 100 {
		writes := batchOf(round, "many", session.MaxKeys, func(r session.Record) session.Write { return r.Put([]byte("x"), time.Time{}) })
		if err := store.Commit(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "ANALYZE planned"); err != nil {
		t.Fatal(err)
	}
	statement := scanStatement(t, db, p.dsn(), config)
	plan := explain(t, db, "EXPLAIN "+statement, []byte("01:"), []byte("01;"), 1, 10)
	if !strings.Contains(plan, "Index Scan using planned_pkey") || !strings.Contains(plan, "Index Cond") || strings.Contains(plan, "Sort") {
		t.Errorf("the plan of %s is\n%s", statement, plan)
	}
}

func BenchmarkPostgreSQL(b *testing.B) {
	p := startPostgres(b)
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			store := newStore(b, p.open(b), sqlstore.Config{Dialect: sqlstore.PostgreSQL, Table: tableFor(b.TempDir())})
			benchmarkCommits(b, store, callers)
		})
	}
}

// settle commits until the outcome is known, as package session says.
func settle(ctx context.Context, store session.Store, writes []session.Write) error {
	for {
		err := store.Commit(ctx, writes)
		if err == nil || errors.Is(err, session.ErrConflict) || errors.Is(err, session.ErrInvalid) || errors.Is(err, session.ErrClosed) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestKill_PostgreSQL kills the server with kill -9 and starts it again, while the callers repeat each commit until they know
// its outcome. Nothing is lost and nothing is counted twice.
func TestKill_PostgreSQL(t *testing.T) {
	p := startPostgres(t)
	store := newStore(t, p.open(t), sqlstore.Config{Dialect: sqlstore.PostgreSQL})
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	var done [committers]int
	for c := range committers {
		wg.Go(func() {
			records := []session.Record{{Key: pair(c)[0]}, {Key: pair(c)[1]}}
			for {
				select {
				case <-stop:
					return
				default:
				}
				writes, n := next(records)
				if err := settle(ctx, store, writes); err != nil {
					t.Errorf("committer %d: %v", c, err)
					return
				}
				done[c] = n
				for i := range records {
					records[i] = writes[i].Record()
				}
			}
		})
	}
	for range *kills {
		<-time.After(rand.N(500 * time.Millisecond))
		p.kill()
		p.start()
	}
	close(stop)
	wg.Wait()
	for c := range committers {
		records, err := store.Load(ctx, pair(c))
		if err != nil {
			t.Fatal(err)
		}
		if left, right := count(records[0]), count(records[1]); left != done[c] || right != done[c] {
			t.Errorf("the counters of %d are at %d and %d, want %d", c, left, right, done[c])
		}
	}
	t.Logf("committed: %v", done)
}

func TestNew_AtOnce_PostgreSQL(t *testing.T) {
	p := startPostgres(t)
	for i := range 10 {
		config := sqlstore.Config{Dialect: sqlstore.PostgreSQL, Table: fmt.Sprint("public.t", i)}
		newAtOnce(t, func() *sql.DB { return p.open(t) }, config)
	}
}
