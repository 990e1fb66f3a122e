package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// open reads a file that the spec includes. A symbolic link must not lead out of the folder of the spec.
func (p *project) open(name string) ([]byte, error) {
	p.opened = append(p.opened, filepath.Join(p.dir(), filepath.FromSlash(name)))
	root, err := os.OpenRoot(p.dir())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	switch info, err := root.Stat(name); { // opening a pipe would wait for its other end
	case err != nil:
		return nil, withoutPath(err)
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	source, err := io.ReadAll(io.LimitReader(file, maxSpecSize))
	if err != nil {
		return nil, withoutPath(err)
	}
	p.included[path.Join(path.Dir(filepath.ToSlash(p.specFile)), name)] = source
	return source, nil
}

// withoutPath is an error without the operation and the path, which the diagnostic names.
func withoutPath(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
