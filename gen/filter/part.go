package filter

import (
	"strings"

	"github.com/tggen/tggen/gen/model"
)

// A Part is a part of an update that is certain to be there if a query matches. It becomes a field of the handler's input,
// and is never nil and never empty.
type Part struct {
	Name string // of the input's field: an exported Go identifier

	// Type is the type of the part. If the query narrows a union to one variant, that is the variant, or a slice of it.
	Type *model.Type

	// Field is the field of the payload that holds the part. Nil if the part is the payload itself.
	Field *model.Field

	// Text is the text field of the payload that the entities belong to, if the part is a list of message entities.
	// Otherwise nil.
	Text *model.Field

	// Filter selects the elements of a slice: the part has those that meet any of these tests, and there is at least
	// one. Nil: the part has all elements.
	Filter []Test

	// Variant is the concrete type to which the field's value, or each selected element of a slice, is asserted. Nil: no
	// assertion.
	Variant *model.Struct
}

// entity is the name of the struct of message entities.
const entity = "MessageEntity"

// Parts returns the parts that are certain to be there if the query matches: the payload of its kind, and then its field if
// other payloads can lack it. A flag is not a part, because the query already says what it is. A field that every payload has
// is not a part either.
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

// Shared returns the parts, by name and type, that all of the queries have in common. They are the fields of the input of a
// handler with several queries. The other fields of each part, which say where it comes from, are those of the first query;
// generated code fills an input from the parts of the query that matched.
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

// payloadName returns the name of a kind's payload in an input. A payload that waits for an answer is named Query. A payload
// type that several kinds share has one name for all of them, so that a handler of them all has the field.
func payloadName(kind *model.Kind) string {
	switch {
	case strings.HasSuffix(kind.Payload.Name, "Query"):
		return "Query"
	case kind.Shared:
		return strings.TrimSuffix(kind.Payload.Name, "Updated")
	}
	return kind.Field.Name
}

// textOf returns the text field that a field of entities belongs to: text for entities, caption for caption_entities.
func textOf(payload *model.Struct, entities *model.Field) *model.Field {
	if entities.JSON == "entities" {
		return payload.Field("text")
	}
	return payload.Field(strings.TrimSuffix(entities.JSON, "_entities"))
}

// soleVariant returns the variant of a union that meets any of the tests, if only one variant can. Otherwise nil.
func soleVariant(tests []Test) *model.Struct {
	if len(tests) != 1 || tests[0].Field != nil || tests[0].Check != CheckVariant {
		return nil
	}
	return tests[0].Variant
}
