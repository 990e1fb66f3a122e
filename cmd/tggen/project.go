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
	"github.com/tggen/tggen/gen/usercode"
)

// A project is a spec and the folder it stands in, which is the author's package.
type project struct {
	specFile string
	format   string
	source   []byte
}

// projectFlags adds the flags that say which spec and how mistakes are printed.
func projectFlags(f *flag.FlagSet) *project {
	p := new(project)
	f.StringVar(&p.specFile, "spec", "spec.yaml", "the spec; its folder is the package that is generated for")
	f.StringVar(&p.format, "format", "text", "how mistakes are printed: text, json, or github for annotations")
	return p
}

func (p *project) dir() string    { return filepath.Dir(p.specFile) }
func (p *project) output() string { return filepath.Join(p.dir(), gen.Output) }

// input reads the spec and looks at the author's package.
func (p *project) input() (gen.Input, error) {
	var err error
	if p.source, err = os.ReadFile(p.specFile); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return gen.Input{}, fmt.Errorf("%w; `tggen init` lays one down", err)
		}
		return gen.Input{}, err
	}
	name, err := usercode.PackageName(p.dir(), gen.Output)
	if err != nil {
		return gen.Input{}, err
	}
	return gen.Input{SpecFile: filepath.ToSlash(p.specFile), Spec: p.source, Package: name}, nil
}

// generate makes the output in memory. If there is none, code is the exit code and everything was said.
func (p *project) generate(s streams) (result *gen.Result, code int) {
	switch p.format {
	case "text", "json", "github":
	default:
		return nil, unable(s, fmt.Errorf("there is no format %q: text, json or github", p.format))
	}
	in, err := p.input()
	if err != nil {
		return nil, unable(s, err)
	}
	result, found, err := gen.Generate(in)
	if err != nil {
		return nil, unable(s, err)
	}
	if len(found) > 0 {
		return nil, p.report(s, found)
	}
	return result, exitFine
}

// report prints mistakes.
func (p *project) report(s streams, found diag.List) int {
	var err error
	switch p.format {
	case "json":
		err = found.JSON(s.err)
	case "github":
		err = found.GitHub(s.err)
	default:
		err = found.Text(s.err, map[string][]byte{filepath.ToSlash(p.specFile): p.source})
	}
	if err != nil {
		return unable(s, err)
	}
	return exitWrong
}

// ours reports whether a file begins as those do that this tool writes.
func ours(content []byte) bool { return bytes.HasPrefix(content, []byte(gen.Header)) }
