package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// callbackPattern is the shape of the key callback: a text with fields in braces. {{ and }} stand for braces.
type callbackPattern struct{}

func (callbackPattern) read(p *parser, node *yaml.Node, to *Callback) bool {
	if node.Kind == yaml.Mapping {
		if len(node.Entries) > 0 && strings.Contains(node.Entries[0].Key.Text, ":") { // callback: {id:int}
			p.wrongType(node, "callback data or a pattern for it", "put it in quotes: \"{"+shorten(node.Entries[0].Key.Text)+"}\"")
			return false
		}
		return callbackIs().read(p, node, to)
	}
	if node.Kind != yaml.String {
		p.wrongType(node, "callback data or a pattern for it", callbackHint(node))
		return false
	}
	if !(anyText{longestCallback}).read(p, node, &to.Source) {
		return false
	}
	if !strings.Contains(node.Text, "{") && looksLikePattern.MatchString(node.Text) {
		p.report(CodeBadCallback, p.placeOf(node), "write a field, such as \"buy:{item:int64}\", or {text:rest} for any text; for data of exactly these letters, write {is: "+quote(node.Text)+"}",
			"%s is data of exactly these letters, and it looks like a pattern", quote(node.Text))
		return false
	}
	r := &callbackReader{p: p, node: node, to: to, ok: true}
	r.fields.p = p
	r.read()
	return r.ok
}

func (callbackPattern) schema(defs *definitions) schema {
	return schema{{"anyOf", []any{anyText{longestCallback}.schema(defs), callbackIs().schema(defs)}}}
}

// callbackIs is {is: data}: data without fields, in which every letter stands for itself.
func callbackIs() *object[Callback] {
	return &object[Callback]{
		name: "a callback trigger", doc: "The data of the button must be equal to a given text.",
		keys: []key[Callback]{
			at("is", anyText{longestCallback}, func(c *Callback) *String { return &c.Source }, "The whole data of the button.").needed("write is: and the data"),
		},
		check: func(_ *parser, _ *yaml.Node, c *Callback, _ map[string]*yaml.Node) bool {
			c.Parts = []CallbackPart{{Literal: c.Source}}
			return c.Source.IsSet()
		},
	}
}

// callbackHint says how to write a trigger for buttons that is not a text.
func callbackHint(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.Bool:
		return "for every button, write `on: callback_query` instead of callback"
	case node.Kind == yaml.Sequence:
		return "make a handler for each, or one with a field: \"{what:enum(a|b)}\""
	}
	return quoteHint(node)
}

// longestCallback is how many letters a pattern can have. The data itself has at most 64 bytes; package plan checks that.
const longestCallback = 512

type callbackReader struct {
	p      *parser
	node   *yaml.Node
	to     *Callback
	fields fieldList
	ok     bool
	// literal is the text since the last field. It begins at literalStart.
	literal      strings.Builder
	literalStart int
}

func (r *callbackReader) wrong(code string, i, j int, hint, message string, args ...any) {
	r.ok = false
	r.p.report(code, r.p.placeIn(r.node, i, j), hint, message, args...)
}

func (r *callbackReader) read() {
	text := r.node.Text
	for i := 0; i < len(text) && !r.p.full; {
		switch c := text[i]; {
		case (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c:
			r.literal.WriteByte(c)
			i += 2
		case c == '}':
			r.wrong(CodeBadCallback, i, i+1, "for a brace in the data, write }}", "a } without a {")
			i++
		case c == '{':
			length := indexOutsideQuotes(text[i+1:], "{}")
			if length < 0 || text[i+1+length] == '{' {
				r.wrong(CodeBadCallback, i, i+1, "for a brace in the data, write {{", "the { is never closed")
				i++
				continue
			}
			r.field(i, i+length+2)
			i += length + 2
			r.literalStart = i
		default:
			r.literal.WriteByte(c)
			i++
		}
	}
	r.flush(len(text))
}

// flush ends the literal at byte i, and adds it to the parts.
func (r *callbackReader) flush(i int) {
	if r.literal.Len() == 0 {
		return
	}
	literal := valueAt(r.p.placeIn(r.node, r.literalStart, i), r.literal.String())
	r.literal.Reset()
	if last := r.lastField(); last != nil {
		r.checkSeparator(last, literal)
	}
	r.to.Parts = append(r.to.Parts, CallbackPart{Literal: literal})
}

func (r *callbackReader) lastField() *Field {
	if len(r.to.Parts) == 0 {
		return nil
	}
	return r.to.Parts[len(r.to.Parts)-1].Field
}

// field reads {name:type} from the bytes from i to j.
func (r *callbackReader) field(i, j int) {
	r.flush(i)
	name, _, found := strings.Cut(r.node.Text[i+1:j-1], ":")
	if !found {
		hint := "write {name:type}, such as {id:int64}"
		if fieldName.MatchString(name) {
			hint = fmt.Sprintf("write {%s:int64} for a number, or {%[1]s:string(20)} for a text", shorten(name))
		}
		r.wrong(CodeBadCallback, i, j, hint, "the field has no type")
		return
	}
	field := &Field{}
	nameOK := r.fields.name(r.p.textIn(r.node, i+1, i+1+len(name)), field)
	typeOK := r.p.fieldType(r.node, i+2+len(name), j-1, true, field)
	if r.ok = r.ok && nameOK && typeOK; !typeOK {
		return
	}
	if last := r.lastField(); last != nil {
		if last.Type.Kind == TypeRest {
			r.wrong(CodeFieldOrder, i, j, "put it before "+last.Name.Value, "%s takes the rest of the text, so nothing is left for %s", last.Name.Value, field.Name.Value)
		} else {
			r.wrong(CodeAdjacentFields, i, j, "put a : between them", "nothing shows where %s ends and %s begins", last.Name.Value, field.Name.Value)
		}
	}
	r.to.Parts = append(r.to.Parts, CallbackPart{Field: field})
}

// within matches, for each type, the letters that a value can consist of. The value of a string or a rest can hold any
// letters, and is escaped.
var within = map[TypeKind]*regexp.Regexp{
	TypeInt:      regexp.MustCompile(`^[0-9-]`),
	TypeInt64:    regexp.MustCompile(`^[0-9-]`),
	TypeFloat64:  regexp.MustCompile(`^[0-9A-Za-z.+-]`),
	TypeBool:     regexp.MustCompile(`^[0-9A-Za-z]`),
	TypeDuration: regexp.MustCompile(`^[0-9A-Za-z.µ+-]`),
	TypeEnum:     regexp.MustCompile(`^[0-9A-Za-z_-]`),
	TypeWord:     regexp.MustCompile(`^[0-9A-Za-z_-]`),
}

// canContain reports whether the first letter of the text could be a part of a value of the type, without an escape.
func (t Type) canContain(text string) bool {
	switch letters := within[t.Kind]; {
	case t.Excluded.IsSet():
		return strings.IndexByte(t.Excluded.Value, text[0]) < 0
	case t.Range.IsSet() && t.Range.Value.Low >= 0:
		return text[0] >= '0' && text[0] <= '9'
	case letters != nil:
		return letters.MatchString(text)
	}
	return false
}

// checkSeparator checks the literal after a field: its first letter must not be one that the field could contain.
func (r *callbackReader) checkSeparator(field *Field, literal String) {
	at := placeOfValue(literal)
	switch {
	case field.Type.Kind == TypeRest:
		r.ok = false
		r.p.report(CodeFieldOrder, at, "put "+field.Name.Value+" last", "%s takes the rest of the text, so nothing can follow it", field.Name.Value)
	case field.Type.canContain(literal.Value):
		letter, _ := utf8.DecodeRuneInString(literal.Value)
		at.end = 0
		r.ok = false
		hint := "put a : between them"
		if excluded := field.Type.Excluded.Value; excluded != "" {
			hint = "exclude the letter too, or begin the text after " + field.Name.Value + " with one of " + excluded
		}
		r.p.report(CodeBadSeparator, at, hint, "the letter %q could belong to %s, of type %s, or to the text after it", letter, field.Name.Value, field.Type.Kind)
	}
}
