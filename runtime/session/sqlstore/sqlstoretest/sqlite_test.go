package sqlstoretest

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"
	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sessiontest"
	"github.com/tggen/tggen/runtime/session/sqlstore"
	_ "modernc.org/sqlite"
)

// sqliteDrivers are the names that the drivers register: modernc's and that of ncruces.
var sqliteDrivers = []string{"sqlite", "sqlite3"}

// openSQLite opens a database file as a bot should: each commit is on disk when it returns.
func openSQLite(t testing.TB, driver, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, sqliteDSN(dir))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func sqliteDSN(dir string) string {
	return "file:" + filepath.Join(dir, "bot.db") + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
}

// newStore makes a store that the test closes.
func newStore(t testing.TB, db *sql.DB, config sqlstore.Config) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.New(t.Context(), db, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestSQLite(t *testing.T) {
	for _, driver := range sqliteDrivers {
		t.Run(driver, func(t *testing.T) {
			sessiontest.RunPersistent(t, func(t *testing.T, at sessiontest.Place) session.Store {
				return newStore(t, openSQLite(t, driver, at.Dir), sqlstore.Config{Dialect: sqlstore.SQLite, Now: at.Now})
			})
		})
	}
}
