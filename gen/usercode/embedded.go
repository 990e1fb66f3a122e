package usercode

import (
	"cmp"
	"context"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An embed is an embedded type of another package.
type embed struct {
	path, name string // the import path and the name of the type; empty if they are not known
	written    string
}

// embedOf is the embedded type that an expression of a file names. It is not one of the package.
func embedOf(f *file, e ast.Expr) embed {
	found := embed{written: text(e)}
	t := ast.Unparen(star(e))
	switch index := t.(type) {
	case *ast.IndexExpr:
		t = index.X
	case *ast.IndexListExpr:
		t = index.X
	}
	if selector, ok := t.(*ast.SelectorExpr); ok {
		if x, ok := selector.X.(*ast.Ident); ok && f.imports[x.Name] != "" {
			found.path, found.name = f.imports[x.Name], selector.Sel.Name
		}
	}
	return found
}

// maxEmbedded bounds how many packages an embedded type may lead through.
const maxEmbedded = 8

// embedded gives the types the methods of the types of other packages that they embed. What cannot be found stays in Embeds.
// In a bot of several packages, the methods of the handlers are often there. If it is known which type handles updates, the
// other types are left alone, since the go command has to find the packages.
func (p *reader) embedded(ctx context.Context, c Config) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	others := &loader{ctx: ctx, dir: c.Dir, known: map[string]*reader{}}
	types := slices.SortedFunc(maps.Values(p.facts.Types), func(a, b *Type) int { return cmp.Compare(a.Name, b.Name) })
	if passed := p.facts.Types[p.facts.passed]; passed != nil {
		types = []*Type{passed}
	}
	var paths []string
	for _, t := range types {
		for _, e := range t.embeds {
			paths = append(paths, e.path)
		}
	}
	others.load(paths)
	for _, t := range types {
		others.resolve(t, maxEmbedded)
	}
}

// A loader reads other packages, as far as their types and methods matter.
type loader struct {
	ctx   context.Context
	dir   string
	known map[string]*reader // by import path; nil for a package that cannot be read
}

// load reads the packages that are not known yet. One call of the go command lists them all.
func (l *loader) load(paths []string) {
	paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		_, known := l.known[path]
		return known || path == "" || path == "C"
	})
	if len(paths) == 0 {
		return
	}
	for _, path := range paths {
		l.known[path] = nil
	}
	dir, err := filepath.Abs(l.dir)
	if err != nil {
		return
	}
	loaded, err := packages.Load(&packages.Config{
		Context: l.ctx, Mode: packages.NeedName | packages.NeedFiles, Dir: dir, Env: append(os.Environ(), "GOTOOLCHAIN=local"),
	}, paths...)
	if err != nil {
		return
	}
	for _, one := range loaded {
		p := newReader()
		for _, name := range one.GoFiles {
			if source, err := os.ReadFile(name); err == nil {
				p.parse(filepath.ToSlash(name), source)
			}
		}
		if len(p.files) > 0 {
			p.facts.Package = packageName(p.files)
			p.declare()
			p.types()
			l.known[one.PkgPath] = p
		}
	}
}

// resolve adds the methods of the embedded types to the type. They are deeper than its own. Their signatures count as not
// known: the names in them belong to another package.
func (l *loader) resolve(t *Type, depth int) {
	embeds := t.embeds
	t.embeds = nil
	t.Embeds = nil
	for _, e := range embeds {
		of := l.typeOf(e, depth)
		if of == nil {
			t.Embeds = append(t.Embeds, e.written)
			continue
		}
		for name, m := range of.Methods {
			if _, own := t.Methods[name]; !own && ast.IsExported(name) {
				t.Methods[name] = Method{Pos: m.Pos, End: m.End}
			}
		}
		for _, deeper := range of.Embeds {
			t.Embeds = append(t.Embeds, e.written+" with "+strings.TrimPrefix(deeper, "*"))
		}
	}
}

// typeOf is an embedded type with all its methods. It is nil if it cannot be found.
func (l *loader) typeOf(e embed, depth int) *Type {
	if depth == 0 || e.path == "" {
		return nil
	}
	l.load([]string{e.path})
	p := l.known[e.path]
	if p == nil {
		return nil
	}
	t := p.facts.Types[e.name]
	if t == nil { // it may be an alias
		d := p.declared[e.name]
		if d.typ == nil || !d.typ.Assign.IsValid() {
			return nil
		}
		if local := p.named(d.typ.Type); local != "" {
			t = p.facts.Types[local]
		} else {
			return l.typeOf(embedOf(d.file, d.typ.Type), depth-1)
		}
	}
	if t != nil {
		l.resolve(t, depth-1)
	}
	return t
}
