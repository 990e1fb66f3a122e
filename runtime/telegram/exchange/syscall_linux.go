//go:build linux && !race && (amd64 || arm64)

package exchange

import (
	"syscall"
	"unsafe"
)

// These calls never wait, because they have MSG_DONTWAIT, so Go's scheduler need not know of them. It would wake its monitor for
// a call of which it knows, if all was idle before. That costs more than a call. (Package net makes calls of which it knows.)

// receive reads from a socket, or returns syscall.EAGAIN if nothing has come. p is not empty.
func receive(fd int, p []byte, flags int) (int, error) {
	return result(syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd),
		uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(flags|syscall.MSG_DONTWAIT), 0, 0))
}

// send writes to a socket, or returns syscall.EAGAIN if the kernel takes nothing. p is not empty.
func send(fd int, p []byte) (int, error) {
	return result(syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd),
		uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0))
}

func result(n, _ uintptr, errno syscall.Errno) (int, error) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
