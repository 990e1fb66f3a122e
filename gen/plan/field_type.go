package plan

import (
	"strconv"

	"github.com/tggen/tggen/gen/spec"
)

// A fieldType is what the generator knows about a type of arguments and callback fields. This is the only table of its
// kind: code is generated from it, sizes and clashes of callback data are proved with it, and package explain reads
// updates with it.
type fieldType struct {
	parser   string // the function of the runtime that reads a value
	appender string // the function of the runtime that writes a value into callback data
	longest  int    // the most bytes that appender writes; 0 for texts and enums, where the field decides
	// written accepts what appender writes, read what parser takes. Texts have neither: see textField and verbatimField.
	written, read func(f *spec.Field) fragment
}

var fieldTypes = map[spec.TypeKind]fieldType{
	spec.TypeString:   {parser: "Text", appender: "AppendField"},
	spec.TypeRest:     {parser: "Text", appender: "AppendField"},
	spec.TypeWord:     {parser: "Word", appender: "AppendChecked"},
	spec.TypeInt:      {"Int", "AppendInt", len("-9223372036854775808"), writtenInt, readInt},
	spec.TypeInt64:    {"Int64", "AppendInt", len("-9223372036854775808"), writtenInt, readInt},
	spec.TypeFloat64:  {"Float64", "AppendFloat64", len("-2.2250738585072014e-308"), writtenFloat, readFloat},
	spec.TypeBool:     {"Bool", "AppendBool", len("1"), writtenBool, readBool},
	spec.TypeDuration: {"Duration", "AppendDuration", len("-9223372036854775807ns"), writtenDuration, readDuration},
	spec.TypeEnum:     {parser: "OneOf", appender: "AppendField", written: enumValues, read: enumValues},
}

// Parser is the name of the runtime's function that reads a value of the type from text. OneOf also takes the values
// of the enum, TextUpTo and Word the bound, Verbatim the bound and the excluded characters, and IntBetween the range.
func Parser(t spec.Type) string {
	switch {
	case t.Excluded.IsSet():
		return "Verbatim"
	case t.Range.IsSet():
		return "IntBetween"
	case t.MaxBytes.IsSet() && t.Kind != spec.TypeWord:
		return "TextUpTo"
	}
	return fieldTypes[t.Kind].parser
}

// Appender is the name of the runtime's function that writes a value of the field into callback data. AppendField and
// AppendPresent also take the literal that follows the field. AppendChecked and AppendCheckedPresent also take the name of
// the field and its parser, and can fail.
func Appender(f *spec.Field) string {
	switch {
	case f.Type.Verbatim() && (f.Optional || f.Default != nil && f.Default.Text != ""):
		return "AppendCheckedPresent" // it refuses the empty text, which would be read as an absent one
	case f.Type.Verbatim():
		return "AppendChecked"
	case isText(f) && Omissible(f):
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
	return (f.Type.Kind == spec.TypeString || f.Type.Kind == spec.TypeRest) && !f.Type.Verbatim()
}

// longestNumber is the most bytes that a value of the field takes in callback data. The field is neither a text nor a
// word.
func longestNumber(f *spec.Field) int {
	if numbers := f.Type.Range; numbers.IsSet() {
		return max(len(strconv.FormatInt(numbers.Value.Low, 10)), len(strconv.FormatInt(numbers.Value.High, 10)))
	}
	longest := fieldTypes[f.Type.Kind].longest
	for _, v := range f.Type.Enum {
		longest = max(longest, len(v.Value))
	}
	return longest
}
