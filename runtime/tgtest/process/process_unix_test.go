//go:build unix

package process

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// gone waits until a process has ended. A process whose parent has ended may stay as a zombie where nobody collects it, as in a
// container. That is an end, too.
func gone(t *testing.T, pid int) {
	t.Helper()
	looks := time.NewTicker(5 * time.Millisecond)
	defer looks.Stop()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); <-looks.C {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
	syscall.Kill(pid, syscall.SIGKILL)
}

// child reads the id of a child from a line.
func child(t *testing.T, line string) (pid int) {
	t.Helper()
	if _, err := fmt.Sscanf(line, "child %d", &pid); err != nil {
		t.Fatalf("the process printed %q: %v", line, err)
	}
	return pid
}

// TestNoChildIsLeft ends a process that has started another one, in each way. The other one ignores SIGTERM.
func TestNoChildIsLeft(t *testing.T) {
	for name, end := range map[string]func(p *Process){
		"Kill":    (*Process).Kill,
		"Stop":    func(p *Process) { p.Stop(t.Context()) },
		"another": func(p *Process) { syscall.Kill(p.PID(), syscall.SIGKILL); p.Wait() },
	} {
		t.Run(name, func(t *testing.T) {
			p, lines := start(t, "parent")
			pid := 0
			for ready := false; pid == 0 || !ready; { // the lines of the two come in any order
				if !lines.Scan() {
					t.Fatal("the process has ended")
				}
				if lines.Text() == "ready" {
					ready = true
				} else {
					pid = child(t, lines.Text())
				}
			}
			end(p)
			gone(t, pid)
		})
	}
}

// TestProcessEndsWithItsParent kills the process that called Start.
func TestProcessEndsWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can do that")
	}
	starter := exec.Command(os.Args[0])
	starter.Env = append(os.Environ(), childVariable+"=starter")
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 100)
	n, _ := out.Read(line)
	pid := child(t, string(line[:n]))
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the process does not run: %v", err)
	}
	starter.Process.Kill()
	starter.Wait()
	gone(t, pid)
}
