package spec

import (
	"fmt"
	"io/fs"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// Parse reads a spec that includes no other files. See [ParseFiles].
func Parse(file string, src []byte) (*Spec, diag.List) { return ParseFiles(file, src, nil) }

// ParseFiles reads a spec. file is the name of the file in positions, with slashes. open returns the text of a file that the
// spec includes; if it is nil, there are no such files. In positions, the name of an included file begins with the folder of
// the spec.
//
// The list holds all mistakes, sorted by position, but no more than about 200. If there are mistakes, the spec holds the
// part that is right, so that package plan can look for more mistakes in it: a wrong value is absent, and a handler
// without a name, without a trigger or with several triggers is left out. The spec is never nil. ParseFiles never panics, and
// its time is proportional to the length of the files, which have at most a megabyte together.
func ParseFiles(file string, src []byte, open Opener) (*Spec, diag.List) {
	if open == nil {
		open = func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	}
	p := &parser{file: file, open: open, size: len(src)}
	spec := &Spec{File: file}
	if root, ok := p.load(src, "the spec is empty", "start from the spec that tggen init writes"); ok {
		specShape().read(p, root, spec)
	}
	p.list.Sort()
	return spec, p.list
}

// A parser reads one spec and the files that it includes, and collects its diagnostics.
type parser struct {
	// file and document are the file that is being read.
	file     string
	document *yaml.Document
	open     Opener
	size     int // of the files that were read so far, in bytes
	list     diag.List
	full     bool // the list holds as many diagnostics as it may
	// others are the keys that mappings have by other names. Their absence is no further mistake.
	others map[meantKey]bool
}

// load makes src the document that is being read. It reports false if there is nothing to read.
func (p *parser) load(src []byte, empty, hint string) (root *yaml.Node, ok bool) {
	document, problems := yaml.Read(src)
	p.document = document
	for _, problem := range problems {
		if p.full {
			return nil, false
		}
		p.problem(problem)
	}
	root = document.Root
	if root.Kind == yaml.Null && len(problems) == 0 {
		p.report(CodeEmptySpec, place{pos: diag.Pos{File: p.file, Line: 1, Column: 1}}, hint, "%s", empty)
	}
	return root, root.Kind != yaml.Null
}

// A place is the range of columns that a diagnostic points at. end is 0 if the range ends on another line.
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

// report adds a diagnostic to the list, unless the list is full, and returns it so that the caller can add related places.
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

// relate adds a related place to a diagnostic.
func relate(d *diag.Diagnostic, pos diag.Pos, message string) {
	d.Related = append(d.Related, diag.Related{Pos: pos, Message: message})
}

// problem reports a problem of the YAML reader.
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

// wrongType reports a value that has another type than the one wanted. A value that could not be read has been reported
// already.
func (p *parser) wrongType(node *yaml.Node, want, hint string) {
	switch node.Kind {
	case yaml.Invalid:
	case yaml.Null:
		p.report(CodeMissingValue, p.placeOf(node), hint, "expected %s, found nothing", want)
	default:
		p.report(CodeWrongType, p.placeOf(node), hint, "expected %s, found %s", want, describe(node))
	}
}

// describe says what a node is, for a message.
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

// quote writes a text of the spec for a message: in quotes, and shortened if it is long.
func quote(text string) string { return fmt.Sprintf("%q", shorten(text)) }

// shorten cuts a text after 60 letters.
func shorten(text string) string {
	const limit = 60
	letters := []rune(text[:min(len(text), 4*limit)])
	if len(letters) <= limit {
		return text
	}
	return string(letters[:limit]) + "…"
}
