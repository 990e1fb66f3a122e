package sqlstoretest

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// A postgres is a PostgreSQL server in a folder of its own.
type postgres struct {
	t          testing.TB
	binaries   string
	dir        string
	port       int
	credential *syscall.Credential // nil: that of the test
	server     *exec.Cmd
	log        *bytes.Buffer
}

// startPostgres makes a database cluster and starts a server for it, until the test ends.
func startPostgres(t testing.TB) *postgres {
	t.Helper()
	p := &postgres{t: t, binaries: postgresBinaries(t), credential: unprivileged(t)}
	// The path of a socket is at most 107 bytes long, so the folder is not that of the test.
	dir, err := os.MkdirTemp("/tmp", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	p.dir = dir
	if p.credential != nil {
		if err := os.Chown(dir, int(p.credential.Uid), int(p.credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	p.port = freePort(t)
	initdb := p.command("initdb", "-D", p.data(), "-U", "bot", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p.start()
	t.Cleanup(p.kill)
	return p
}

// postgresBinaries returns the folder of the newest PostgreSQL on this machine.
func postgresBinaries(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path)
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip("PostgreSQL is not tested: there is no initdb on this machine; install Debian's package postgresql")
	}
	return filepath.Dir(found[len(found)-1])
}

// unprivileged returns the user that runs the server if the test runs as root: PostgreSQL refuses to.
func unprivileged(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			t.Fatal(err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Skip("PostgreSQL is not tested: it refuses to run as root, and there is no user postgres or nobody")
	return nil
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

func (p *postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.binaries, name), args...)
	cmd.Dir = p.dir
	// A group of its own, so that kill reaches all processes of the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential, Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// start starts the server and waits until it answers.
func (p *postgres) start() {
	p.t.Helper()
	// After kill -9 the file of the server before is left, with a process id that may be in use again.
	if err := os.Remove(filepath.Join(p.data(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	p.log = new(bytes.Buffer)
	p.server = p.command("postgres", "-D", p.data(), "-k", p.dir, "-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1")
	p.server.Stdout, p.server.Stderr = p.log, p.log
	if err := p.server.Start(); err != nil {
		p.t.Fatal(err)
	}
	db, err := sql.Open("pgx", p.dsn())
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if err = db.PingContext(p.t.Context()); err == nil {
			return
		}
		if time.Now().After(deadline) {
			p.kill()
			p.t.Fatalf("the server does not answer: %v\n%s", err, p.log)
		}
	}
}

// kill kills all processes of the server at once, as a loss of power does.
func (p *postgres) kill() {
	syscall.Kill(-p.server.Process.Pid, syscall.SIGKILL)
	p.server.Wait()
}

func (p *postgres) dsn() string {
	return fmt.Sprintf("postgres://bot@127.0.0.1:%d/postgres?connect_timeout=5", p.port)
}

func (p *postgres) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", p.dsn())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	t.Cleanup(func() { db.Close() })
	return db
}
