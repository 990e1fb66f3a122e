package plan

import (
	"github.com/tggen/tggen/gen/spec"
)

// A fieldType is what the generator knows about a type of arguments and callback fields. This is the only table of its
// kind: code is generated from it, sizes and clashes of callback data are proved with it, and package explain reads
// updates with it.
type fieldType struct {
	parser   string // the function of the runtime that reads a value
	appender string // the function of the runtime that writes a value into callback data
	longest  int    // the most bytes that appender writes; 0 for texts and enums, where the field decides
	// written accepts what appender writes, read what parser takes. Texts have neither: see textField.
	written, read func(f *spec.Field) fragment
}

var fieldTypes = map[spec.TypeKind]fieldType{
	spec.TypeString:   {parser: "Text", appender: "AppendField"},
	spec.TypeRest:     {parser: "Text", appender: "AppendField"},
	spec.TypeInt:      {"Int", "AppendInt", len("-9223372036854775808"), writtenInt, readInt},
	spec.TypeInt64:    {"Int64", "AppendInt", len("-9223372036854775808"), writtenInt, readInt},
	spec.TypeFloat64:  {"Float64", "AppendFloat64", len("-2.2250738585072014e-308"), writtenFloat, readFloat},
	spec.TypeBool:     {"Bool", "AppendBool", len("1"), writtenBool, readBool},
	spec.TypeDuration: {"Duration", "AppendDuration", len("-9223372036854775807ns"), writtenDuration, readDuration},
	spec.TypeEnum:     {parser: "OneOf", appender: "AppendField", written: enumValues, read: enumValues},
}

// Parser is the name of the runtime's function that reads a value of the type from text. OneOf also takes the values
// of the enum, and TextUpTo also takes the bound.
func Parser(t spec.Type) string {
	if t.MaxBytes.IsSet() {
		return "TextUpTo"
	}
	return fieldTypes[t.Kind].parser
}

// Appender is the name of the runtime's function that writes a value of the field into callback data. AppendField and
// AppendPresent also take the literal that follows the field.
func Appender(f *spec.Field) string {
	if isText(f) && Omissible(f) {
		return "AppendPresent" // it tells the empty text from an absent one
	}
	return fieldTypes[f.Type.Kind].appender
}

// Omissible reports whether the field may be left out.
func Omissible(f *spec.Field) bool { return f.Optional || f.Default != nil }

// NextLiteral is the literal that follows the part at index i of a pattern. It is empty if the part is the last one.
func NextLiteral(c *spec.Callback, i int) string {
	if i == len(c.Parts)-1 {
		return ""
	}
	return c.Parts[i+1].Literal.Value
}

// isText reports whether a value of the field is text of the author's choice, which callback data escapes.
func isText(f *spec.Field) bool {
	return f.Type.Kind == spec.TypeString || f.Type.Kind == spec.TypeRest
}

// longestField is the most bytes that a value of the field takes in callback data. The field is not a text.
func longestField(f *spec.Field) int {
	longest := fieldTypes[f.Type.Kind].longest
	for _, v := range f.Type.Enum {
		longest = max(longest, len(v.Value))
	}
	return longest
}
