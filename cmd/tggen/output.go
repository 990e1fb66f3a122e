package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
)

// existing reads the file in the place of the output. The content is nil if the file does not exist. refused is set if tggen must not
// replace the file: tggen did not write it, or wrote it for another spec.
func (p *project) existing() (content []byte, refused *diag.Diagnostic, err error) {
	path := p.output()
	file := diag.Pos{File: filepath.ToSlash(path)}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist): // write reports a link that leads nowhere
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, &diag.Diagnostic{
			Pos: file, Code: codeForeign, Message: fmt.Sprintf("this is %s, so tggen cannot write its output here", kindOfFile(info.Mode())),
			Hint: "move it away and run tggen again",
		}, nil
	}
	if content, err = os.ReadFile(path); err != nil {
		return nil, nil, err
	}
	if foreign(content) {
		return nil, &diag.Diagnostic{
			Pos: file, Code: codeForeign, Message: "the file was not written by tggen, so it was not changed",
			Hint: "move it away and run tggen again",
		}, nil
	}
	if other := p.otherSpec(content); other != "" {
		return nil, &diag.Diagnostic{
			Pos: file, Code: codeOtherSpec,
			Message: fmt.Sprintf("the file was generated from %s, so it was not replaced by that of %s", other, filepath.Base(p.specFile)),
			Hint: fmt.Sprintf("a package has one spec: move %s to a folder of its own, or delete %s if it is out of use",
				filepath.Base(p.specFile), other),
		}, nil
	}
	return content, nil, nil
}

// otherSpec is the name of the spec that a generated file is from, if that is another spec than the project's, which still
// exists. Otherwise it is empty: the author may have renamed the spec.
func (p *project) otherSpec(generated []byte) string {
	name, ok := gen.SpecOf(withoutConflict(generated))
	if !ok || filepath.Base(name) != name {
		return ""
	}
	other, err := os.Stat(filepath.Join(p.dir(), name))
	if err != nil {
		return ""
	}
	if own, err := os.Stat(p.specFile); err == nil && os.SameFile(own, other) {
		return ""
	}
	return name
}

// same reports whether a file has the content that tggen generated. Git may have checked the file out with the line ends of
// Windows.
func same(file, generated []byte) bool { return bytes.Equal(unixLines(file), generated) }

// unixLines is the content with lines that end in a line feed alone.
func unixLines(content []byte) []byte { return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) }

// kindOfFile says what a file is that is not a regular file, with an article.
func kindOfFile(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// write writes the content to path, whole or not at all: it writes a temporary file in the same folder and renames it.
// A file that exists keeps its mode.
func write(path string, content []byte) error {
	path, err := target(path)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		mode = info.Mode().Perm()
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".bot.gen.*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}

// target follows a symbolic link, so that write replaces the file behind the link and not the link.
func target(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // any other error shows when the file is read
	}
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("%s is a link that cannot be followed: %w", path, err)
	}
	return to, nil
}

// foreign reports whether a file was not written by tggen.
func foreign(content []byte) bool {
	return len(content) > 0 && !bytes.HasPrefix(withoutConflict(content), []byte(gen.Header))
}

// withoutConflict is the content from its first line on. If the file begins with a merge conflict, the first line is that
// inside the conflict.
func withoutConflict(content []byte) []byte {
	if rest, ok := bytes.CutPrefix(content, []byte("<<<<<<< ")); ok {
		_, content, _ = bytes.Cut(rest, []byte("\n"))
		if len(content) == 0 {
			return rest
		}
	}
	return content
}
