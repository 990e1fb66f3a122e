package main

import (
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

const checkHelp = `check writes nothing. It prints the difference as a diff to standard output, and the mistakes to standard error. It
exits with code 1 if bot.gen.go is missing, if it is not what generate would write, or if the folder holds a file that
tggen generated for a spec that is gone. Run it in CI to keep stale files out of a pull request.`

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
			return fail(s, err)
		}
		return p.report(s, append(found, p.orphans()...))
	}
}

// compare prints the difference between the output file and what it should be, and reports it as a mistake.
func (p *project) compare(s streams, result *gen.Result) (diag.List, error) {
	name := filepath.ToSlash(p.output())
	fault := diag.Diagnostic{Pos: diag.Pos{File: name}, Hint: "run `tggen generate`, or go generate"}
	from := "a/" + name
	old, refused, err := p.existing()
	switch {
	case err != nil:
		return nil, err
	case refused != nil:
		return diag.List{*refused}, nil
	case old == nil:
		from = "/dev/null"
		fault.Code, fault.Message = codeMissing, "the file is missing"
	case same(old, result.Source):
		return nil, nil
	default:
		fault.Code, fault.Message = codeStale, fmt.Sprintf("the file is not what %s generates", filepath.Base(p.specFile))
	}
	if _, err := s.out.Write(diff.Diff(from, unixLines(old), "b/"+name, result.Source)); err != nil {
		return nil, err
	}
	return diag.List{fault}, nil
}

// withoutSpec reports an output file whose spec is gone.
func (p *project) withoutSpec() (diag.Diagnostic, bool) {
	if _, err := os.Stat(p.specFile); !errors.Is(err, fs.ErrNotExist) {
		return diag.Diagnostic{}, false
	}
	content, err := os.ReadFile(p.output())
	if err != nil || foreign(content) || p.otherSpec(content) != "" {
		return diag.Diagnostic{}, false
	}
	return orphan(p.output(), fmt.Sprintf("there is no %s", filepath.ToSlash(p.specFile))), true
}

// orphans reports files in the package that an earlier run of tggen wrote and this one would not write.
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
