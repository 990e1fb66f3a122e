package process

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// attributes gives the process a group of its own, so that a Ctrl-Break reaches it alone.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// terminate asks the process to end, with a Ctrl-Break. It needs a console, which a program that was started from a terminal has.
func terminate(p *os.Process) error {
	send := syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent")
	if done, _, err := send.Call(syscall.CTRL_BREAK_EVENT, uintptr(p.Pid)); done == 0 {
		return fmt.Errorf("sending a Ctrl-Break: %w", err)
	}
	return nil
}

// killGroup kills the process and the processes that it has started. There is nothing to do about an error: they have ended.
func killGroup(p *os.Process) {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
}

// killRest does nothing: Windows does not know the children of a process that has ended.
func killRest(*os.Process) {}
