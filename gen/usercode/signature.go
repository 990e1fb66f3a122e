package usercode

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"slices"
	"strings"
)

// A Signature is the parameters and results of a function. The zero Signature is not known.
type Signature struct {
	// Text is how it is written, without func: (ctx context.Context) error.
	Text string

	params, results []shape
}

// known are the packages whose names are certain to be types of their own. The name of any other package may be an
// alias of theirs.
var known = []string{"context", "github.com/PaulSonOfLars/gotgbot/v2", "github.com/tggen/tggen/runtime/telegram"}

// A shape is a type, as far as it can be told without looking into other packages.
type shape struct {
	// of is "*", "[]", "...", or "func"; or "name" for a name; or "other" for what no wanted signature has; or
	// "unknown".
	of string
	// path and name are a name's. The path is empty for the package at hand, and "universe" for Go's own.
	path, name string
	// elem is what a pointer points to, and so on; of a function, the parameters and then the results.
	elem []shape
	in   int // how many of a function's are parameters
}

// Parse is the signature that is written as a Go function type, with the paths of the packages that it names.
func Parse(text string, imports map[string]string) (Signature, error) {
	e, err := parser.ParseExpr(text)
	if err != nil {
		return Signature{}, fmt.Errorf("reading the signature %s: %w", text, err)
	}
	fn, ok := e.(*ast.FuncType)
	if !ok {
		return Signature{}, fmt.Errorf("reading the signature %s: it is no function", text)
	}
	p := &reader{facts: &Facts{}}
	return p.signature(&file{imports: imports}, fn, false), nil
}

// signature reads a function type. What stands in a broken file is not known, and within a generic type the names may
// be type parameters.
func (p *reader) signature(f *file, fn *ast.FuncType, generic bool) Signature {
	if f.broken {
		return Signature{}
	}
	r := resolver{reader: p, file: f, generic: generic}
	return Signature{Text: strings.TrimPrefix(text(fn), "func"), params: r.fields(fn.Params), results: r.fields(fn.Results)}
}

// text is an expression as Go.
func text(e ast.Expr) string { return types.ExprString(e) }

// Differs reports whether the two are sure to be of different types.
func (s Signature) Differs(other Signature) bool {
	if s.Text == "" || other.Text == "" {
		return false
	}
	return differ(s.params, other.params) || differ(s.results, other.results)
}

func differ(a, b []shape) bool {
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i].differs(b[i]) {
			return true
		}
	}
	return false
}

func (s shape) differs(other shape) bool {
	switch {
	case s.of == "unknown" || other.of == "unknown":
		return false
	case s.of != other.of:
		return true
	case s.of == "other":
		return false
	}
	return s.path != other.path || s.name != other.name || s.in != other.in || differ(s.elem, other.elem)
}

// A resolver finds out what names in a file mean.
type resolver struct {
	*reader
	file    *file
	generic bool
	depth   int // of aliases
}

func (r resolver) fields(list *ast.FieldList) []shape {
	if list == nil {
		return nil
	}
	var all []shape
	for _, field := range list.List {
		s := r.shape(field.Type)
		for range max(len(field.Names), 1) {
			all = append(all, s)
		}
	}
	return all
}

func (r resolver) shape(e ast.Expr) shape {
	switch t := e.(type) {
	case *ast.ParenExpr:
		return r.shape(t.X)
	case *ast.StarExpr:
		return shape{of: "*", elem: []shape{r.shape(t.X)}}
	case *ast.Ellipsis:
		return shape{of: "...", elem: []shape{r.shape(t.Elt)}}
	case *ast.ArrayType:
		if t.Len != nil {
			return shape{of: "other"}
		}
		return shape{of: "[]", elem: []shape{r.shape(t.Elt)}}
	case *ast.FuncType:
		params := r.fields(t.Params)
		return shape{of: "func", elem: append(params, r.fields(t.Results)...), in: len(params)}
	case *ast.Ident:
		return r.ident(t.Name)
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok {
			if path := r.file.imports[x.Name]; slices.Contains(known, path) {
				return shape{of: "name", path: path, name: t.Sel.Name}
			}
		}
		return shape{of: "unknown"}
	case *ast.MapType, *ast.ChanType, *ast.StructType, *ast.InterfaceType:
		return shape{of: "other"}
	}
	return shape{of: "unknown"}
}

// ident resolves a name without a package: of the package block, through aliases, or else of Go. One that neither has is
// generated, or a mistake.
func (r resolver) ident(name string) shape {
	if d, ok := r.declared[name]; ok {
		switch {
		case d.typ == nil || d.typ.TypeParams != nil || r.depth > 16:
			return shape{of: "unknown"}
		case d.typ.Assign.IsValid():
			return resolver{reader: r.reader, file: d.file, depth: r.depth + 1}.shape(d.typ.Type)
		}
		return shape{of: "name", name: name}
	}
	if r.generic || r.file.dot {
		return shape{of: "unknown"}
	}
	if types.Universe.Lookup(name) != nil {
		return shape{of: "name", path: "universe", name: name}
	}
	return shape{of: "name", name: name}
}
