package spec

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// A Find is something that a handler needs and that a method of Handlers looks for. If the method does not find it, the next
// handler is tried.
type Find struct {
	// Name is a letter, followed by letters, digits and _. No other find of the handler has it.
	Name String
	// Type is the Go type of what is found: a type of the author's package or a basic type, or pointers to or slices of one.
	Type String
}

// Conditional reports whether the handler may leave an update that its trigger matches to the next handler, because a
// predicate does not hold, because a session is in another state or has no key, or because a find does not find anything.
func (h *Handler) Conditional() bool {
	return len(h.Where) > 0 || len(h.Find) > 0 || len(h.State) > 0 || len(h.Session) > 0
}

// findTypePattern is the form of the type of a find. TypeName is its last part.
const findTypePattern = `^(\*|\[\])*[A-Za-z_][A-Za-z0-9_]*$`

var findTypeRegexp = regexp.MustCompile(findTypePattern)

// typeNameRegexp finds the name in the type of a find.
var typeNameRegexp = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*$`)

// TypeName is the name in the type of the find: Note for []*Note.
func (f Find) TypeName() string { return typeNameRegexp.FindString(f.Type.Value) }

// Method is the name of the method that looks for it, at the place of the find: FindNote.
func (f Find) Method() String {
	m := f.Name
	m.Value = "Find" + GoName(f.Name.Value)
	return m
}

// GoName is a name of the spec as an exported Go identifier: item_id is ItemID.
func GoName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		switch upper := strings.ToUpper(word); {
		case word == "":
		case slices.Contains([]string{"ID", "URL", "API"}, upper):
			b.WriteString(upper)
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	if b.Len() == 0 {
		return "X"
	}
	return b.String()
}

// finds is the shape of the key find: a list of `name: type` pairs, or a mapping.
type finds struct{}

func (finds) read(p *parser, node *yaml.Node, to *[]Find) bool {
	entries, ok := findEntries(p, node)
	if !ok {
		return false
	}
	names := &fieldList{p: p}
	for _, entry := range entries {
		if p.full {
			return false
		}
		if entry.Key.Kind == yaml.Invalid {
			continue
		}
		var field Field
		name := names.name(valueAt(p.placeOf(entry.Key), entry.Key.Text), &field)
		value := entry.Value
		switch {
		case value.Kind == yaml.Null:
			p.report(CodeMissingValue, p.placeOf(entry.Key), "write "+shorten(entry.Key.Text)+": Note, with a type of your package",
				"the find %s has no type", shorten(entry.Key.Text))
		case value.Kind != yaml.String:
			p.wrongType(value, "a type", "")
		case !findTypeRegexp.MatchString(value.Text) || token.IsKeyword(value.Text):
			p.report(CodeBadType, p.placeOf(value),
				"write a type of your package, or a basic type; for a type of another package, declare one: type Note = store.Note",
				"%s is not a type that can be found", quote(value.Text))
		case name:
			*to = append(*to, Find{Name: field.Name, Type: valueAt(p.placeOf(value), value.Text)})
		}
	}
	return true
}

// findEntries are the pairs of a list of mappings with one key, or of a mapping.
func findEntries(p *parser, node *yaml.Node) (entries []yaml.Entry, ok bool) {
	const hint = "write find: [note: Note], with a type of your package"
	switch node.Kind {
	case yaml.Mapping:
		entries = node.Entries
	case yaml.Sequence:
		for _, item := range node.Items {
			if item.Kind != yaml.Mapping || len(item.Entries) != 1 {
				p.wrongType(item, "name: type", hint)
				continue
			}
			entries = append(entries, item.Entries[0])
		}
	default:
		p.wrongType(node, "a list of finds", hint)
		return nil, false
	}
	if len(entries) == 0 && len(node.Items) == 0 {
		p.report(CodeEmptyList, p.placeOf(node), "delete the key", "the list is empty; expected a find")
	}
	return entries, len(entries) > 0
}

func (finds) schema(*definitions) schema {
	pairs := func(rules ...member) schema {
		return append(schema{
			{"type", "object"},
			{"propertyNames", schema{{"pattern", fieldNamePattern}}},
			{"additionalProperties", schema{{"type", "string"}, {"pattern", findTypePattern}}},
			{"minProperties", 1},
		}, rules...)
	}
	return schema{{"anyOf", []any{
		schema{{"type", "array"}, {"minItems", 1}, {"items", pairs(member{"maxProperties", 1})}},
		pairs(),
	}}}
}
