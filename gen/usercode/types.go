package usercode

import (
	"go/ast"
	"maps"
	"slices"

	"github.com/tggen/tggen/gen/diag"
)

// A Type is a type of the package.
type Type struct {
	Name string
	Pos  diag.Pos
	// Methods are its methods, by name, including those of embedded types. The signatures of methods of other packages are
	// not known.
	Methods map[string]Method
	// Receiver is the name of the receiver in its methods, or empty.
	Receiver string
	// Embeds are the embedded types of other packages that could not be found, as written. Their methods are not known.
	Embeds []string
	// Imports are the import paths, by name, of the file with most of its methods. If it has no methods, they are those of
	// the file that declares it.
	Imports map[string]string

	// Generic says that the type has type parameters.
	Generic bool

	// NotJSON says why encoding/json cannot store a value of the type: "is a function". It is empty if the type can be stored.
	NotJSON string

	test    bool
	embeds  []embed       // the embedded types of other packages
	methods map[*file]int // the number of methods in each file
}

// A Method is a method of a type.
type Method struct {
	Pos diag.Pos
	// End is the last column of its name.
	End       int
	Signature Signature
}

// types collects the types with their methods.
func (p *reader) types() {
	for name, d := range p.declared {
		if d.typ == nil || d.typ.Assign.IsValid() {
			continue // an alias has no methods of its own
		}
		p.facts.Types[name] = &Type{
			Name: name, Pos: p.pos(d.file, d.typ.Name.Pos()), Methods: map[string]Method{}, Imports: d.file.imports,
			Generic: d.typ.TypeParams != nil, test: d.file.test, methods: map[*file]int{},
		}
	}
	for _, f := range p.files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && len(fn.Recv.List) == 1 {
				p.method(f, fn)
			}
		}
	}
	own := map[string]map[string]Method{}
	for name, t := range p.facts.Types {
		own[name] = t.Methods
	}
	for _, t := range p.facts.Types {
		p.promote(t, own)
	}
}

func (p *reader) method(f *file, fn *ast.FuncDecl) {
	t := p.facts.Types[p.named(fn.Recv.List[0].Type)]
	if t == nil {
		return
	}
	if _, twice := t.Methods[fn.Name.Name]; twice {
		return
	}
	if t.methods[f]++; t.methods[f] == slices.Max(slices.Collect(maps.Values(t.methods))) {
		t.Imports = f.imports
	}
	at := p.pos(f, fn.Name.Pos())
	t.Methods[fn.Name.Name] = Method{
		Pos: at, End: at.Column + len([]rune(fn.Name.Name)) - 1, Signature: p.signature(f, fn.Type, receiverIsGeneric(fn)),
	}
	if names := fn.Recv.List[0].Names; t.Receiver == "" && len(names) == 1 && names[0].Name != "_" {
		t.Receiver = names[0].Name
	}
}

func receiverIsGeneric(fn *ast.FuncDecl) bool {
	switch ast.Unparen(star(fn.Recv.List[0].Type)).(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// promote gives a type the methods of its embedded types. As in Go, the nearest method of a name counts.
func (p *reader) promote(t *Type, own map[string]map[string]Method) {
	methods := map[string]Method{}
	seen := map[string]bool{}
	for level := []string{t.Name}; len(level) > 0; {
		var next []string
		found := map[string][]Method{}
		for _, name := range level {
			if seen[name] {
				continue
			}
			seen[name] = true
			for method, m := range own[name] {
				found[method] = append(found[method], m)
			}
			d := p.declared[name]
			if d.typ == nil {
				continue
			}
			embedded, fields, declared := p.members(d)
			for method, m := range declared {
				found[method] = append(found[method], m)
			}
			for _, field := range fields {
				found[field] = append(found[field], Method{}) // a field hides deeper methods
			}
			for _, e := range embedded {
				if local := p.named(e); local != "" {
					next = append(next, local)
				} else if other := embedOf(d.file, e); !slices.Contains(t.embeds, other) {
					t.embeds = append(t.embeds, other)
					t.Embeds = append(t.Embeds, other.written)
				}
			}
		}
		for method, all := range found {
			if _, nearer := methods[method]; !nearer {
				m := all[0]
				if len(all) > 1 {
					m = Method{}
				}
				methods[method] = m
			}
		}
		level = next
	}
	t.Methods = methods
	for name, m := range methods {
		if m.Pos.File == "" {
			delete(methods, name)
		}
	}
}

// members returns the types that a type embeds, the names of its fields, and, for an interface, its methods.
func (p *reader) members(d declaration) (embedded []ast.Expr, fields []string, methods map[string]Method) {
	var list *ast.FieldList
	methods = map[string]Method{}
	switch t := ast.Unparen(d.typ.Type).(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	}
	if list == nil {
		return nil, nil, methods
	}
	for _, field := range list.List {
		fn, isMethod := field.Type.(*ast.FuncType)
		_, isInterface := d.typ.Type.(*ast.InterfaceType)
		for _, name := range field.Names {
			if isMethod && isInterface {
				at := p.pos(d.file, name.Pos())
				methods[name.Name] = Method{Pos: at, End: at.Column + len([]rune(name.Name)) - 1, Signature: p.signature(d.file, fn, false)}
				continue
			}
			fields = append(fields, name.Name)
		}
		if len(field.Names) == 0 {
			embedded = append(embedded, field.Type)
		}
	}
	return embedded, fields, methods
}

// named returns the name of the type that an expression names, if it is a type of the package, and "" otherwise. It looks
// through pointers, parentheses, type arguments and aliases.
func (p *reader) named(e ast.Expr) string {
	for range 16 {
		switch t := ast.Unparen(star(e)).(type) {
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			d := p.declared[t.Name]
			if d.typ == nil {
				return ""
			}
			if !d.typ.Assign.IsValid() {
				return t.Name
			}
			e = d.typ.Type
		default:
			return ""
		}
	}
	return ""
}

// star returns the type that a pointer type points to, and any other type unchanged.
func star(e ast.Expr) ast.Expr {
	if s, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		return s.X
	}
	return e
}

// Handlers returns the type whose methods handle updates: the type of the value that is passed to the generated Run or New,
// or else the type with the most methods of the wanted names and signatures. It returns nil if no type has any, or if f is
// nil.
func (f *Facts) Handlers(wanted map[string]Signature) *Type {
	if f == nil {
		return nil
	}
	if t := f.Types[f.passed]; t != nil {
		return t
	}
	var best *Type
	bestFits := 0
	for _, t := range f.Types {
		fits := 0
		for name, signature := range wanted {
			if m, ok := t.Methods[name]; ok && !m.Signature.Differs(signature) {
				fits++
			}
		}
		if fits > bestFits || fits == bestFits && fits > 0 && before(t, best) {
			best, bestFits = t, fits
		}
	}
	return best
}

// Implements reports whether the package is one that implements the handlers: the package main, or one that passes a value to
// the generated Run or New. In any other package, the handlers may be implemented by packages that import it.
func (f *Facts) Implements() bool {
	return f != nil && (f.Package == "main" || f.Types[f.passed] != nil)
}

// before reports whether a comes before b: types of the program come before those of its tests, and otherwise the position
// decides.
func before(a, b *Type) bool {
	if a.test != b.test {
		return b.test
	}
	return a.Pos.Compare(b.Pos) < 0
}
