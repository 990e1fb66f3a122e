package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/tggen/tggen/gen"
	"github.com/tggen/tggen/gen/diag"
)

const checkHelp = `Nothing is written. The difference goes to the output as a diff, and what it means to the errors. Exit code 1 says
that bot.gen.go is not what generate would write, that it is missing, or that the folder has a file of tggen's that no
spec stands behind: what a pull request should not bring.`

func check(f *flag.FlagSet) action {
	p := projectFlags(f)
	return func(_ []string, s streams) int {
		if orphan, ok := p.withoutSpec(); ok {
			return p.report(s, diag.List{orphan})
		}
		result, code := p.generate(s)
		if result == nil {
			return code
		}
		found, err := p.compare(s, result)
		if err != nil {
			return unable(s, err)
		}
		return p.report(s, append(found, p.orphans()...))
	}
}

// compare prints how the output differs from what it should be, and says so.
func (p *project) compare(s streams, result *gen.Result) (diag.List, error) {
	name := filepath.ToSlash(p.output())
	fault := diag.Diagnostic{Pos: diag.Pos{File: name}, Hint: "run `tggen generate`, or go generate"}
	from := "a/" + name
	old, err := os.ReadFile(p.output())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		from = "/dev/null"
		fault.Code, fault.Message = codeMissing, "the file is missing"
	case err != nil:
		return nil, err
	case bytes.Equal(old, result.Source):
		return nil, nil
	case foreign(old):
		return diag.List{foreignOutput(name)}, nil
	default:
		fault.Code, fault.Message = codeStale, fmt.Sprintf("the file is not what %s generates", filepath.Base(p.specFile))
	}
	if _, err := s.out.Write(diff.Diff(from, old, "b/"+name, result.Source)); err != nil {
		return nil, err
	}
	return diag.List{fault}, nil
}

// withoutSpec tells of an output whose spec is gone.
func (p *project) withoutSpec() (diag.Diagnostic, bool) {
	if _, err := os.Stat(p.specFile); !errors.Is(err, fs.ErrNotExist) {
		return diag.Diagnostic{}, false
	}
	content, err := os.ReadFile(p.output())
	if err != nil || foreign(content) {
		return diag.Diagnostic{}, false
	}
	return orphan(p.output(), fmt.Sprintf("there is no %s", filepath.ToSlash(p.specFile))), true
}

// orphans tells of files in the package that tggen wrote once and would not write now.
func (p *project) orphans() diag.List {
	var found diag.List
	for _, path := range p.author.Generated {
		found = append(found, orphan(path, "tggen writes "+gen.Output))
	}
	return found
}

func orphan(path, why string) diag.Diagnostic {
	return diag.Diagnostic{
		Pos: diag.Pos{File: filepath.ToSlash(path)}, Code: codeOrphan,
		Message: "no spec generates this file: " + why, Hint: "delete it",
	}
}
