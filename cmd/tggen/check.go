package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/tggen/tggen/gen"
)

// check prints what generate would change: a changed or missing output, and outputs without a spec.
func check(c *command, args []string, s streams) int {
	f := c.flags(s)
	p := projectFlags(f)
	if code, ok := parse(f, args, 0, s); !ok {
		return code
	}
	result, code := p.generate(s)
	if result == nil {
		return code
	}
	old, err := os.ReadFile(p.output())
	if err != nil && !os.IsNotExist(err) {
		return unable(s, err)
	}
	if !bytes.Equal(old, result.Source) {
		name := filepath.ToSlash(p.output())
		from := "a/" + name
		if old == nil {
			from = "/dev/null"
		}
		s.out.Write(diff.Diff(from, old, "b/"+name, result.Source))
		code = exitWrong
	}
	orphans, err := orphans(p.dir(), p.output())
	if err != nil {
		return unable(s, err)
	}
	for _, path := range orphans {
		fmt.Fprintf(s.err, "%s: no spec generates this file: delete it\n", filepath.ToSlash(path))
		code = exitWrong
	}
	return code
}

// orphans are files in the package that tggen wrote once and would not write now.
func orphans(dir, output string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var found []string
	for _, path := range paths {
		if filepath.Clean(path) == filepath.Clean(output) {
			continue
		}
		begins, err := firstBytes(path, int64(len(gen.Header)))
		if err != nil {
			return nil, err
		}
		if ours(begins) {
			found = append(found, path)
		}
	}
	return found, nil
}

// firstBytes are at most n bytes from the beginning of a file.
func firstBytes(path string, n int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, n))
}
