package spec

import (
	"regexp"
	"strings"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// textTrigger is the shape of the key text: a regular expression, or {is: text}.
type textTrigger struct{}

func textIs() *object[Text] {
	return &object[Text]{
		name: "a text trigger", doc: "The text of the message must be equal to a given text.",
		keys: []key[Text]{
			at("is", anyText{longestRegexp}, func(t *Text) *String { return &t.Is }, "The whole text of the message.").needed("write is: and the text"),
		},
		check: func(_ *parser, _ *yaml.Node, t *Text, _ map[string]*yaml.Node) bool { return t.Is.IsSet() },
	}
}

func (textTrigger) read(p *parser, node *yaml.Node, to *Text) bool {
	if node.Kind == yaml.Mapping {
		to.Pos = p.start(node).pos
		return textIs().read(p, node, to)
	}
	to.Pos = p.placeOf(node).pos
	if node.Kind == yaml.Sequence {
		p.wrongType(node, "a regular expression", "for several texts, write one expression: \"^(Menu|Help)$\"")
		return false
	}
	return pointed[Pattern]{regularExpression{}}.read(p, node, &to.Pattern)
}

func (textTrigger) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{regularExpression{}.schema(defs), textIs().schema(defs)}}}
}

// inlineTrigger is the shape of the key inline: true, or a regular expression.
type inlineTrigger struct{}

func (inlineTrigger) read(p *parser, node *yaml.Node, to *Inline) bool {
	to.Pos = p.placeOf(node).pos
	switch {
	case node.Kind == yaml.Bool && strings.EqualFold(node.Text, "true"):
		return true
	case node.Kind == yaml.String:
		return pointed[Pattern]{regularExpression{}}.read(p, node, &to.Pattern)
	}
	p.wrongType(node, "true or a regular expression", "true matches every inline query")
	return false
}

func (inlineTrigger) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{schema{{"const", true}}, regularExpression{}.schema(defs)}}}
}

// filterQuery is the form of a filter query. Package plan checks whether the query is valid.
type filterQuery struct{}

var queryRegexp = regexp.MustCompile(`^([a-z0-9_]*:){0,2}[a-z0-9_]+$`)

var queryForm = word{
	want: "a filter query", example: "write a text such as message:photo", code: CodeBadQuery, pattern: queryRegexp,
	hint: queryHint,
}

func (filterQuery) read(p *parser, node *yaml.Node, to *Query) bool {
	if !queryForm.read(p, node, &to.Text) {
		return false
	}
	start := 0
	for level := range strings.SplitSeq(node.Text, ":") {
		to.Levels = append(to.Levels, p.textIn(node, start, start+len(level)))
		start += len(level) + 1
	}
	return true
}

func (filterQuery) schema(defs *definitions) schema { return queryForm.schema(defs) }
