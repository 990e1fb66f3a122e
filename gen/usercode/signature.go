package usercode

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"slices"
	"strings"
)

// A Signature is the parameters and results of a function. The zero Signature means that they are not known.
type Signature struct {
	// Text is the signature as it is written, without func: (ctx context.Context) error.
	Text string

	params, results []shape
}

// known are the packages whose type names are certain to be types of their own. A type name of any other package may be an
// alias of one of these types.
var known = []string{"context", "github.com/PaulSonOfLars/gotgbot/v2", "github.com/tggen/tggen/runtime/telegram"}

// A shape is a type, as far as it is known without looking into other packages.
type shape struct {
	// of is "*", "[]", "..." or "func"; "name" for a named type; "other" for a kind of type that no wanted signature has;
	// or "unknown".
	of string
	// path and name are those of a named type. The path is empty for the author's package, and "universe" for the
	// predeclared types of Go.
	path, name string
	// elem is the type that a pointer points to, or that a slice holds. For a function it holds the parameters and then
	// the results.
	elem []shape
	in   int // the number of parameters of a function
}

// Parse reads a signature that is written as a Go function type. imports are the paths of the packages that it names, by
// their names.
func Parse(text string, imports map[string]string) (Signature, error) {
	e, err := parser.ParseExpr(text)
	if err != nil {
		return Signature{}, fmt.Errorf("reading the signature %s: %w", text, err)
	}
	fn, ok := e.(*ast.FuncType)
	if !ok {
		return Signature{}, fmt.Errorf("reading the signature %s: it is not a function type", text)
	}
	p := &reader{facts: &Facts{}}
	return p.signature(&file{imports: imports}, fn, false), nil
}

// signature reads a function type. In a file with syntax errors it is not known. generic is set for a method of a generic
// type: the names in it can be type parameters.
func (p *reader) signature(f *file, fn *ast.FuncType, generic bool) Signature {
	if f.broken {
		return Signature{}
	}
	r := resolver{reader: p, file: f, generic: generic}
	return Signature{Text: strings.TrimPrefix(text(fn), "func"), params: r.fields(fn.Params), results: r.fields(fn.Results)}
}

// text returns an expression as Go source.
func text(e ast.Expr) string { return types.ExprString(e) }

// Differs reports whether the two signatures are certain to be different.
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

// A resolver finds out what the names in a file mean.
type resolver struct {
	*reader
	file    *file
	generic bool
	depth   int // the number of aliases followed
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

// ident resolves a name without a package: a name of the package block, through aliases, or a predeclared name of Go. Any
// other name is one that the generated file declares, or a mistake.
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
