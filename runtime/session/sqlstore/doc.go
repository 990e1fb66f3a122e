// Package sqlstore keeps the records of package session in a SQL database: SQLite or PostgreSQL. It imports no driver: open the
// database with the one of your choice and pass it to [New].
//
// SQLite, with modernc.org/sqlite or github.com/ncruces/go-sqlite3/driver:
//
//	db, err := sql.Open("sqlite", "file:bot.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
//	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
//
// With synchronous(FULL), which is SQLite's default, a commit that has returned survives a loss of power. With NORMAL it survives
// the end of the process only.
//
// A store uses one connection to write and one for each Load that is under way. database/sql keeps two idle connections unless
// db.SetMaxIdleConns says otherwise, and opens and closes the others again and again. Four connections are enough for SQLite:
//
//	db.SetMaxOpenConns(4)
//	db.SetMaxIdleConns(4)
//
// A database in the memory of SQLite is lost when its connection is closed, which can happen when a context ends. Use
// [session.Memory] instead.
//
// PostgreSQL, with github.com/jackc/pgx/v5/stdlib:
//
//	db, err := sql.Open("pgx", "postgres://bot@localhost/bot")
//	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.PostgreSQL})
//
// # Batches
//
// Making a transaction durable takes the time of a disk write, however small it is. So commits that arrive while a transaction is
// under way wait for its end, and then share the next one. A commit that conflicts does not affect the others of its batch.
//
// # The table
//
// New makes a table, unless it exists:
//
//	key      the key, as bytes
//	rev      the revision
//	prev     the revision that the last write replaced
//	expires  when the record expires, in milliseconds since 1970; 0 means never; negative if it was deleted at that time
//	data     the data, as bytes
//
// Several processes may use one table. Records that were deleted or have expired stay in it for ten minutes. Then they are
// removed in small steps by processes that write: each removes what it finds among the next few rows of the table.
package sqlstore
