package sqlstoretest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sessiontest"
	"github.com/tggen/tggen/runtime/session/sqlstore"
)

// TestSweep lets keys come and go. The table keeps what is live and what has been gone for less than ten minutes, and at most
// a third more.
func TestSweep(t *testing.T) {
	db := openSQLite(t, sqliteDrivers[0], t.TempDir())
	var passed atomic.Int64 // the store may look at its clock after Commit has returned
	start := time.Now()
	now := func() time.Time { return start.Add(time.Duration(passed.Load())) }
	store := newStore(t, db, sqlstore.Config{Dialect: sqlstore.SQLite, Now: now})
	forever := batchOf(0, "forever", session.MaxKeys, func(r session.Record) session.Write { return r.Put([]byte("x"), time.Time{}) })
	if err := store.Commit(t.Context(), forever); err != nil {
		t.Fatal(err)
	}
	const perRound = session.MaxKeys
	var removals [][]session.Write
	for round := range 200 {
		// A round takes a minute, and a record lives for five. Half of the records are deleted at once.
		writes := batchOf(round, "short", perRound, func(r session.Record) session.Write { return r.Put([]byte("x"), now().Add(5*time.Minute)) })
		if err := store.Commit(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
		var deletes []session.Write
		for _, w := range writes[:perRound/2] {
			deletes = append(deletes, w.Record().Delete())
		}
		removals = append(removals, deletes)
		if err := store.Commit(t.Context(), deletes); err != nil {
			t.Fatal(err)
		}
		// After nine minutes a delete is still recognised.
		if err := store.Commit(t.Context(), removals[max(round-9, 0)]); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		passed.Add(int64(time.Minute))
	}
	var rows int
	if err := db.QueryRow("SELECT count(*) FROM tggen_sessions").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if most := (len(forever) + (10+5)*perRound) * 4 / 3; rows > most || rows < len(forever)+5*perRound/2 {
		t.Errorf("the table has %d rows, want at most %d", rows, most)
	}
	for _, w := range forever {
		records, err := store.Load(t.Context(), []string{w.Key})
		if err != nil || records[0].Rev != w.Next {
			t.Fatalf("%q: %v, %v", w.Key, records, err)
		}
	}
}

func batchOf(round int, name string, n int, write func(session.Record) session.Write) []session.Write {
	writes := make([]session.Write, n)
	for i := range writes {
		// The keys of a round are spread over the whole table.
		writes[i] = write(session.Record{Key: fmt.Sprintf("%02d:%s:%d", i, name, round)})
	}
	return writes
}

// TestOneConnection runs the suite with a database that is limited to one connection.
func TestOneConnection(t *testing.T) {
	for _, driver := range sqliteDrivers {
		t.Run(driver, func(t *testing.T) {
			sessiontest.Run(t, func(t *testing.T, at sessiontest.Place) session.Store {
				db := openSQLite(t, driver, at.Dir)
				db.SetMaxOpenConns(1)
				return newStore(t, db, sqlstore.Config{Dialect: sqlstore.SQLite, Now: at.Now})
			})
		})
	}
}

// newAtOnce makes stores of several databases at once. All must succeed.
func newAtOnce(t *testing.T, open func() *sql.DB, config sqlstore.Config) {
	var dbs []*sql.DB
	for range 8 {
		dbs = append(dbs, open())
	}
	var wg sync.WaitGroup
	for _, db := range dbs {
		wg.Go(func() {
			store, err := sqlstore.New(t.Context(), db, config)
			if err != nil {
				t.Error(err)
				return
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestNew_AtOnce makes a store in several processes at once. One of them makes the table.
func TestNew_AtOnce(t *testing.T) {
	for _, driver := range sqliteDrivers {
		t.Run(driver, func(t *testing.T) {
			dir := t.TempDir()
			newAtOnce(t, func() *sql.DB { return openSQLite(t, driver, dir) }, sqlstore.Config{Dialect: sqlstore.SQLite})
		})
	}
}

func TestNew_Fails(t *testing.T) {
	db := openSQLite(t, sqliteDrivers[0], t.TempDir())
	if _, err := db.Exec("CREATE TABLE taken (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		ctx    context.Context
		config sqlstore.Config
		want   string
	}{
		{t.Context(), sqlstore.Config{}, `dialect ""`},
		{t.Context(), sqlstore.Config{Dialect: "Oracle"}, `dialect "Oracle"`},
		{t.Context(), sqlstore.Config{Dialect: sqlstore.SQLite, Table: "a b"}, `table "a b"`},
		{t.Context(), sqlstore.Config{Dialect: sqlstore.SQLite, Table: "a.b.c"}, `table "a.b.c"`},
		{t.Context(), sqlstore.Config{Dialect: sqlstore.SQLite, Table: `a"; DROP TABLE b; --`}, `not a name`},
		{t.Context(), sqlstore.Config{Dialect: sqlstore.SQLite, Table: "taken"}, `table "taken": `},
		{t.Context(), sqlstore.Config{Dialect: sqlstore.SQLite, Table: "nowhere.a"}, `nowhere`},
		{ended, sqlstore.Config{Dialect: sqlstore.SQLite}, context.Canceled.Error()},
	} {
		_, err := sqlstore.New(test.ctx, db, test.config)
		if err == nil || !strings.HasPrefix(err.Error(), "making a session store: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("New(%+v): %v, want %q in it", test.config, err, test.want)
		}
	}
}
