// Package load reads a [model.Table] off the source of gotgbot.
//
// The types give the fields. What they do not say, gotgbot's source does: which struct a union decodes to is in the
// bodies of functions such as unmarshalMessageOrigin, and which texts a field may hold is in constants and
// comments. What the loader does not understand there is an error and not a guess.
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

// Load reads the gotgbot that the module of the directory dir depends on, as far as Update reaches.
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

// Read makes the table of a package that was loaded with its syntax and types.
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

// A reader collects the types that it meets.
type reader struct {
	scope  *types.Scope
	pkg    *types.Package
	source *source
	seen   map[string]bool
	table  model.Table
}

// named reads the type of the given name, and what it reaches.
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

// reach reads the named types inside a type.
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
	return fmt.Errorf("the model has no place for the type %s", t)
}

func (r *reader) spell(t types.Type) string { return types.TypeString(t, types.RelativeTo(r.pkg)) }

func (r *reader) structure(object *types.TypeName, s *types.Struct) error {
	row := model.StructRow{Name: object.Name(), Doc: firstSentence(r.source.typeDoc(object.Name()))}
	for i := range s.NumFields() {
		v := s.Field(i)
		if v.Embedded() || !v.Exported() {
			return fmt.Errorf("%s.%s: the model has no place for a field that is embedded or not exported", row.Name, v.Name())
		}
		name, options, _ := strings.Cut(reflect.StructTag(s.Tag(i)).Get("json"), ",")
		doc := r.source.fieldDoc(row.Name, v.Name())
		f := model.FieldRow{
			Name: v.Name(), JSON: name, Type: r.spell(v.Type()), Doc: firstSentence(doc),
			Optional:  strings.HasPrefix(doc, optional),
			OmitEmpty: options == "omitempty",
			OnlyIn:    onlyIn(doc),
		}
		if f.Type == "string" {
			if f.Values = r.constants(row.Name + v.Name()); f.Values == nil {
				f.Values = listed(doc)
			}
		}
		if name == "" || options != "" && options != "omitempty" || f.Optional && !f.OmitEmpty {
			return fmt.Errorf("%s.%s: the model has no place for the tag %q", row.Name, v.Name(), s.Tag(i))
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

// noUnion checks that a struct that encoding/json decodes by itself holds no union, for which it would fail.
func (r *reader) noUnion(s *types.Struct) error {
	for i := range s.NumFields() {
		if union, _ := r.unionWithin(r.spell(s.Field(i).Type())); union != "" {
			return fmt.Errorf("field %s holds a union, and no UnmarshalJSON decodes it", s.Field(i).Name())
		}
	}
	return nil
}

// unionWithin is the union that a type, spelled as in Go, is, or is a slice of; or else the empty text.
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

// constants are the values of the text constants whose names begin with a prefix and go on with a word, in the
// order of their declaration.
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
