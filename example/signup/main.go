// Command signup is a bot with a dialogue: it asks for a name and an age, shows both, and saves them when the user confirms.
//
//	cd example/signup && BOT_TOKEN=... go run .
//
// Sessions are kept in the file signup.db. A dialogue goes on where it was when the bot starts again.
package main

import (
	"context"
	"database/sql"
	"log"
	"os/signal"
	"syscall"

	"github.com/tggen/tggen/runtime/session/sqlstore"
	"github.com/tggen/tggen/runtime/telegram"
	_ "modernc.org/sqlite"
)

//go:generate go tool tggen

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	if err := run(ctx, "signup.db"); err != nil {
		log.Fatal(err)
	}
}

// run runs the bot with its sessions in a SQLite file.
func run(ctx context.Context, file string, opts ...telegram.Option) error {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		return err
	}
	defer store.Close()
	return Run(ctx, bot{}, append(opts, telegram.WithStore(store))...)
}
