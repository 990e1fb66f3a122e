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
	// Methods are its own, and those of the types of the package that it embeds, by name.
	Methods map[string]Method
	// Receiver is what its methods call the value, or empty.
	Receiver string
	// Embeds are the embedded types of other packages, as written. What methods they bring is not known.
	Embeds []string
	// Imports are the paths of what the file imports that has most of its methods, by their names there; without
	// methods, the file of the type.
	Imports map[string]string

	test    bool
	methods map[*file]int // how many are in which file
}

// A Method is a method of a type.
type Method struct {
	Pos diag.Pos
	// End is the last column of its name.
	End       int
	Signature Signature
}

// types gathers the types with their methods.
func (p *reader) types() {
	for name, d := range p.declared {
		if d.typ == nil || d.typ.Assign.IsValid() {
			continue // an alias has no methods of its own
		}
		p.facts.Types[name] = &Type{
			Name: name, Pos: p.pos(d.file, d.typ.Name.Pos()), Methods: map[string]Method{}, Imports: d.file.imports,
			test: d.file.test, methods: map[*file]int{},
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

// promote gives a type the methods of what it embeds: the nearest ones, as in Go.
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
				found[field] = append(found[field], Method{}) // it hides methods that are deeper
			}
			for _, e := range embedded {
				if local := p.named(e); local != "" {
					next = append(next, local)
				} else if written := text(e); !slices.Contains(t.Embeds, written) {
					t.Embeds = append(t.Embeds, written)
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

// members are what a type of the package embeds, the names of its fields, and the methods of an interface.
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

// named is the name of the type of the package that an expression names, through pointers, parentheses, type
// arguments and aliases; empty if it names none.
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

// star takes a pointer off a type.
func star(e ast.Expr) ast.Expr {
	if s, ok := ast.Unparen(e).(*ast.StarExpr); ok {
		return s.X
	}
	return e
}

// Handlers is the type whose methods handle updates: the one whose value is given to the generated Run or New, or else
// the one with the most methods of the wanted names and signatures. Nil if no type of the package has any, as of nil Facts.
func (f *Facts) Handlers(wanted map[string]Signature) *Type {
	if f == nil {
		return nil
	}
	if t := f.Types[f.passed]; t != nil {
		return t
	}
	var best *Type
	most := 0
	for _, t := range f.Types {
		fits := 0
		for name, signature := range wanted {
			if m, ok := t.Methods[name]; ok && !m.Signature.Differs(signature) {
				fits++
			}
		}
		if fits > most || fits == most && fits > 0 && before(t, best) {
			best, most = t, fits
		}
	}
	return best
}

// before prefers types of the program to those of its tests, and then the first.
func before(a, b *Type) bool {
	if a.test != b.test {
		return b.test
	}
	return a.Pos.Compare(b.Pos) < 0
}
