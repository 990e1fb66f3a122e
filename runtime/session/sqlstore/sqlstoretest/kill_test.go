package sqlstoretest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/tggen/tggen/runtime/session"
	"github.com/tggen/tggen/runtime/session/sqlstore"
)

var kills = flag.Int("kills", 5, "how many times a test kills the process or the server")

// committers is the number of callers in the tests that kill.
const committers = 16

// These environment variables turn the test binary into the process that is killed.
const (
	driverVariable = "TGGEN_TEST_DRIVER"
	dirVariable    = "TGGEN_TEST_DIR"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(botVariable); dir != "" {
		if err := runJournaledBot(dir, os.Getenv(sequentialVariable) != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if driver := os.Getenv(driverVariable); driver != "" {
		if err := countUntilKilled(driver, os.Getenv(dirVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// pair names the two counters of a committer. It changes them in one commit, so they are always equal.
func pair(committer int) []string {
	return []string{fmt.Sprint("left:", committer), fmt.Sprint("right:", committer)}
}

// next returns the commit that adds 1 to two counters, and their new value.
func next(records []session.Record) ([]session.Write, int) {
	n := count(records[0]) + 1
	data := []byte(strconv.Itoa(n))
	return []session.Write{
		records[0].Put(data, time.Time{}),
		records[1].Put(data, time.Now().Add(time.Hour)),
	}, n
}

func count(r session.Record) int {
	n, _ := strconv.Atoi(string(r.Data))
	return n
}

// countUntilKilled changes the counters of all committers, and prints a line after each commit.
func countUntilKilled(driver, dir string) error {
	db, err := sql.Open(driver, sqliteDSN(dir))
	if err != nil {
		return err
	}
	ctx := context.Background()
	store, err := sqlstore.New(ctx, db, sqlstore.Config{Dialect: sqlstore.SQLite})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for c := range committers {
		go func() {
			for {
				records, err := store.Load(ctx, pair(c))
				if err != nil {
					failed <- err
				}
				writes, n := next(records)
				if err := store.Commit(ctx, writes); err != nil {
					failed <- err
				}
				fmt.Printf("%d %d\n", c, n) // one system call, so the parent sees it even if the process is killed now
			}
		}()
	}
	return <-failed
}

// TestKill_SQLite kills the process with kill -9 at random moments. Each commit that it reported is in the database, and of a
// commit that it did not report, all or nothing is.
func TestKill_SQLite(t *testing.T) {
	for _, driver := range sqliteDrivers {
		t.Run(driver, func(t *testing.T) {
			dir := t.TempDir()
			var reported [committers]int
			for range *kills {
				killOnce(t, driver, dir, &reported)
				store := newStore(t, openSQLite(t, driver, dir), sqlstore.Config{Dialect: sqlstore.SQLite})
				for c := range committers {
					records, err := store.Load(t.Context(), pair(c))
					if err != nil {
						t.Fatal(err)
					}
					left, right := count(records[0]), count(records[1])
					if left != right {
						t.Errorf("half of a commit: the counters of %d are at %d and %d", c, left, right)
					}
					if left < reported[c] || left > reported[c]+1 {
						t.Errorf("the counters of %d are at %d, but %d was reported last", c, left, reported[c])
					}
					reported[c] = left // the next process goes on from here, and may report nothing
				}
			}
			t.Logf("counted: %v", reported)
		})
	}
}

// killOnce starts the process, kills it, and notes what it reported.
func killOnce(t *testing.T, driver, dir string, reported *[committers]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), driverVariable+"="+driver, dirVariable+"="+dir)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, kill := bufio.NewScanner(out), time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	any := false
	for lines.Scan() {
		var c, n int
		if _, err := fmt.Sscan(lines.Text(), &c, &n); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		reported[c] = n
		if !any {
			any = true
			kill.Reset(rand.N(300 * time.Millisecond))
		}
	}
	kill.Stop()
	cmd.Wait()
	if !any || log.Len() > 0 {
		t.Fatalf("the process reported nothing, or failed:\n%s", &log)
	}
}
