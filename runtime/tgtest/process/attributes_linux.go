package process

import "syscall"

// attributes gives the process a group of its own, and ends it when the thread that started it ends. The thread does not end
// before the process, unless this process does.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
