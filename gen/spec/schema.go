package spec

import (
	"bytes"
	"encoding/json"
)

// Schema returns the JSON Schema (draft 7) of a spec, for editors. It describes what [Parse] accepts, as far as a schema can.
// It follows from the same description of the keys as Parse, and is the same in every call.
func Schema() []byte { return schemaOf(specShape(), "spec", "tggen spec") }

// IncludedSchema returns the JSON Schema (draft 7) of a file that a spec includes.
func IncludedSchema() []byte {
	return schemaOf(includedShape(), "an included file", "tggen included file")
}

// schemaOf is the schema whose root is the definition with the given name. Its parts are definitions.
func schemaOf[T any](shape shape[T], name, title string) []byte {
	defs := &definitions{}
	shape.schema(defs)
	root := schema{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", title},
	}
	var others schema
	for _, definition := range defs.all {
		if definition.name == name {
			root = append(root, definition.value.(schema)...)
		} else {
			others = append(others, definition)
		}
	}
	root = append(root, member{"definitions", others})

	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// Encoding fails only for values that JSON cannot hold, such as a function or NaN. A schema holds none.
	if err := encoder.Encode(root); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// A schema is a JSON object whose members keep their order.
type schema []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (s schema) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteByte('{')
	for i, member := range s {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encoder.Encode(member.name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := encoder.Encode(member.value); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// definitions are the named parts of a schema.
type definitions struct {
	all schema
}

// define returns a reference to a definition. It adds the definition when it is first used.
func (d *definitions) define(name string, build func() schema) schema {
	reference := schema{{"$ref", "#/definitions/" + name}}
	for _, definition := range d.all {
		if definition.name == name {
			return reference
		}
	}
	d.all = append(d.all, member{name, nil})
	i := len(d.all) - 1
	d.all[i].value = build()
	return reference
}
