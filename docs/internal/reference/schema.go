package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tggen/tggen/docs/internal/page"
	"github.com/tggen/tggen/gen/spec"
)

// A schema is a JSON Schema, as far as those of the spec go.
type schema struct {
	Description          string          `json:"description"`
	Default              json.RawMessage `json:"default"`
	Const                json.RawMessage `json:"const"`
	Enum                 []string        `json:"enum"`
	Type                 string          `json:"type"`
	Minimum, Maximum     *json.Number
	Reference            string `json:"$ref"`
	AnyOf                []*schema
	Items                *schema
	AdditionalProperties json.RawMessage
	Required             []string
	Properties           members
	Definitions          members
}

// members are the members of an object in the order of the text.
type members []member

type member struct {
	name string
	schema
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *members) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		one := member{name: fmt.Sprint(name)}
		if err := decoder.Decode(&one.schema); err != nil {
			return err
		}
		*m = append(*m, one)
	}
	return nil
}

// A specWriter writes the page about the spec.
type specWriter struct {
	*writer
	root schema
	// mappings are the sections: the definitions that are mappings.
	mappings map[string]bool
}

const specIntro = `A spec is a file in YAML that says what a bot reacts to. It has the name ` + "`spec.yaml`" + `, and it is in the folder of the bot's
package. [Your editor](../start/first-bot.md#your-editor) checks it and completes what you type. ` + "`go tool tggen init -template full`" + `
writes a spec that shows every key, with comments.

YAML is read as version 1.2 defines it, without anchors, aliases, merge keys and tags: ` + "`no` and `on`" + ` are texts. A key that does not
exist, and a key that stands twice, are errors. [Diagnostics](diagnostics.md) lists all errors.`

func specPage(context.Context, Source) (string, error) {
	w := specWriter{writer: newPage("The spec", specIntro), mappings: make(map[string]bool)}
	if err := json.Unmarshal(spec.Schema(), &w.root); err != nil {
		return "", err
	}
	for _, d := range w.root.Definitions {
		w.mappings[d.name] = len(d.Properties) > 0
	}
	w.section("The spec itself", "", w.root)
	// The mappings that an author meets first come first.
	for _, name := range []string{"handler", "group"} {
		w.section(title(name), name, w.find(name))
	}
	for _, d := range w.root.Definitions {
		if w.mappings[d.name] && d.name != "handler" && d.name != "group" {
			w.section(title(d.name), d.name, d.schema)
		}
	}
	var included schema
	if err := json.Unmarshal(spec.IncludedSchema(), &included); err != nil {
		return "", err
	}
	w.section(title("included file"), "included file", included)
	w.add("## Values\n")
	w.table("value", "how it is written")
	for _, d := range w.root.Definitions {
		if !w.mappings[d.name] && d.Description != "" {
			w.row(d.name, prose(d.Description))
		}
	}
	return w.String(), nil
}

// title is the heading of the section about a mapping. It differs from that of a key of the same name.
func title(name string) string {
	if name == "handler" || name == "group" || name == "included file" {
		return article(name)
	}
	return "The mapping `" + name + "`"
}

func article(name string) string {
	if strings.Contains("aeiou", name[:1]) {
		return "An " + name
	}
	return "A " + name
}

func (w specWriter) find(name string) schema {
	for _, d := range w.root.Definitions {
		if d.name == name {
			return d.schema
		}
	}
	return schema{}
}

// section writes a mapping and its keys. name is empty for the spec.
func (w specWriter) section(heading, name string, s schema) {
	w.add("## %s\n\n%s\n", heading, prose(s.Description))
	links := make([]string, len(s.Properties))
	for i, key := range s.Properties {
		links[i] = "[" + prose(key.name) + "](#" + page.Anchor(keyHeading(name, key.name), map[string]int{}) + ")"
	}
	w.add("Keys: %s.\n", strings.Join(links, ", "))
	for _, key := range s.Properties {
		w.add("### %s\n", keyHeading(name, key.name))
		what := upper(w.value(&key.schema)) + "."
		for _, required := range s.Required {
			if required == key.name {
				what += " Required."
			}
		}
		if len(key.Default) > 0 {
			what += " Default: `" + strings.Trim(string(key.Default), `"`) + "`."
		}
		w.add("%s\n\n%s\n", what, prose(key.Description))
	}
}

// keyHeading is the heading of a key. The name of the mapping keeps the anchors of equal keys apart.
func keyHeading(mapping, key string) string {
	if mapping == "" {
		return "`" + key + "`"
	}
	return "`" + mapping + ": " + key + "`"
}

func upper(text string) string {
	switch {
	case text == "" || text[0] == '`' || strings.HasPrefix(text, "tggen "):
		return text
	case text[0] == '[':
		return "[" + upper(text[1:])
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// value says what a value is.
func (w specWriter) value(s *schema) string {
	switch {
	case s.Reference != "":
		name := strings.TrimPrefix(s.Reference, "#/definitions/")
		if w.mappings[name] {
			return "[a mapping](#" + page.Anchor(title(name), map[string]int{}) + ")"
		}
		definition := w.find(name)
		if len(definition.AnyOf) > 0 {
			return w.value(&definition)
		}
		if name == "method" {
			return "the name of a method"
		}
		return strings.ToLower(article(name))
	case len(s.AnyOf) > 0:
		return w.either(s.AnyOf)
	case len(s.Const) > 0:
		return "`" + string(bytes.Trim(s.Const, `"`)) + "`"
	case len(s.Enum) > 0:
		return "`" + strings.Join(s.Enum, "`, `") + "`"
	}
	switch s.Type {
	case "integer", "number":
		what := "a number"
		if s.Type == "integer" {
			what = "a whole number"
		}
		if s.Minimum != nil && s.Maximum != nil {
			what += " from " + s.Minimum.String() + " to " + s.Maximum.String()
		}
		return what
	case "boolean":
		return "`true` or `false`"
	case "array":
		if s.Items.Reference != "" {
			name := strings.TrimPrefix(s.Items.Reference, "#/definitions/")
			if w.mappings[name] {
				return "a list of [" + name + "s](#" + page.Anchor(title(name), map[string]int{}) + ")"
			}
		}
		return "a list"
	case "object":
		return "a mapping"
	}
	return "a text"
}

// either joins alternatives. A value and a list of such values are one alternative.
func (w specWriter) either(all []*schema) string {
	var texts []string
	for _, s := range all {
		text := w.value(s)
		if n := len(texts); n > 0 && texts[n-1] == text {
			continue
		}
		texts = append(texts, text)
	}
	if n := len(texts); n > 1 {
		last := texts[n-1]
		if last == "a list" && n == 2 {
			last = "a list of such values"
		}
		return strings.Join(texts[:n-1], ", ") + ", or " + last
	}
	return texts[0]
}
