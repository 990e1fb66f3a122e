package model

import (
	"fmt"
	"strings"
)

// A Shape says what a [Type] is made of.
type Shape uint8

// The shapes. Those from ShapeSlice on have more to say, in the other fields of a [Type].
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

// String is the type as Go spells it inside gotgbot: "[]*Message".
func (t *Type) String() string { return t.Go("") }

// Go is the type as Go spells it in a file that imports gotgbot under the given name: "[]*gotgbot.Message". An
// empty name leaves the qualifier out.
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

// Base is the type without pointers, slices and names around it: MessageEntity for "[]MessageEntity", RichBlock
// for "RichBlockArray".
func (t *Type) Base() *Type {
	switch t.Shape {
	case ShapeSlice, ShapePointer:
		return t.Elem.Base()
	case ShapeName:
		return t.Name.Underlying.Base()
	}
	return t
}

// IsSlice reports whether the type is a slice, perhaps under a name.
func (t *Type) IsSlice() bool {
	return t.Shape == ShapeSlice || t.Shape == ShapeName && t.Name.Underlying.IsSlice()
}

// Comparable reports whether Go's == applies to values of the type.
func (t *Type) Comparable() bool {
	switch t.Shape {
	case ShapeSlice:
		return false
	case ShapeName:
		return t.Name.Underlying.Comparable()
	case ShapeStruct:
		for _, f := range t.Struct.Fields {
			if !f.Type.Comparable() {
				return false
			}
		}
	}
	return true
}

// structOf is the struct that the type is, or points to; nil for all others.
func (t *Type) structOf() *Struct {
	if t.Shape == ShapePointer {
		t = t.Elem
	}
	return t.Struct
}
