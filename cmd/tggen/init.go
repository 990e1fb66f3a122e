package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
	"github.com/tggen/tggen/templates"
)

const initHelp = `Into DIR, or here, it writes spec.yaml, a main.go, handlers, a test that talks to the bot through a Bot API server of its
own, and spec.schema.json, which tells editors what a spec may hold. It writes nothing if one of them is there.`

// initialize lays down a new bot. It writes nothing if any of its files is there already.
func initialize(f *flag.FlagSet) action {
	template := choose(f, "template", "how much to lay down; full is a spec that shows everything", templates.Names()...)
	return func(args []string, s streams) int {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		files, err := templates.Files(template.value)
		if err != nil {
			return unable(s, err)
		}
		files = append(files, templates.File{Name: "spec.schema.json", Content: spec.Schema()})
		if code := room(dir, files, s); code != exitFine {
			return code
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
		fmt.Fprintf(s.out, "\nNext:\n  %s\n", strings.Join(steps(dir), "\n  "))
		return exitFine
	}
}

// room says what stands in the way of a new bot in the folder.
func room(dir string, files []templates.File, s streams) int {
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
	author, err := usercode.Load(context.Background(), usercode.Config{Dir: dir, Output: gen.Output})
	if errors.Is(err, fs.ErrNotExist) {
		return exitFine
	}
	if err != nil {
		return unable(s, err)
	}
	if author.Package != "main" {
		fmt.Fprintf(s.err, "tggen: nothing was written: %s holds the package %s, and a new bot is a program of its own\n",
			filepath.ToSlash(dir), author.Package)
		return exitWrong
	}
	return exitFine
}

// create writes a file that must not be there.
func create(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o644))
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

const toolPath = "github.com/tggen/tggen/cmd/tggen"

// steps are what is left to do in a folder that init was run in.
func steps(dir string) []string {
	var all []string
	if filepath.Clean(dir) != "." {
		all = append(all, "cd "+dir)
	}
	module, found := goMod(dir)
	if !found {
		all = append(all, "go mod init mybot")
	}
	if !bytes.Contains(module, []byte(toolPath)) {
		all = append(all, "go get -tool "+toolPath)
	}
	return append(all, "go generate ./...", "go test ./...", "go build")
}

// goMod is the go.mod of the module that the folder is in.
func goMod(dir string) (content []byte, found bool) {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if content, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return content, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return nil, false
}
