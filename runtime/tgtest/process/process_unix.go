//go:build unix

package process

import (
	"os"
	"syscall"
)

// terminate asks the process to end.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// killGroup kills the process and the processes that it has started. There is nothing to do about an error: the group has ended.
func killGroup(p *os.Process) { syscall.Kill(-p.Pid, syscall.SIGKILL) }

// killRest kills the processes that are left of the group when the process has ended.
func killRest(p *os.Process) { killGroup(p) }
