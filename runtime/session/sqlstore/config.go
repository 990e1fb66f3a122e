package sqlstore

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// DefaultTable is the table of a [Config] that names none.
const DefaultTable = "tggen_sessions"

// Config configures a [Store]. Only Dialect is required.
type Config struct {
	// Dialect is the kind of database.
	Dialect Dialect

	// Table is the name of the table, or schema.table. Each part is a letter or underscore followed by at most 62 letters,
	// digits and underscores. Default "tggen_sessions".
	Table string

	// Now is the clock by which records expire. Default time.Now.
	Now func() time.Time
}

// A Dialect is a kind of database.
type Dialect string

// The dialects. Their values are the names that the databases give themselves.
const (
	// SQLite needs version 3.35 or later.
	SQLite Dialect = "SQLite"

	// PostgreSQL needs version 9.5 or later.
	PostgreSQL Dialect = "PostgreSQL"
)

// A dialect says how a database differs from the others.
type dialect struct {
	create    string             // makes the table %s
	parameter func(n int) string // the n-th parameter of a statement, from 1
	writeLock string             // takes the right to write in the table %s; "" if rows are locked one by one
}

var dialects = map[Dialect]dialect{
	SQLite: {
		create:    "CREATE TABLE IF NOT EXISTS %s (key BLOB PRIMARY KEY, rev INTEGER NOT NULL, prev INTEGER NOT NULL, expires INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID",
		parameter: func(int) string { return "?" },
		// A transaction that reads first and then writes fails if another process has written in between. This
		// statement changes nothing and makes the transaction a writer from its start.
		writeLock: "DELETE FROM %s WHERE key IS NULL",
	},
	PostgreSQL: {
		create:    "CREATE TABLE IF NOT EXISTS %s (key bytea PRIMARY KEY, rev bigint NOT NULL, prev bigint NOT NULL, expires bigint NOT NULL, data bytea NOT NULL)",
		parameter: func(n int) string { return fmt.Sprint("$", n) },
	},
}

var namePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?$`)

// quoted returns the name of the table as a part of a statement.
func (c Config) quoted() (string, error) {
	if !namePattern.MatchString(c.Table) {
		return "", fmt.Errorf("table %q: not a name or schema.name of letters, digits and underscores", c.Table)
	}
	return `"` + strings.ReplaceAll(c.Table, ".", `"."`) + `"`, nil
}
