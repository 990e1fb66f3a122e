package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func generate(c *command, args []string, s streams) int {
	f := c.flags(s)
	p := projectFlags(f)
	if code, ok := parse(f, args, 0, s); !ok {
		return code
	}
	result, code := p.generate(s)
	if result == nil {
		return code
	}
	switch err := write(p.output(), result.Source); {
	case errors.Is(err, errForeign):
		fmt.Fprintf(s.err, "%s: %v\n", p.output(), err)
		return exitWrong
	case err != nil:
		return unable(s, err)
	}
	return exitFine
}

var errForeign = errors.New("this file was not written by tggen: move it away, and generate again")

// write puts the content in place, whole or not at all: into a file beside it that is then renamed. A file that has
// the content already is left alone, with its time. One that tggen did not write is refused.
func write(path string, content []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays a link
	}
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case bytes.Equal(old, content):
		return nil
	case len(old) > 0 && !ours(old) && !conflicted(old):
		return errForeign
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".bot.gen.*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

// conflicted reports whether a file is one of ours whose very first lines are in conflict.
func conflicted(content []byte) bool {
	if !bytes.HasPrefix(content, []byte("<<<<<<< ")) {
		return false
	}
	_, rest, _ := bytes.Cut(content, []byte("\n"))
	return ours(rest)
}
