//go:build darwin || dragonfly || freebsd || netbsd || openbsd || (linux && (race || (!amd64 && !arm64)))

package exchange

import "syscall"

// receive reads from a socket, or returns syscall.EAGAIN if nothing has come. The race detector sees what syscall.Read reads.
func receive(fd int, p []byte, flags int) (int, error) {
	if flags == 0 {
		return syscall.Read(fd, p)
	}
	n, _, err := syscall.Recvfrom(fd, p, flags|syscall.MSG_DONTWAIT)
	return n, err
}

// send writes to a socket, or returns syscall.EAGAIN if the kernel takes nothing.
func send(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }
