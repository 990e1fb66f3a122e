// Package usercode finds out what the author's package declares, even if the package does not compile: the package's name,
// the names that it declares, its types, and the signatures of their methods. It is the only part of the generator that
// reads files at run time.
//
// The go command lists the files of the package, and Go's parser reads them. The package is not type-checked, for two
// reasons: that takes about half a second, since it needs everything that the package imports, and it fails when the result
// is needed most, before the generated file exists. Instead, types are compared by how they are written, after their names
// were resolved as far as the package itself allows. If that does not decide whether two types differ, they do not count
// as different.
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

// Config says where the package is, and which of its files the author did not write.
type Config struct {
	// Dir is the folder of the package. The file names in positions begin with it.
	Dir string
	// Output is the name of the generated file. It is never read.
	Output string
	// Header is the beginning of other generated files, which are left out as well. Empty: no other generated files.
	Header string
}

// Facts is what the author's package declares outside the generated file. Facts do not change after Load has returned them.
type Facts struct {
	// Package is the package name that most files have. If there is no file, it is "main".
	Package string
	// Packages are the package names that the files have, each with the first file that has it, ordered by position. Go
	// allows only one. The name of a package of tests is that of the package it tests.
	Packages []Name
	// Names are the names of the package block and the names that files give to imports, ordered by position. Test files
	// of the package are included, files with syntax errors are not.
	Names []Name
	// Types are the declared types that can have methods, by name.
	Types map[string]*Type
	// Generated are the files, other than the output, that begin with the header. An earlier run wrote them under other
	// names.
	Generated []string
	// Sources is the text of the files, for printing diagnostics.
	Sources diag.Sources

	passed string // the type whose value is given to the generated Run or New, or empty
}

// A Name is something that the package declares.
type Name struct {
	Name string
	Pos  diag.Pos
	// Import is set for the name that a file gives to an import. The name belongs to that file, but no declaration of the
	// package may have it.
	Import bool
}

// Load reads the package. It fails only if the folder cannot be read. Mistakes in the package are left to the compiler. Load
// runs the go command to list the files of the package. If that fails, it uses the rules of package go/build.
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
			continue // the compiler will report it
		case c.Header != "" && strings.HasPrefix(string(source), c.Header):
			p.facts.Generated = append(p.facts.Generated, shown)
			continue
		}
		p.parse(shown, source)
	}
	p.read()
	p.embedded(ctx, c)
	return p.facts, nil
}

// Declares reports whether the package block has the name. Nil Facts declare nothing.
func (f *Facts) Declares(name string) bool {
	return f != nil && slices.ContainsFunc(f.Names, func(n Name) bool { return n.Name == name && !n.Import })
}

// A reader collects the facts.
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
	broken bool // the file has syntax errors, so what was read from it may be wrong
	test   bool
	// imports are the import paths, by the names that the file uses for them. dot is set if the file has a dot import. Then
	// any name can come from that import.
	imports map[string]string
	dot     bool
}

func newReader() *reader {
	return &reader{fset: token.NewFileSet(), facts: &Facts{Types: map[string]*Type{}, Sources: diag.Sources{}}}
}

// parse adds a file, unless it does not even have a package name.
func (p *reader) parse(name string, source []byte) {
	syntax, err := parser.ParseFile(p.fset, name, source, parser.SkipObjectResolution)
	if syntax == nil || syntax.Name == nil || syntax.Name.Name == "_" || syntax.Name.Name == "" {
		return
	}
	if syntax.Name.Name == "documentation" {
		return // the go command leaves such files out
	}
	p.facts.Sources[name] = source
	p.files = append(p.files, &file{
		syntax: syntax, source: source, broken: err != nil, test: strings.HasSuffix(name, "_test.go"),
	})
}

func (p *reader) read() {
	p.facts.Package = packageName(p.files)
	p.packages()
	p.files = slices.DeleteFunc(p.files, func(f *file) bool { return f.syntax.Name.Name != p.facts.Package })
	p.declare()
	p.types()
	p.encodings()
	p.findPassed()
	slices.SortStableFunc(p.facts.Names, func(a, b Name) int { return a.Pos.Compare(b.Pos) })
}

// packages collects the names of the packages of the files.
func (p *reader) packages() {
	for _, f := range p.files {
		name := f.packageName()
		if !slices.ContainsFunc(p.facts.Packages, func(n Name) bool { return n.Name == name }) {
			p.facts.Packages = append(p.facts.Packages, Name{Name: name, Pos: p.pos(f, f.syntax.Name.Pos())})
		}
	}
}

// packageName is the name of the package that the file belongs to or tests.
func (f *file) packageName() string {
	if f.test {
		return strings.TrimSuffix(f.syntax.Name.Name, "_test")
	}
	return f.syntax.Name.Name
}

// packageName returns the name that most files have. Test files count only if there are no others.
func packageName(files []*file) string {
	for _, tests := range []bool{false, true} {
		count := map[string]int{}
		var order []string
		for _, f := range files {
			if name := f.packageName(); f.test == tests {
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

// pos returns a place as diagnostics need it. Its column counts code points.
func (p *reader) pos(f *file, at token.Pos) diag.Pos {
	position := p.fset.PositionFor(at, false)
	line := f.source[position.Offset-position.Column+1 : position.Offset]
	return diag.Pos{File: position.Filename, Line: position.Line, Column: utf8.RuneCount(line) + 1}
}
