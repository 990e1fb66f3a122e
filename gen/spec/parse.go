package spec

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// Parse reads a spec. file is the name for positions.
//
// Every mistake is in the list, which is sorted; only of more than 200 the rest is left out. With mistakes, the spec
// holds what is right, so that more mistakes can be looked for in it: a value that is wrong is absent, and a handler
// without a name or a trigger is left out. The spec is never nil. Parse never panics, and its time is proportional
// to the length of src.
func Parse(file string, src []byte) (*Spec, diag.List) {
	document, problems := yaml.Read(src)
	p := &parser{file: file, document: document}
	for _, problem := range problems {
		p.problem(problem)
	}
	spec := &Spec{File: file}
	switch root := document.Root; {
	case root.Kind == yaml.Null && len(problems) == 0:
		p.report(CodeEmptySpec, place{pos: diag.Pos{File: file, Line: 1, Column: 1}},
			"start from the spec that tggen init writes", "the spec is empty")
	case root.Kind == yaml.Null:
	default:
		specShape().read(p, root, spec)
	}
	p.list.Sort()
	return spec, p.list
}

// A parser gathers the diagnostics of one spec.
type parser struct {
	file     string
	document *yaml.Document
	list     diag.List
	full     bool
}

// A place is where something stands, for a diagnostic.
type place struct {
	pos diag.Pos
	end int
}

// place is the place of the bytes from start to end of the document.
func (p *parser) place(start, end int) place {
	line, column := p.document.Position(start)
	at := place{pos: diag.Pos{File: p.file, Line: line, Column: column}}
	if end > start {
		if last, lastColumn := p.document.Position(end - 1); last == line {
			at.end = lastColumn
		}
	}
	return at
}

func (p *parser) placeOf(node *yaml.Node) place { return p.place(node.Start, node.End) }

// placeIn is the place of the bytes from i to j of the content of a scalar.
func (p *parser) placeIn(node *yaml.Node, i, j int) place {
	if i == j {
		return p.place(node.Offset(i), node.Offset(i))
	}
	return p.place(node.Offset(i), node.Offset(j-1)+1)
}

// textIn is the bytes from i to j of the content of a scalar, with their place.
func (p *parser) textIn(node *yaml.Node, i, j int) String {
	return valueAt(p.placeIn(node, i, j), node.Text[i:j])
}

func valueAt[T any](at place, value T) Value[T] {
	return Value[T]{Value: value, Pos: at.pos, End: at.end}
}

func placeOfValue[T any](value Value[T]) place { return place{value.Pos, value.End} }

// report adds a diagnostic, and the places related to it.
func (p *parser) report(code string, at place, hint, message string, args ...any) *diag.Diagnostic {
	d := diag.Diagnostic{Pos: at.pos, End: at.end, Code: code, Message: fmt.Sprintf(message, args...), Hint: hint}
	if p.full {
		return &d
	}
	if p.full = len(p.list) >= yaml.MaxProblems; p.full {
		d.Code, d.Message, d.Hint = CodeTooMany, "too many mistakes; the rest is not shown", ""
	}
	p.list = append(p.list, d)
	return &p.list[len(p.list)-1]
}

// relate adds a second place to a diagnostic.
func relate(d *diag.Diagnostic, pos diag.Pos, message string) {
	d.Related = append(d.Related, diag.Related{Pos: pos, Message: message})
}

func (p *parser) problem(problem yaml.Problem) {
	at := place{pos: diag.Pos{File: p.file}}
	if problem.Start >= 0 {
		at = p.place(problem.Start, problem.End)
	}
	p.report(problem.Code, at, problem.Hint, "%s", problem.Message)
	if problem.Code == CodeTooMany {
		p.full = true
	}
}

// wrongType reports a value of another type than is wanted. A value that could not be read has been reported.
func (p *parser) wrongType(node *yaml.Node, want, hint string) {
	switch node.Kind {
	case yaml.Invalid:
	case yaml.Null:
		p.report(CodeMissingValue, p.placeOf(node), hint, "a value is missing: %s", want)
	default:
		p.report(CodeWrongType, p.placeOf(node), hint, "%s should be here, and not %s", want, describe(node))
	}
}

// describe says what a node is.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.Bool:
		return node.Text
	case yaml.Int, yaml.Float:
		return "the number " + shorten(node.Text)
	case yaml.Mapping:
		return "a mapping"
	case yaml.Sequence:
		return "a list"
	}
	return "the text " + quote(node.Text)
}

// quote writes a text of the spec for a message: in quotes, and cut when it is long.
func quote(text string) string { return fmt.Sprintf("%q", shorten(text)) }

func shorten(text string) string {
	const most = 60
	letters := []rune(text[:min(len(text), 4*most)])
	if len(letters) <= most {
		return text
	}
	return string(letters[:most]) + "…"
}
