package sqlstoretest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
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
				}
			}
			t.Logf("reported: %v", reported)
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
