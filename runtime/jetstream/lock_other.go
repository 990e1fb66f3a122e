//go:build !unix

package jetstream

import "os"

// A dirLock keeps two processes from using one folder, where the system refuses to remove an open file, as Windows does.
type dirLock struct{ file *os.File }

func lockDir(name string) (*dirLock, error) {
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		return nil, err // another process has it open
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &dirLock{f}, nil
}

func (l *dirLock) release() { l.file.Close() }
