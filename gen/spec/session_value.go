package spec

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// stateValue is a state: its name, or a mapping from its name to its fields or to its keys.
type stateValue struct{}

var stateName = method{what: "a state", list: true}

func (stateValue) read(p *parser, node *yaml.Node, to *State) bool {
	if node.Kind != yaml.Mapping {
		return stateName.read(p, node, &to.Name)
	}
	if len(node.Entries) != 1 {
		hint := "begin each state with a dash of its own"
		if len(node.Entries) > 0 && node.Entries[0].Key.Text == "name" {
			hint = "write the name as the key: " + cmp.Or(shorten(node.Entries[0].Value.Text), "AskName") + ": {after: 10m, to: Idle}"
		}
		p.report(CodeWrongType, p.start(node), hint, "expected one state, found %d", len(node.Entries))
		return false
	}
	entry := node.Entries[0]
	if entry.Key.Kind == yaml.Invalid || !stateName.read(p, entry.Key, &to.Name) {
		return false
	}
	name := to.Name
	switch value := entry.Value; value.Kind {
	case yaml.Sequence:
		sessionFields{}.read(p, value, &to.Fields)
	case yaml.Mapping:
		stateShape().read(p, value, to)
	case yaml.Null:
		p.report(CodeMissingValue, p.placeOf(entry.Key), "for a state without fields, delete the colon", "the state %s has no fields after the colon", shorten(entry.Key.Text))
	default:
		p.wrongType(value, "fields", "write a list: "+shorten(entry.Key.Text)+": [name: string]")
	}
	to.Name = name // a state whose fields are wrong is still a state, so that what names it is not reported as well
	return true
}

func (stateValue) schema(defs *definitions) schema {
	long := func() schema {
		return schema{{"anyOf", []any{sessionFields{}.schema(defs), stateShape().schema(defs)}}}
	}
	return schema{{"anyOf", []any{
		method{}.schema(defs),
		schema{{"type", "object"}, {"minProperties", 1}, {"maxProperties", 1}, {"propertyNames", schema{{"pattern", methodPattern}}}, {"additionalProperties", long()}},
	}}}
}

// sessionKey is the key of a session: a constraint that is not none.
type sessionKey struct{}

func (sessionKey) read(p *parser, node *yaml.Node, to *Constraint) bool {
	if node.Kind == yaml.String && node.Text == ConstraintNone {
		p.report(CodeBadConstraint, p.placeOf(node), "write chat, user, chat_user or topic", "a session needs a key: with none, all would share one session")
		return false
	}
	return constraintName{}.read(p, node, to)
}

func (sessionKey) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{schema{{"enum", builtInConstraints[:len(builtInConstraints)-1]}}, method{}.schema(defs)}}}
}

// stateRef is a state of a session: Signup.AskName, or "Signup.*". In the short form, the name of the state alone is allowed.
type stateRef struct{ short bool }

const (
	stateRefPattern  = `^[A-Z][A-Za-z0-9_]*\.([A-Z][A-Za-z0-9_]*|\*)$`
	targetRefPattern = `^([A-Z][A-Za-z0-9_]*\.)?[A-Z][A-Za-z0-9_]*$`
)

var (
	stateRefRegexp  = regexp.MustCompile(stateRefPattern)
	targetRefRegexp = regexp.MustCompile(targetRefPattern)
)

func (r stateRef) read(p *parser, node *yaml.Node, to *StateRef) bool {
	form, example := stateRefRegexp, `write the session and the state, such as Signup.AskName, or "Signup.*" for any state but the first`
	if r.short {
		form, example = targetRefRegexp, "write the name of the state, such as AskName"
	}
	if node.Kind != yaml.String {
		p.wrongType(node, "a state", example)
		return false
	}
	if !form.MatchString(node.Text) {
		p.report(CodeBadState, p.placeOf(node), cmp.Or(r.hint(node.Text), example), "%s is not a state", quote(node.Text))
		return false
	}
	to.Text = valueAt(p.placeOf(node), node.Text)
	dot := strings.IndexByte(node.Text, '.')
	if dot >= 0 {
		to.Session = p.textIn(node, 0, dot)
	}
	to.State = p.textIn(node, dot+1, len(node.Text))
	return true
}

// hint says how to write what people write for a state. It may be empty.
func (r stateRef) hint(text string) string {
	form := stateRefRegexp
	if r.short {
		form = targetRefRegexp
	}
	if all := parts(text, form); all != nil {
		return writeList(all)
	}
	for _, separator := range []string{":", "/", "=", "#"} {
		if better := strings.Replace(text, separator, ".", 1); form.MatchString(better) {
			return "write " + better
		}
	}
	switch {
	case text == "*":
		return `name the session: "Signup.*" is any state but the first`
	case r.short && strings.HasSuffix(text, ".*"):
		return "name each state that the handler may go to"
	case methodRegexp.MatchString(text):
		return "name the session, too: Signup." + shorten(text)
	case targetRefRegexp.MatchString(camelCase(text)):
		return "call it " + camelCase(text)
	}
	return ""
}

func (r stateRef) schema(*definitions) schema {
	if r.short {
		return schema{{"type", "string"}, {"pattern", targetRefPattern}}
	}
	return schema{{"type", "string"}, {"pattern", stateRefPattern}}
}

// sessionFields is the shape of the key fields: a list of `name: type` pairs, or a mapping.
type sessionFields struct{}

func (sessionFields) read(p *parser, node *yaml.Node, to *[]SessionField) bool {
	entries, ok := sessionFieldEntries(p, node)
	if !ok {
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
		var field SessionField
		name := fields.name(valueAt(p.placeOf(entry.Key), entry.Key.Text), &field.Field)
		switch value := entry.Value; {
		case value.Kind == yaml.Null:
			p.report(CodeMissingValue, p.placeOf(entry.Key), "write "+shorten(entry.Key.Text)+": string", "the field %s has no type", shorten(entry.Key.Text))
		case value.Kind != yaml.String:
			p.wrongType(value, "a type", "")
		case p.sessionType(value, &field) && name:
			*to = append(*to, field)
		}
	}
	return true
}

// sessionFieldEntries are the pairs of a list of mappings with one key, or of a mapping.
func sessionFieldEntries(p *parser, node *yaml.Node) (entries []yaml.Entry, ok bool) {
	const hint = "write a list, such as [name: string, age: int]"
	switch node.Kind {
	case yaml.Mapping:
		entries = node.Entries
	case yaml.Sequence:
		for _, item := range node.Items {
			if item.Kind != yaml.Mapping || len(item.Entries) != 1 {
				hint := hint
				if item.Kind == yaml.String && fieldName.MatchString(item.Text) {
					hint = fmt.Sprintf("the field needs a type: %s: string", shorten(item.Text))
				}
				p.wrongType(item, "name: type", hint)
				continue
			}
			entries = append(entries, item.Entries[0])
		}
	default:
		p.wrongType(node, "a list of fields", hint)
		return nil, false
	}
	if len(entries) == 0 && len(node.Items) == 0 {
		p.report(CodeEmptyList, p.placeOf(node), "delete the key", "the list is empty; expected a field")
	}
	return entries, len(entries) > 0
}

// sessionType reads the type of a field, and its default.
func (p *parser) sessionType(node *yaml.Node, to *SessionField) bool {
	text, _, hasDefault := strings.Cut(node.Text, "=")
	name := strings.TrimSpace(text)
	optional := strings.HasSuffix(name, "?")
	switch plain := strings.TrimSpace(strings.TrimSuffix(name, "?")); {
	case optional && (isGoType(plain) || isSessionType(plain)):
		p.report(CodeBadType, p.placeOf(node), "write "+plain+", which is empty until it is set, or *"+plain+", which is nil until then", "a field of a session cannot be optional")
		return false
	case isSessionType(name):
		return p.fieldType(node, 0, len(node.Text), false, &to.Field)
	case isGoType(name) && hasDefault:
		p.report(CodeBadDefault, p.placeOf(node), "write "+name+" alone", "only a field of a type of the spec has a default, and %s is a Go type", name)
		return false
	case isGoType(name):
		to.Go = p.textIn(node, strings.Index(node.Text, name), strings.Index(node.Text, name)+len(name))
		return true
	}
	p.report(CodeBadType, p.placeOf(node), sessionTypeHint(name), "%s is not a type that a session can hold", quote(name))
	return false
}

func isSessionType(text string) bool {
	for _, kind := range sessionTypes {
		if kind == text {
			return true
		}
	}
	return false
}

// sessionTypePattern is the form of the type of a session field, with an optional default.
const sessionTypePattern = `^((string|int|int64|float64|bool|duration) *(=.*)?|(\*|\[\])*[A-Z][A-Za-z0-9_]*|(\*|\[\])+[a-z][a-z0-9]*)$`

func (sessionFields) schema(*definitions) schema {
	pairs := func(rules ...member) schema {
		return append(schema{
			{"type", "object"},
			{"propertyNames", schema{{"pattern", fieldNamePattern}}},
			{"additionalProperties", schema{{"type", "string"}, {"pattern", sessionTypePattern}}},
			{"minProperties", 1},
		}, rules...)
	}
	return schema{{"anyOf", []any{
		schema{{"type", "array"}, {"minItems", 1}, {"items", pairs(member{"maxProperties", 1})}},
		pairs(),
	}}}
}
