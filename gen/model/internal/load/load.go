// Package load makes a [model.Table] from the source of gotgbot.
//
// The fields come from the types. The rest comes from the source: the bodies of functions such as unmarshalMessageOrigin show
// which struct a union decodes to, and constants and comments list the texts that a field can hold. The loader does not
// guess: source that it does not understand is an error.
package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/tggen/tggen/gen/model"
)

// Package is the import path of gotgbot.
const Package = "github.com/PaulSonOfLars/gotgbot/v2"

const mode = packages.NeedName | packages.NeedFiles | packages.NeedModule | packages.NeedImports |
	packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo

// Load reads the version of gotgbot that the module in the directory dir depends on. The table holds the types that
// Update reaches.
func Load(ctx context.Context, dir string) (model.Table, error) {
	loaded, err := packages.Load(&packages.Config{Context: ctx, Mode: mode, Dir: dir}, Package)
	if err != nil {
		return model.Table{}, fmt.Errorf("load %s: %w", Package, err)
	}
	pkg := loaded[0]
	for _, e := range pkg.Errors {
		err = errors.Join(err, e)
	}
	if err != nil {
		return model.Table{}, fmt.Errorf("load %s: %w", Package, err)
	}
	t, err := Read(pkg)
	if err != nil {
		return model.Table{}, fmt.Errorf("read %s: %w", Package, err)
	}
	return t, nil
}

// Read makes the table of a package. The package must have been loaded with its syntax and types.
func Read(pkg *packages.Package) (model.Table, error) {
	r := &reader{scope: pkg.Types.Scope(), pkg: pkg.Types, source: index(pkg.Syntax), seen: map[string]bool{}}
	r.table.Package = pkg.PkgPath
	if pkg.Module != nil {
		r.table.Version = pkg.Module.Version
	}
	if err := r.named("Update"); err != nil {
		return model.Table{}, err
	}
	slices.SortFunc(r.table.Structs, func(a, b model.StructRow) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.table.Unions, func(a, b model.UnionRow) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.table.Names, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	return r.table, nil
}

// A reader collects the types that Update reaches.
type reader struct {
	scope  *types.Scope
	pkg    *types.Package
	source *source
	seen   map[string]bool
	table  model.Table
}

// named reads the type with the given name, and all types that it reaches.
func (r *reader) named(name string) error {
	if r.seen[name] {
		return nil
	}
	r.seen[name] = true
	object, ok := r.scope.Lookup(name).(*types.TypeName)
	if !ok {
		return fmt.Errorf("there is no type %s", name)
	}
	switch u := object.Type().Underlying().(type) {
	case *types.Struct:
		return r.structure(object, u)
	case *types.Interface:
		return r.union(object, u)
	default:
		r.table.Names = append(r.table.Names, [2]string{name, r.spell(u)})
		return r.reach(u)
	}
}

// reach reads the named types that a type is made of.
func (r *reader) reach(t types.Type) error {
	switch t := t.(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Bool, types.Int64, types.Float64, types.String:
			return nil
		}
	case *types.Pointer:
		return r.reach(t.Elem())
	case *types.Slice:
		return r.reach(t.Elem())
	case *types.Named:
		if t.Obj().Pkg() == r.pkg {
			return r.named(t.Obj().Name())
		}
	}
	return fmt.Errorf("the model does not support the type %s", t)
}

func (r *reader) spell(t types.Type) string { return types.TypeString(t, types.RelativeTo(r.pkg)) }

func (r *reader) structure(object *types.TypeName, s *types.Struct) error {
	row := model.StructRow{Name: object.Name()}
	for i := range s.NumFields() {
		v := s.Field(i)
		if v.Embedded() || !v.Exported() {
			return fmt.Errorf("%s.%s: the model does not support a field that is embedded or not exported", row.Name, v.Name())
		}
		name, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		doc := r.source.fieldDoc(row.Name, v.Name())
		f := model.FieldRow{
			Name: v.Name(), JSON: name, Type: r.spell(v.Type()),
			Optional: strings.HasPrefix(doc, "Optional. "),
			OnlyIn:   onlyIn(doc),
		}
		if f.Type == "string" {
			if f.Values = r.constants(row.Name + v.Name()); f.Values == nil {
				f.Values = listed(doc)
			}
		}
		if name == "" || options != "" && options != "omitempty" || f.Optional && options == "" {
			return fmt.Errorf("%s.%s: the model does not support the tag %q", row.Name, v.Name(), s.Tag(i))
		}
		row.Fields = append(row.Fields, f)
	}
	if decode := r.source.methods[row.Name+".UnmarshalJSON"]; decode != nil {
		row.Custom = true
		if err := checkUnmarshalJSON(decode, row, r.unionWithin); err != nil {
			return fmt.Errorf("%s.UnmarshalJSON: %w", row.Name, err)
		}
	} else if err := r.noUnion(s); err != nil {
		return fmt.Errorf("%s: %w", row.Name, err)
	}
	r.table.Structs = append(r.table.Structs, row)
	for i := range s.NumFields() {
		if err := r.reach(s.Field(i).Type()); err != nil {
			return fmt.Errorf("%s.%s: %w", row.Name, s.Field(i).Name(), err)
		}
	}
	return nil
}

// noUnion checks that a struct without an UnmarshalJSON holds no union, since encoding/json cannot decode one.
func (r *reader) noUnion(s *types.Struct) error {
	for i := range s.NumFields() {
		if union, _ := r.unionWithin(r.spell(s.Field(i).Type())); union != "" {
			return fmt.Errorf("field %s holds a union, and no UnmarshalJSON decodes it", s.Field(i).Name())
		}
	}
	return nil
}

// unionWithin returns the union if the type, spelled as in Go, is a union or a slice of one. Otherwise union is empty.
func (r *reader) unionWithin(text string) (union string, slice bool) {
	elem, slice := strings.CutPrefix(text, "[]")
	object, ok := r.scope.Lookup(elem).(*types.TypeName)
	if !ok {
		return "", false
	}
	switch u := object.Type().Underlying().(type) {
	case *types.Interface:
		return elem, slice
	case *types.Slice:
		if union, inner := r.unionWithin(r.spell(u.Elem())); !inner && !slice {
			return union, union != ""
		}
	}
	return "", false
}

// constants returns the values of the text constants whose names are the prefix and another word, in the order of their
// declaration.
func (r *reader) constants(prefix string) []string {
	var values []string
	for _, name := range r.source.constants {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || rest == "" || !ast.IsExported(rest) {
			continue
		}
		if value, ok := textConstant(r.scope.Lookup(name)); ok {
			values = append(values, value)
		}
	}
	return values
}
