package filter

import (
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// A Part is a part of an update that a query proves to be there: what the input of a handler holds under a name,
// never nil and never empty.
type Part struct {
	Name string // of the input's field: an exported Go identifier

	// Type is the part's type: for a union that the query narrows, or a slice of it, the concrete type.
	Type *model.Type

	// Field is the field of the payload that the part is, or is taken from; nil if it is the payload itself.
	Field *model.Field

	// Text is the field that the part's message entities are about, a text of the same payload; nil if the part are
	// no message entities.
	Text *model.Field

	// Filter says which elements of the slice the part has: those that meet any of these; nil if it has all. It
	// always has one at least.
	Filter []Test

	// Variant is the concrete type that the value of the field is asserted to, or, for a slice, each element that
	// the part has; nil if it keeps its type.
	Variant *model.Struct
}

// entity is the struct of message entities.
const entity = "MessageEntity"

// Parts are the parts that a query proves to be there: the payload of its kind, and then its field, if that may be
// missing. A flag is no part, since it tells nothing that the query does not, and neither is a field that every
// payload has.
func (q Query) Parts() []Part {
	parts := []Part{{Name: payloadName(q.Kind), Type: q.Kind.Field.Type}}
	if q.Field == nil || q.Field.Type.Shape == model.ShapeBool {
		return parts
	}
	base := q.Field.Type.Base()
	if !q.Field.Optional && base.Shape != model.ShapeUnion && !q.Field.Type.IsSlice() {
		return parts
	}
	part := Part{Name: q.Field.Name, Type: q.Field.Type, Field: q.Field}
	if q.Each {
		part.Filter = q.Tests
	}
	if base.Struct != nil && base.Struct.Name == entity {
		part.Name = "Entities"
		part.Text = textOf(q.Kind.Payload, q.Field)
	}
	if part.Variant = soleVariant(q.Tests); part.Variant != nil {
		part.Type = &model.Type{Shape: model.ShapeStruct, Struct: part.Variant}
		if q.Each {
			part.Type = &model.Type{Shape: model.ShapeSlice, Elem: part.Type}
		}
	}
	return append(parts, part)
}

// Shared are the parts that all of the queries prove, by name and type: what the input of a handler with several
// queries holds. The rest of each part, which says where it comes from, is that of the first query; an input is
// filled from the parts of the query that matched.
func Shared(queries []Query) []Part {
	var shared []Part
	for i, q := range queries {
		parts := q.Parts()
		if i == 0 {
			shared = parts
			continue
		}
		var both []Part
		for _, a := range shared {
			for _, b := range parts {
				if a.Name == b.Name && a.Type.String() == b.Type.String() && (a.Text == nil) == (b.Text == nil) {
					both = append(both, a)
				}
			}
		}
		shared = both
	}
	return shared
}

// payloadName names the payload of a kind in an input. What waits for an answer is a Query, and a payload that
// several kinds have is called after its type, so that a handler of them all has it.
func payloadName(kind *model.Kind) string {
	switch {
	case strings.HasSuffix(kind.Payload.Name, "Query"):
		return "Query"
	case kind.Shared:
		return strings.TrimSuffix(kind.Payload.Name, "Updated")
	}
	return kind.Field.Name
}

// textOf is the field that entities are about: text for entities, caption for caption_entities.
func textOf(payload *model.Struct, entities *model.Field) *model.Field {
	if entities.JSON == "entities" {
		return payload.Field("text")
	}
	return payload.Field(strings.TrimSuffix(entities.JSON, "_entities"))
}

// soleVariant is the variant that a union always is when it meets any of the tests; nil if it may be several.
func soleVariant(tests []Test) *model.Struct {
	if len(tests) != 1 || tests[0].Field != nil || tests[0].Check != CheckVariant {
		return nil
	}
	return tests[0].Variant
}
