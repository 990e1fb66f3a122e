package usercode

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strconv"
)

// encodings notes for each type why encoding/json cannot store a value of it, as far as the declarations of the package tell.
func (p *reader) encodings() {
	for name, t := range p.facts.Types {
		if d := p.declared[name]; d.typ != nil && !d.file.broken {
			t.NotJSON = (&encoding{reader: p}).named(name)
		}
	}
}

// An encoding looks for a part of a type that encoding/json cannot encode or decode. Its methods return what is wrong, after the name
// of the type, or nothing.
type encoding struct {
	*reader
	seen []string
}

// ownEncoding are the methods with which a type encodes itself.
var ownEncoding = []string{"MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText", "MarshalJSONTo", "UnmarshalJSONFrom"}

// named is what is wrong with a type of the package.
func (c *encoding) named(name string) string {
	t, d := c.facts.Types[name], c.declared[name]
	if d.typ == nil || d.typ.TypeParams != nil || t == nil && !d.typ.Assign.IsValid() {
		return ""
	}
	for _, seen := range c.seen {
		if seen == name {
			return ""
		}
	}
	c.seen = append(c.seen, name)
	if t != nil {
		for _, method := range ownEncoding {
			if _, has := t.Methods[method]; has {
				return ""
			}
		}
		if len(t.Embeds) > 0 {
			return "" // the methods may be those of an embedded type
		}
	}
	return c.expr(d.typ.Type)
}

// expr is what is wrong with the type that an expression is.
func (c *encoding) expr(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.ParenExpr:
		return c.expr(t.X)
	case *ast.StarExpr:
		return c.expr(t.X)
	case *ast.ArrayType:
		return c.expr(t.Elt)
	case *ast.MapType:
		if why := c.key(t.Key); why != "" {
			return why
		}
		return c.expr(t.Value)
	case *ast.FuncType:
		return "is a function"
	case *ast.ChanType:
		return "is a channel"
	case *ast.InterfaceType:
		if t.Methods != nil && len(t.Methods.List) > 0 {
			return "is an interface, and JSON does not say which type to decode"
		}
	case *ast.Ident:
		if _, own := c.declared[t.Name]; own {
			return c.named(t.Name)
		}
		if basic, ok := types.Universe.Lookup(t.Name).(*types.TypeName); ok {
			if b, ok := basic.Type().(*types.Basic); ok && b.Info()&types.IsComplex != 0 {
				return "is a complex number"
			}
			if t.Name == "error" {
				return "is an interface, and JSON does not say which type to decode"
			}
		}
	case *ast.StructType:
		return c.structType(t)
	}
	return ""
}

// key is what is wrong with the type of the keys of a map. In JSON they are texts, so they can be texts, whole numbers, and types that
// encode themselves.
func (c *encoding) key(e ast.Expr) string {
	const why = "is a map whose keys are neither texts nor whole numbers"
	for range c.declared { // a type that is declared as itself does not compile, and has no end
		name, ok := e.(*ast.Ident)
		if !ok {
			break
		}
		d, declared := c.declared[name.Name]
		if !declared {
			break
		}
		t := c.facts.Types[name.Name]
		if d.typ == nil || t == nil || len(t.Methods) > 0 || len(t.Embeds) > 0 {
			return ""
		}
		e = d.typ.Type
	}
	switch t := e.(type) {
	case *ast.StructType, *ast.ArrayType, *ast.InterfaceType, *ast.ChanType:
		return why
	case *ast.Ident:
		if name, ok := types.Universe.Lookup(t.Name).(*types.TypeName); ok {
			if b, ok := name.Type().Underlying().(*types.Basic); !ok || b.Info()&(types.IsString|types.IsInteger) == 0 {
				return why
			}
		}
	}
	return ""
}

// structType is what is wrong with a struct: a field that cannot be encoded, or none that would be.
func (c *encoding) structType(t *ast.StructType) string {
	exported := 0
	for _, field := range t.Fields.List {
		if len(field.Names) == 0 {
			return "" // embedded fields have rules of their own
		}
		ignored := false
		if field.Tag != nil {
			tag, err := strconv.Unquote(field.Tag.Value)
			ignored = err == nil && reflect.StructTag(tag).Get("json") == "-"
		}
		for _, name := range field.Names {
			if !name.IsExported() || ignored {
				continue
			}
			exported++
			if why := c.expr(field.Type); why != "" {
				return fmt.Sprintf("has the field %s, which %s", name.Name, why)
			}
		}
	}
	if exported == 0 && len(t.Fields.List) > 0 {
		return "has no exported fields, so nothing of it would be stored"
	}
	return ""
}
