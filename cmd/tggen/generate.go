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

// The codes of the diagnostics about files.
const (
	codeForeign = "foreign-output" // a file that tggen did not write, where it would write
	codeMissing = "missing-output"
	codeStale   = "stale-output"
	codeOrphan  = "orphan-output" // a file that tggen wrote, and would not write now
)

const generateHelp = `The spec's folder is the package of the bot; bot.gen.go is written there. While the spec has a mistake, or the package
does not fit it, nothing is written. A file that is right already is left alone, with its time.`

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
			return unable(s, err)
		}
		return p.report(s, found)
	}
}

var errForeign = errors.New("the file was not written by tggen")

func foreignOutput(path string) diag.Diagnostic {
	return diag.Diagnostic{
		Pos: diag.Pos{File: filepath.ToSlash(path)}, Code: codeForeign,
		Message: errForeign.Error() + ", so it is left alone", Hint: "move it away, and generate again",
	}
}

// write puts the content in place, whole or not at all: into a file beside it that is then renamed. A file that has
// the content already is left alone, with its time. One that tggen did not write is refused.
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

// target is where a path leads, so that a link stays a link.
func target(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // what else is wrong shows when it is read
	}
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("%s is a link that leads nowhere: %w", path, err)
	}
	return to, nil
}

// foreign reports whether a file holds what this tool did not write. Of a file that begins with a conflict, what stands
// in the conflict counts.
func foreign(content []byte) bool {
	if rest, ok := bytes.CutPrefix(content, []byte("<<<<<<< ")); ok {
		_, ours, _ := bytes.Cut(rest, []byte("\n"))
		return !bytes.HasPrefix(ours, []byte(gen.Header))
	}
	return len(content) > 0 && !bytes.HasPrefix(content, []byte(gen.Header))
}
