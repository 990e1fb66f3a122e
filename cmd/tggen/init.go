package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/templates"
)

// initialize lays down a new bot. It writes nothing if any of its files is there already.
func initialize(c *command, args []string, s streams) int {
	f := c.flags(s)
	template := f.String("template", "minimal", "how much to lay down: minimal, or full for a spec that shows everything")
	if code, ok := parse(f, args, 1, s); !ok {
		return code
	}
	dir := f.Arg(0)
	if dir == "" {
		dir = "."
	}
	files, err := templates.Files(*template)
	if err != nil {
		return unable(s, err)
	}
	files = append(files, templates.File{Name: "spec.schema.json", Content: spec.Schema()})
	taken := false
	for _, file := range files {
		path := filepath.Join(dir, file.Name)
		if _, err := os.Lstat(path); err == nil {
			fmt.Fprintf(s.err, "%s is there already\n", filepath.ToSlash(path))
			taken = true
		}
	}
	if taken {
		fmt.Fprintln(s.err, "tggen: nothing was written: init does not overwrite")
		return exitWrong
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unable(s, err)
	}
	for _, file := range files {
		path := filepath.Join(dir, file.Name)
		if err := create(path, file.Content); err != nil {
			return unable(s, err)
		}
		fmt.Fprintf(s.out, "wrote %s\n", filepath.ToSlash(path))
	}
	fmt.Fprint(s.out, "\nNext:\n  go generate ./...\n  go mod tidy\n  go test ./...\n  go build\n")
	return exitFine
}

// create writes a file that must not be there.
func create(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o644))
	if err != nil {
		return err
	}
	if _, err := file.Write(content); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
