package sqlstoretest

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sqlstore"
	_ "modernc.org/sqlite"
)

// Sessions in a SQLite file.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bot")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	file := filepath.Join(dir, "bot.db")
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)

	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	write := session.Record{Key: "signup:42"}.Put([]byte("AskAge"), time.Now().Add(24*time.Hour))
	if err := store.Commit(ctx, []session.Write{write}); err != nil {
		log.Fatal(err)
	}
	records, err := store.Load(ctx, []string{"signup:42"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", records[0].Data)
	// Output: AskAge
}
