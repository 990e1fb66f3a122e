package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
	"github.com/tggen/tggen/templates"
)

const initHelp = `init creates a bot in DIR, by default in the current folder: spec.yaml, main.go, handlers, a test that talks to the bot
through a local Bot API server, and spec.schema.json, which your editor uses to check spec.yaml and to complete what you
type. It writes nothing if one of these files exists. It also creates Dockerfile, .dockerignore, .gitignore and a workflow
that checks and tests the bot on GitHub, and keeps those that exist. The workflow is left out in a folder below that of
go.mod.`

// initialize creates a new bot. It writes nothing if one of the files exists, unless that file is optional.
func initialize(f *flag.FlagSet) action {
	template := choose(f, "template", "the files to create; the spec of full shows every key", templates.Names()...)
	return func(args []string, s streams) int {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		module, inModule := goMod(dir)
		files, err := templates.Files(template.value)
		if err != nil {
			return fail(s, err)
		}
		files = append(files, templates.File{Name: "spec.schema.json", Content: spec.Schema()})
		if code := checkEmpty(dir, files, s); code != exitOK {
			return code
		}
		if inModule && !hasGoMod(dir) {
			files = slices.DeleteFunc(files, templates.File.ForRoot)
		}
		binary := binaryName(dir, module)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fail(s, err)
		}
		for _, file := range files {
			name := filepath.Join(dir, filepath.FromSlash(file.Name))
			err := create(name, file.ForBinary(binary).Content)
			if file.Optional && errors.Is(err, fs.ErrExist) {
				fmt.Fprintf(s.out, "kept %s\n", filepath.ToSlash(name))
				continue
			}
			if err != nil {
				return fail(s, err)
			}
			fmt.Fprintf(s.out, "wrote %s\n", filepath.ToSlash(name))
		}
		fmt.Fprintf(s.out, "\nNext:\n  %s\n", strings.Join(steps(dir, module, inModule), "\n  "))
		return exitOK
	}
}

// checkEmpty reports what prevents a new bot in the folder: a file with the name of one of its files, or another package.
func checkEmpty(dir string, files []templates.File, s streams) int {
	taken := false
	for _, file := range files {
		name := filepath.Join(dir, file.Name)
		if _, err := os.Lstat(name); err == nil && !file.Optional {
			fmt.Fprintf(s.err, "%s already exists\n", filepath.ToSlash(name))
			taken = true
		}
	}
	if taken {
		fmt.Fprintln(s.err, "tggen: nothing was written: init does not overwrite files")
		return exitInvalid
	}
	author, err := usercode.Load(context.Background(), usercode.Config{Dir: dir, Output: gen.Output})
	if errors.Is(err, fs.ErrNotExist) {
		return exitOK
	}
	if err != nil {
		return fail(s, err)
	}
	if author.Package != "main" {
		fmt.Fprintf(s.err, "tggen: nothing was written: %s holds package %s, and a bot needs a package main of its own\n",
			filepath.ToSlash(dir), author.Package)
		return exitInvalid
	}
	return exitOK
}

// create writes a file, and makes its folder. It fails if the file exists.
func create(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o644))
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

const toolPath = "github.com/tggen/tggen/cmd/tggen"

// steps returns the commands that a user runs after init. module is the go.mod file, if there is one.
func steps(dir string, module []byte, inModule bool) []string {
	var all []string
	if filepath.Clean(dir) != "." {
		all = append(all, "cd "+dir)
	}
	if !inModule {
		all = append(all, "go mod init "+defaultModule)
	}
	if !bytes.Contains(module, []byte(toolPath)) {
		all = append(all, "go get -tool "+toolPath)
	}
	return append(all, "go generate ./...", "go test ./...", "CGO_ENABLED=0 go build")
}

// defaultModule is the path of the module that a user creates after init.
const defaultModule = "mybot"

var (
	moduleLine    = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)
	versionSuffix = regexp.MustCompile(`/v[0-9]+$`) // go build leaves it out of the binary's name
)

// binaryName returns the name of the binary that go build writes for the package in dir. module is the go.mod file of the
// module that dir is in, and empty if dir is in no module.
func binaryName(dir string, module []byte) string {
	if !hasGoMod(dir) && len(module) > 0 {
		if abs, err := filepath.Abs(dir); err == nil {
			return filepath.Base(abs)
		}
	}
	name := defaultModule
	if found := moduleLine.FindSubmatch(module); found != nil {
		name = versionSuffix.ReplaceAllString(string(found[1]), "")
	}
	return path.Base(name)
}

func hasGoMod(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// goMod returns the go.mod file of the module that the folder is in.
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
