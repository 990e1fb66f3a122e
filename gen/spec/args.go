package spec

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// arguments is the shape of the key args: a list of `name: type` pairs, or a mapping.
type arguments struct{}

func (arguments) read(p *parser, node *yaml.Node, to *[]Field) bool {
	const want = "a list of arguments"
	const hint = "write one - name: type on each line"
	var entries []yaml.Entry
	switch node.Kind {
	case yaml.Mapping:
		entries = node.Entries
	case yaml.Sequence:
		for _, item := range node.Items {
			switch {
			case item.Kind == yaml.Mapping && len(item.Entries) == 1:
				entries = append(entries, item.Entries[0])
			case item.Kind == yaml.Mapping:
				p.report(CodeWrongType, p.start(item), cmp.Or(namedArgument(item), hint), "expected one argument, found %d", len(item.Entries))
			default:
				hint := ""
				if item.Kind == yaml.String && fieldName.MatchString(item.Text) {
					hint = fmt.Sprintf("the argument needs a type: %s: string, or %[1]s: int64 for a number", shorten(item.Text))
				}
				if name, typ, found := strings.Cut(item.Text, ":"); found && fieldName.MatchString(strings.TrimSpace(name)) && len(item.Text) < 100 {
					hint = fmt.Sprintf("put the quotes around the type alone: %s: %q", strings.TrimSpace(name), strings.TrimSpace(typ))
				}
				p.wrongType(item, "name: type", hint)
			}
		}
	default:
		p.wrongType(node, want, cmp.Or(argumentsIn(node), hint))
		return false
	}
	if len(entries) == 0 {
		if len(node.Items) == 0 {
			p.report(CodeEmptyList, p.placeOf(node), "delete the key", "the list is empty; expected an argument")
		}
		return false
	}
	fields := &fieldList{p: p}
	for _, entry := range entries {
		if p.full {
			return false
		}
		if entry.Key.Kind == yaml.Invalid {
			continue
		}
		field := Field{}
		name := fields.name(valueAt(p.placeOf(entry.Key), entry.Key.Text), &field)
		value := entry.Value
		switch {
		case value.Kind == yaml.Null:
			p.report(CodeMissingValue, p.placeOf(entry.Key), "write "+shorten(entry.Key.Text)+": string", "the argument %s has no type", shorten(entry.Key.Text))
		case value.Kind != yaml.String:
			p.wrongType(value, "a type", listAsEnum(value))
		case p.fieldType(value, 0, len(value.Text), false, &field) && name:
			fields.order(&field)
			fields.fields = append(fields.fields, field)
		}
	}
	*to = fields.fields
	return true
}

// listAsEnum is the hint for a list of values in the place of a type. It is empty for any other value.
func listAsEnum(node *yaml.Node) string {
	values := make([]string, len(node.Items))
	for i, item := range node.Items {
		if values[i] = item.Text; !enumValue.MatchString(item.Text) || len(item.Text) > 40 {
			return ""
		}
	}
	if len(values) == 0 || len(values) > 20 {
		return ""
	}
	return "write enum(" + strings.Join(values, "|") + ")"
}

// namedArgument is the hint for an argument that is written as {name: item, type: int}. It is empty for any other mapping.
func namedArgument(node *yaml.Node) string {
	named := map[string]string{}
	for _, entry := range node.Entries {
		named[entry.Key.Text] = entry.Value.Text
	}
	if name := named["name"]; fieldName.MatchString(name) {
		return fmt.Sprintf("write %s: %s", shorten(name), cmp.Or(shorten(named["type"]), "string"))
	}
	return ""
}

// argumentsIn is the hint for arguments that are written as a text, such as "<item> [qty]". It is empty for any other value.
func argumentsIn(node *yaml.Node) string {
	if node.Kind != yaml.String || len(node.Text) > 200 {
		return ""
	}
	var all []string
	for _, word := range strings.FieldsFunc(node.Text, func(letter rune) bool { return letter == ' ' || letter == ',' }) {
		name := strings.Trim(word, "<>[]{}()")
		if !fieldName.MatchString(name) {
			return ""
		}
		optional := ""
		if strings.HasPrefix(word, "[") {
			optional = "?"
		}
		all = append(all, name+": string"+optional)
	}
	if len(all) == 0 {
		return ""
	}
	return "write a list with types: [" + strings.Join(all, ", ") + "]"
}

func (arguments) schema(*definitions) schema {
	pairs := func(rules ...member) schema {
		return append(schema{
			{"type", "object"},
			{"propertyNames", schema{{"pattern", fieldNamePattern}}},
			{"additionalProperties", schema{{"type", "string"}, {"pattern", argTypePattern}}},
			{"minProperties", 1},
		}, rules...)
	}
	return schema{{"anyOf", []any{
		schema{{"type", "array"}, {"minItems", 1}, {"items", pairs(member{"maxProperties", 1})}},
		pairs(),
	}}}
}

// A fieldList collects fields, and checks each against those before it.
type fieldList struct {
	p      *parser
	fields []Field
	// names holds every name so far, including the names of fields with mistakes.
	names map[string]String
}

// name checks the name of a field. It returns false if it has reported a mistake.
func (l *fieldList) name(name String, to *Field) bool {
	to.Name = name
	if !fieldName.MatchString(name.Value) {
		hint := "a name is a letter, followed by letters, digits and _"
		if better := strings.Trim(notInName.ReplaceAllString(name.Value, "_"), "_"); len(better) < 40 && fieldName.MatchString(better) {
			hint = "call it " + better
		}
		l.p.report(CodeBadField, placeOfValue(name), hint, "%s cannot be the name of a field", quote(name.Value))
		return false
	}
	if first, ok := l.names[name.Value]; ok {
		d := l.p.report(CodeDuplicateField, placeOfValue(name), "", "the name %s is used twice", shorten(name.Value))
		relate(d, first.Pos, "the first is here")
		return false
	}
	if l.names == nil {
		l.names = make(map[string]String)
	}
	l.names[name.Value] = name
	return true
}

// order checks that the field can come after the one before it, since arguments are read from left to right.
func (l *fieldList) order(field *Field) {
	if len(l.fields) == 0 {
		return
	}
	last := l.fields[len(l.fields)-1]
	var message string
	switch required := !field.Optional && field.Default == nil; {
	case last.Type.Kind == TypeRest:
		message = last.Name.Value + " takes the rest of the text, so nothing is left for " + field.Name.Value
	case required && (last.Optional || last.Default != nil):
		message = field.Name.Value + " is required, but " + last.Name.Value + " before it can be left out"
	default:
		return
	}
	l.p.report(CodeFieldOrder, placeOfValue(field.Name), "put it before "+last.Name.Value, "%s", message)
}
