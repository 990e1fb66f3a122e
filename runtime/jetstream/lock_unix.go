//go:build unix

package jetstream

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// errInUse says that another process uses the folder.
var errInUse = errors.New("another process uses it")

// A dirLock keeps two processes from using one folder. The system releases it when the process ends.
type dirLock struct{ file *os.File }

func lockDir(name string) (*dirLock, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errInUse
		}
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	return &dirLock{f}, nil
}

func (l *dirLock) release() { l.file.Close() }
