package model

import (
	"fmt"
	"strings"
)

// A Shape is the form of a [Type].
type Shape uint8

// The shapes. From ShapeSlice on, a [Type] has another field that completes it.
const (
	ShapeBool Shape = iota + 1
	ShapeInt64
	ShapeFloat64
	ShapeString
	ShapeSlice   // of Elem
	ShapePointer // to Elem, which is always a struct or a basic type
	ShapeStruct  // Struct
	ShapeUnion   // Union
	ShapeName    // Name
)

// A Type is the type of a field.
type Type struct {
	Shape  Shape
	Elem   *Type
	Struct *Struct
	Union  *Union
	Name   *Name
}

var basics = map[string]Shape{"bool": ShapeBool, "int64": ShapeInt64, "float64": ShapeFloat64, "string": ShapeString}

// parse reads a type as the table spells it.
func (a *API) parse(text string) *Type {
	if rest, ok := strings.CutPrefix(text, "[]"); ok {
		return &Type{Shape: ShapeSlice, Elem: a.parse(rest)}
	}
	if rest, ok := strings.CutPrefix(text, "*"); ok {
		return &Type{Shape: ShapePointer, Elem: a.parse(rest)}
	}
	if shape, ok := basics[text]; ok {
		return &Type{Shape: shape}
	}
	if s := a.structs[text]; s != nil {
		return &Type{Shape: ShapeStruct, Struct: s}
	}
	if u := a.unions[text]; u != nil {
		return &Type{Shape: ShapeUnion, Union: u}
	}
	if n := a.names[text]; n != nil {
		return &Type{Shape: ShapeName, Name: n}
	}
	panic(fmt.Sprintf("model: the table names the type %q and does not hold it", text))
}

// String returns the type as Go spells it inside gotgbot: "[]*Message".
func (t *Type) String() string { return t.Go("") }

// Go returns the type as Go spells it in a file that imports gotgbot under the given name: "[]*gotgbot.Message". If the
// name is empty, the type has no qualifier.
func (t *Type) Go(qualifier string) string {
	if qualifier != "" && !strings.HasSuffix(qualifier, ".") {
		qualifier += "."
	}
	switch t.Shape {
	case ShapeSlice:
		return "[]" + t.Elem.Go(qualifier)
	case ShapePointer:
		return "*" + t.Elem.Go(qualifier)
	case ShapeStruct:
		return qualifier + t.Struct.Name
	case ShapeUnion:
		return qualifier + t.Union.Name
	case ShapeName:
		return qualifier + t.Name.Name
	case ShapeBool:
		return "bool"
	case ShapeInt64:
		return "int64"
	case ShapeFloat64:
		return "float64"
	case ShapeString:
		return "string"
	}
	panic(fmt.Sprintf("model: a type of shape %d", t.Shape))
}

// Base returns the type without its pointers, slices and names: MessageEntity for "[]MessageEntity", RichBlock for
// "RichBlockArray".
func (t *Type) Base() *Type {
	switch t.Shape {
	case ShapeSlice, ShapePointer:
		return t.Elem.Base()
	case ShapeName:
		return t.Name.Underlying.Base()
	}
	return t
}

// IsSlice reports whether the type is a slice or a named slice type.
func (t *Type) IsSlice() bool {
	return t.Shape == ShapeSlice || t.Shape == ShapeName && t.Name.Underlying.IsSlice()
}

// structOf returns the struct if the type is a struct or a pointer to one; otherwise nil.
func (t *Type) structOf() *Struct {
	if t.Shape == ShapePointer {
		t = t.Elem
	}
	return t.Struct
}
