package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/usercode"
)

// A project is a spec and its folder, which is the author's package.
type project struct {
	specFile string
	format   *choice
	source   []byte          // of the spec
	included diag.Sources    // of the files that the spec includes
	opened   []string        // the files that the spec includes, also those that could not be read
	author   *usercode.Facts // of the package
}

// defaultSpec is the spec if none is named.
const defaultSpec = "spec.yaml"

// projectFlags defines the flags for the spec file and for the format of mistakes.
func projectFlags(f *flag.FlagSet) *project {
	p := new(project)
	f.StringVar(&p.specFile, "spec", defaultSpec, "the spec `FILE`; its folder is the bot's package")
	p.format = choose(f, "format", "how to print mistakes; github prints annotations for GitHub Actions", "text", "json", "github")
	return p
}

func (p *project) dir() string    { return filepath.Dir(p.specFile) }
func (p *project) output() string { return filepath.Join(p.dir(), gen.Output) }

// maxSpecSize bounds what is read of a spec, in bytes. It is more than a spec may have, so that gen.Generate still reports
// a spec that is too large.
const maxSpecSize = 2 << 20

// input reads the spec and the declarations of the author's package.
func (p *project) input() (gen.Input, error) {
	// Opening a pipe would wait for its other end.
	switch info, err := os.Stat(p.specFile); {
	case p.specFile == "":
		return gen.Input{}, errors.New("-spec is empty: it must name a file")
	case errors.Is(err, fs.ErrNotExist):
		if other := p.otherName(); other != "" {
			return gen.Input{}, fmt.Errorf("there is no %s, but there is %s: name it with -spec %s", p.specFile, other, other)
		}
		return gen.Input{}, fmt.Errorf("there is no %s: create a bot with `tggen init`, or name the spec with -spec", p.specFile)
	case err != nil:
		return gen.Input{}, err
	case info.IsDir():
		return gen.Input{}, fmt.Errorf("%s is a folder: -spec must name the file in it", p.specFile)
	case !info.Mode().IsRegular():
		return gen.Input{}, fmt.Errorf("%s is %s: -spec must name a regular file, since tggen writes %s beside it", p.specFile,
			kindOfFile(info.Mode()), gen.Output)
	case ofProcess(p.dir()):
		return gen.Input{}, fmt.Errorf("%s is an open file of a process: -spec must name the file itself, since tggen writes %s beside it",
			p.specFile, gen.Output)
	}
	file, err := os.Open(p.specFile)
	if err != nil {
		return gen.Input{}, err
	}
	defer file.Close()
	if p.source, err = io.ReadAll(io.LimitReader(file, maxSpecSize)); err != nil {
		return gen.Input{}, err
	}
	p.author, err = usercode.Load(context.Background(), usercode.Config{Dir: p.dir(), Output: gen.Output, Header: gen.Header})
	if err != nil {
		return gen.Input{}, err
	}
	p.included, p.opened = diag.Sources{}, nil
	return gen.Input{SpecFile: filepath.ToSlash(p.specFile), Spec: p.source, Open: p.open, Author: p.author, Old: p.old()}, nil
}

// old returns the output of the last run. It returns nil if the file is missing, or was generated from another spec: see existing.
func (p *project) old() []byte {
	content, refused, err := p.existing()
	if err != nil || refused != nil {
		return nil
	}
	return content
}

// otherName is the file in the folder that is most likely the spec, if the file that was named does not exist.
func (p *project) otherName() string {
	for _, name := range []string{"spec.yaml", "spec.yml", "bot.yaml", "bot.yml"} {
		path := filepath.Join(p.dir(), name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return filepath.ToSlash(path)
		}
	}
	return ""
}

// ofProcess reports whether the folder holds the open files of a process, such as that of /dev/stdin.
func ofProcess(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	return err == nil && (dir == "/dev" || dir == "/dev/fd" || strings.HasPrefix(dir, "/proc/"))
}

// generate makes the output in memory. If result is nil, the mistakes are already printed, and code is the exit code.
func (p *project) generate(s streams) (result *gen.Result, code int) {
	in, err := p.input()
	if err != nil {
		return nil, fail(s, err)
	}
	result, found, err := gen.Generate(in)
	if err != nil {
		return nil, fail(s, err)
	}
	return result, p.report(s, found)
}

// plan resolves the spec. If the plan is nil, the mistakes are already printed, and code is the exit code.
func (p *project) plan(s streams) (resolved *plan.Plan, code int) {
	in, err := p.input()
	if err != nil {
		return nil, fail(s, err)
	}
	resolved, found := gen.Plan(in)
	return resolved, p.report(s, found)
}

// report prints the mistakes, if any, and returns the exit code.
func (p *project) report(s streams, found diag.List) int {
	if len(found) == 0 {
		return exitOK
	}
	var err error
	switch p.format.value {
	case "json":
		err = found.JSON(s.err)
	case "github":
		err = found.GitHub(s.err)
	default:
		err = found.Text(s.err, p.sources())
	}
	if err != nil {
		return fail(s, err)
	}
	return exitInvalid
}

// sources returns the texts that were read, for the lines of mistakes.
func (p *project) sources() diag.Sources {
	sources := diag.Sources{filepath.ToSlash(p.specFile): p.source}
	maps.Copy(sources, p.included)
	if p.author != nil {
		maps.Copy(sources, p.author.Sources)
	}
	return sources
}
