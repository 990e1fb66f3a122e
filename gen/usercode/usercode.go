// Package usercode finds out what the author's package declares, even while it does not compile: its name, its
// names, and the type that handles updates with the signatures of its methods.
//
// The go command says which files make up the package, and the parser what stands in them. Nothing is type-checked:
// that would take the better part of a second, since it needs all that the package imports, and would fail just when it
// is wanted, before the generated file is there. So types are compared by how they are written, after their names
// were resolved as far as the package itself can tell; where that is not enough, nothing is said.
package usercode

import (
	"cmp"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
)

// Config says where the package is, and what in it is not the author's.
type Config struct {
	// Dir is the folder of the package. Positions name files as Dir does.
	Dir string
	// Output is the name of the generated file. Whatever stands in it, it is not read.
	Output string
	// Header is how other files begin that were generated, which are not read either. Empty: there are none.
	Header string
}

// Facts is what the author's package declares outside the generated file. They do not change.
type Facts struct {
	// Package is the name of the package, as most of its files have it. Without a file it is "main".
	Package string
	// Names are the names of the package block, and those that its files give to imports, ordered by position. Tests of
	// the package count; files that do not parse do not.
	Names []Name
	// Types are the declared types that have methods or may have, by name.
	Types map[string]*Type
	// Generated are the files besides the output that begin with the header: made by an earlier run, under other names.
	Generated []string
	// Sources is the text of the files, for printing diagnostics.
	Sources diag.Sources

	passed string // the type whose value is given to the generated Run or New, or empty
}

// A Name is something that the package declares.
type Name struct {
	Name string
	Pos  diag.Pos
	// Import is set for the name of an import: it is its file's alone, but no declaration of the package may share it.
	Import bool
}

// Load reads the package. It fails only if the folder cannot be read: what is wrong with the package, the compiler will
// say. The go command is asked which files belong to it; where it has no answer, the rules of package go/build do.
func Load(ctx context.Context, c Config) (*Facts, error) {
	files, err := c.files(ctx)
	if err != nil {
		return nil, err
	}
	p := newReader()
	for _, name := range files {
		path := filepath.Join(c.Dir, name)
		shown := filepath.ToSlash(path)
		source, err := os.ReadFile(path)
		switch {
		case err != nil:
			continue // that is a matter for the compiler
		case c.Header != "" && strings.HasPrefix(string(source), c.Header):
			p.facts.Generated = append(p.facts.Generated, shown)
			continue
		}
		p.parse(shown, source)
	}
	p.read()
	return p.facts, nil
}

// Declares reports whether the package block has the name, or the package of a nil Facts.
func (f *Facts) Declares(name string) bool {
	return f != nil && slices.ContainsFunc(f.Names, func(n Name) bool { return n.Name == name && !n.Import })
}

// A reader gathers the facts.
type reader struct {
	fset  *token.FileSet
	files []*file
	facts *Facts
	// declared are the types, functions and variables of the package.
	declared map[string]declaration
}

type file struct {
	syntax *ast.File
	source []byte
	broken bool // it has syntax errors, and what was read of it is not to be relied on
	test   bool
	// imports are the paths by the names that the file has for them. A dot import makes any name uncertain.
	imports map[string]string
	dot     bool
}

func newReader() *reader {
	return &reader{fset: token.NewFileSet(), facts: &Facts{Types: map[string]*Type{}, Sources: diag.Sources{}}}
}

// parse adds a file, unless nothing at all can be made of it.
func (p *reader) parse(name string, source []byte) {
	syntax, err := parser.ParseFile(p.fset, name, source, parser.SkipObjectResolution)
	if syntax == nil || syntax.Name == nil || syntax.Name.Name == "_" || syntax.Name.Name == "" {
		return
	}
	p.facts.Sources[name] = source
	p.files = append(p.files, &file{
		syntax: syntax, source: source, broken: err != nil, test: strings.HasSuffix(name, "_test.go"),
	})
}

func (p *reader) read() {
	p.facts.Package = packageName(p.files)
	p.files = slices.DeleteFunc(p.files, func(f *file) bool { return f.syntax.Name.Name != p.facts.Package })
	p.declare()
	p.types()
	p.findPassed()
	slices.SortStableFunc(p.facts.Names, func(a, b Name) int { return a.Pos.Compare(b.Pos) })
}

// packageName is the name that most files have; those that are no tests come first.
func packageName(files []*file) string {
	for _, tests := range []bool{false, true} {
		count := map[string]int{}
		var order []string
		for _, f := range files {
			if name := f.syntax.Name.Name; f.test == tests {
				if tests {
					name = strings.TrimSuffix(name, "_test")
				}
				count[name]++
				order = append(order, name)
			}
		}
		if len(order) > 0 {
			return slices.MaxFunc(order, func(a, b string) int { return cmp.Compare(count[a], count[b]) })
		}
	}
	return "main"
}

// pos is a place as diagnostics have it: the column counts code points.
func (p *reader) pos(f *file, at token.Pos) diag.Pos {
	position := p.fset.PositionFor(at, false)
	line := f.source[position.Offset-position.Column+1 : position.Offset]
	return diag.Pos{File: position.Filename, Line: position.Line, Column: utf8.RuneCount(line) + 1}
}
