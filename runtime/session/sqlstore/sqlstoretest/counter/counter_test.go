package counter

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/tggen/tggen/runtime/session/sqlstore"
	"github.com/tggen/tggen/runtime/telegram"
	_ "modernc.org/sqlite"
)

// openStore opens a SQLite file whose commits survive a loss of power.
func openStore(ctx context.Context, dir string) (store *sqlstore.Store, close func() error, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bot.db")+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	store, err = sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		return nil, nil, err
	}
	return store, func() error {
		if err := store.Close(); err != nil {
			return err
		}
		return db.Close()
	}, nil
}

// counted reads the count of a user, and fails the test if something was not counted exactly once, or not in order.
func counted(t testing.TB, tgbot *telegram.Bot, user int64) (first, count int) {
	t.Helper()
	state, err := LoadCount(t.Context(), tgbot, user)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := LoadTally(t.Context(), tgbot, user)
	if err != nil {
		t.Fatal(err)
	}
	var fault string
	parity := 0
	switch c := state.(type) {
	case CountOdd:
		first, count, fault, parity = c.First, c.Count, c.Fault, 1
	case CountEven:
		first, count, fault, parity = c.First, c.Count, c.Fault, 0
	}
	if fault != "" {
		t.Errorf("user %d: %s", user, fault)
	}
	if count%2 != parity || tally.Count != count {
		t.Errorf("user %d: the state is %#v, and the tally is %d", user, state, tally.Count)
	}
	return first, count
}
