package process

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childVariable makes the test binary a child that behaves as the variable says.
const childVariable = "TGGEN_PROCESS_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(m.Run())
	case "obeys": // ends when it is asked to
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("ready")
		<-signals
		fmt.Fprintln(os.Stderr, "bye")
	case "ignores":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("ready")
		for range signals {
		}
	case "fails":
		fmt.Println("no")
		os.Exit(3)
	case "parent": // starts a child that ignores signals, and ends when it is asked to
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childVariable+"=ignores")
		child.Stdout = os.Stdout // held open by the child
		if err := child.Start(); err != nil {
			panic(err)
		}
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		fmt.Println("child", child.Process.Pid)
		<-signals
	case "starter": // starts a process with this package and is killed
		r, w := io.Pipe()
		p, err := Start(Config{Binary: os.Args[0], Env: []string{childVariable + "=ignores"}, Output: w})
		if err != nil {
			panic(err)
		}
		r.Read(make([]byte, 100)) // until the child ignores signals
		fmt.Println("child", p.PID())
		p.Wait()
	}
}

// start starts a child and returns its lines.
func start(t *testing.T, behaviour string) (*Process, *bufio.Scanner) {
	t.Helper()
	r, w := io.Pipe()
	p, err := Start(Config{Binary: os.Args[0], Env: []string{childVariable + "=" + behaviour}, Output: w})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Wait()
		w.Close()
	}()
	t.Cleanup(p.Kill)
	return p, bufio.NewScanner(r)
}

func expectLine(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	if !lines.Scan() || lines.Text() != want {
		t.Fatalf("the process printed %q, want %q", lines.Text(), want)
	}
}

func TestStopInOrder(t *testing.T) {
	p, lines := start(t, "obeys")
	expectLine(t, lines, "ready")
	stopped := make(chan error)
	go func() { stopped <- p.Stop(t.Context()) }()
	expectLine(t, lines, "bye") // what it prints last is not lost
	if err := <-stopped; err != nil {
		t.Errorf("Stop: %v", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
	p.Kill() // does nothing
}

func TestStopKillsAfterItsBound(t *testing.T) {
	p, lines := start(t, "ignores")
	expectLine(t, lines, "ready")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Stop(ctx); !errors.Is(err, ErrKilled) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop: %v, want ErrKilled after the deadline", err)
	}
	select {
	case <-p.Done():
	default:
		t.Error("Stop has returned, and the process has not ended")
	}
}

func TestExitStatus(t *testing.T) {
	p, lines := start(t, "fails")
	expectLine(t, lines, "no")
	var exit *exec.ExitError
	if err := p.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("Wait: %v, want exit status 3", err)
	}
	if err := p.Stop(t.Context()); !errors.As(err, &exit) {
		t.Errorf("Stop of a process that has ended: %v, want its exit status", err)
	}
}

func TestStartFails(t *testing.T) {
	if _, err := Start(Config{Binary: filepath.Join(t.TempDir(), "nothing")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Start: %v, want that the file does not exist", err)
	}
}

// write makes a module with a main package.
func write(t *testing.T, source string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{"go.mod": "module example.com/bot\n\ngo 1.26\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "off")
	return dir
}

func TestBuild(t *testing.T) {
	dir, binary := write(t, "package main\n\nfunc main() { println(\"built\") }\n"), filepath.Join(t.TempDir(), "bot.exe")
	if err := Build(t.Context(), dir, binary); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	p, err := Start(Config{Binary: binary, Output: &output})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil || output.String() != "built\n" {
		t.Errorf("the binary printed %q and ended with %v", &output, err)
	}
}

func TestBuildReportsTheCompiler(t *testing.T) {
	dir := write(t, "package main\n\nfunc main() {\n\tx := 1\n}\n")
	err := Build(t.Context(), dir, filepath.Join(t.TempDir(), "bot.exe"))
	var failed *BuildError
	if !errors.As(err, &failed) || !strings.Contains(failed.Output, "main.go:4:2: declared and not used: x") || failed.Dir != dir {
		t.Errorf("Build: %v, want the line of the compiler", err)
	}
}

func TestBuildRefusesALibrary(t *testing.T) {
	err := Build(t.Context(), write(t, "package lib\n"), filepath.Join(t.TempDir(), "bot.exe"))
	if err == nil || !strings.Contains(err.Error(), "not a main package") {
		t.Errorf("Build: %v, want that the package is not main", err)
	}
}

func TestBuildWithoutFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nothing")
	if err := Build(t.Context(), dir, "bot.exe"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Build: %v, want that %s does not exist", err, dir)
	}
}

func TestBuildEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Build(ctx, write(t, "package main\n\nfunc main() {}\n"), filepath.Join(t.TempDir(), "bot.exe"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Build: %v, want context.Canceled", err)
	}
}
