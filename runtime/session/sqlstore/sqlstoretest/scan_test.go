package sqlstoretest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tggen/tggen/runtime/session/sqlstore"
)

// A recorder opens connections that note the statements they prepare.
type recorder struct {
	driver driver.Driver
	dsn    string

	mu         sync.Mutex
	statements []string
}

func (r *recorder) Driver() driver.Driver { return r.driver }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.driver.Open(r.dsn)
	if err != nil {
		return nil, err
	}
	return recorded{conn, r}, nil
}

type recorded struct {
	driver.Conn
	to *recorder
}

func (c recorded) Prepare(query string) (driver.Stmt, error) {
	c.to.mu.Lock()
	c.to.statements = append(c.to.statements, query)
	c.to.mu.Unlock()
	return c.Conn.Prepare(query)
}

// scanStatement returns the statement that Scan sends. Like db, it belongs to a database.
func scanStatement(t *testing.T, db *sql.DB, dsn string, config sqlstore.Config) string {
	t.Helper()
	r := &recorder{driver: db.Driver(), dsn: dsn}
	recording := sql.OpenDB(r)
	t.Cleanup(func() { recording.Close() })
	store := newStore(t, recording, config)
	// A connection prepares a statement when it first runs it, or when the store is made. So a new one prepares this one last.
	recording.SetMaxIdleConns(-1)
	if _, err := store.Scan(t.Context(), "a", "", 1); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.statements[len(r.statements)-1]
}

// explain returns the database's plan for a statement.
func explain(t *testing.T, db *sql.DB, statement string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&plan, "%s\n", *values[len(values)-1].(*sql.RawBytes)) // the last column is the text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

// TestScan_Index_SQLite checks that a scan reads a range of the primary key, and sorts nothing.
func TestScan_Index_SQLite(t *testing.T) {
	for _, driver := range sqliteDrivers {
		t.Run(driver, func(t *testing.T) {
			dir := t.TempDir()
			db := openSQLite(t, driver, dir)
			statement := scanStatement(t, db, sqliteDSN(dir), sqlstore.Config{Dialect: sqlstore.SQLite})
			plan := explain(t, db, "EXPLAIN QUERY PLAN "+statement, []byte("a"), []byte("b"), 1, 10)
			if want := "SEARCH tggen_sessions USING PRIMARY KEY (key>? AND key<?)\n"; plan != want {
				t.Errorf("the plan of %s is\n%s, want\n%s", statement, plan, want)
			}
		})
	}
}
