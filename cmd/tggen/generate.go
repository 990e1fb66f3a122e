package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
)

// Codes of the diagnostics about files.
const (
	codeForeign = "foreign-output" // tggen did not write the file that is in the place of its output
	codeMissing = "missing-output"
	codeStale   = "stale-output"
	codeOrphan  = "orphan-output" // an earlier run of tggen wrote the file, and this one would not
)

const generateHelp = `generate writes bot.gen.go to the folder of the spec, which is the bot's package. It writes nothing if the spec has a
mistake or does not fit the package. It does not touch a file that is up to date, so the file keeps its modification time.`

func generate(f *flag.FlagSet) action {
	p := projectFlags(f)
	return func(_ []string, s streams) int {
		result, code := p.generate(s)
		if result == nil {
			return code
		}
		found := p.orphans()
		switch err := write(p.output(), result.Source); {
		case errors.Is(err, errForeign):
			found = append(found, foreignOutput(p.output()))
		case err != nil:
			return fail(s, err)
		}
		return p.report(s, found)
	}
}

var errForeign = errors.New("the file was not written by tggen")

func foreignOutput(path string) diag.Diagnostic {
	return diag.Diagnostic{
		Pos: diag.Pos{File: filepath.ToSlash(path)}, Code: codeForeign,
		Message: errForeign.Error() + ", so it was not changed", Hint: "move it away and run tggen again",
	}
}

// write writes the content to path, whole or not at all: it writes a temporary file in the same folder and renames it.
// It does not touch a file that already has the content, and returns errForeign for a file that tggen did not write.
func write(path string, content []byte) error {
	path, err := target(path)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case bytes.Equal(old, content):
		return nil
	case foreign(old):
		return errForeign
	default:
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
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

// foreign reports whether a file was not written by tggen. If the file begins with a merge conflict, foreign looks at the
// text inside the conflict.
func foreign(content []byte) bool {
	if rest, ok := bytes.CutPrefix(content, []byte("<<<<<<< ")); ok {
		_, ours, _ := bytes.Cut(rest, []byte("\n"))
		return !bytes.HasPrefix(ours, []byte(gen.Header))
	}
	return len(content) > 0 && !bytes.HasPrefix(content, []byte(gen.Header))
}
