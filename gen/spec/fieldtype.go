package spec

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// typeKinds are the types in the order in which they are offered.
var typeKinds = []string{
	string(TypeString), string(TypeInt), string(TypeInt64), string(TypeFloat64), string(TypeBool),
	string(TypeDuration), string(TypeEnum), string(TypeRest),
}

// otherTypes are names that people use for the types.
var otherTypes = map[string]TypeKind{
	"str": TypeString, "text": TypeString, "word": TypeString, "integer": TypeInt, "number": TypeInt, "uint": TypeInt,
	"int32": TypeInt, "long": TypeInt64, "float": TypeFloat64, "float32": TypeFloat64, "double": TypeFloat64,
	"boolean": TypeBool, "time": TypeDuration, "oneof": TypeEnum, "choice": TypeEnum,
}

// argTypePattern is a type as an argument of a command has it, with ? or a default behind.
const argTypePattern = `^(string|int|int64|float64|bool|duration|rest|enum\( *[A-Za-z0-9_-]+ *(\| *[A-Za-z0-9_-]+ *)*\)) *(\?|=.*)?$`

var (
	typeName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.\[\]*]*`)
	enumValue = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	fieldName = regexp.MustCompile(fieldNamePattern)
)

const fieldNamePattern = `^[A-Za-z][A-Za-z0-9_]*$`

// A typeReader reads the type of a field: a part of a scalar.
type typeReader struct {
	p    *parser
	node *yaml.Node
	// at and end enclose what is left of the part.
	at, end int
	// bounds allows string(20).
	bounds bool
}

// fieldType reads a type, and ? or a default, from the bytes from i to j of a scalar.
func (p *parser) fieldType(node *yaml.Node, i, j int, bounds bool, to *Field) bool {
	r := &typeReader{p: p, node: node, at: i, end: j, bounds: bounds}
	if !r.kind(&to.Type) {
		return false
	}
	to.Type.Pos = p.placeIn(node, i, r.at).pos
	to.Type.End = p.placeIn(node, i, r.at).end
	r.spaces()
	if r.peek() == '?' {
		to.Optional = true
		r.at++
		r.spaces()
	}
	switch {
	case r.at == r.end:
		return true
	case r.peek() != '=':
		return r.wrong(CodeBadType, r.at, r.end, "after a type there may be ? or = and a default", "%s does not belong to a type", quote(r.rest()))
	case to.Optional:
		return r.wrong(CodeBadType, r.at, r.end, "leave out the ?, or the default", "a field with a default is never missing, so it cannot be optional")
	}
	r.at++
	r.spaces()
	literal, ok := r.literal(to.Type)
	to.Default = literal
	return ok
}

func (r *typeReader) peek() byte {
	if r.at < r.end {
		return r.node.Text[r.at]
	}
	return 0
}

func (r *typeReader) spaces() {
	for r.peek() == ' ' || r.peek() == '\t' {
		r.at++
	}
}

func (r *typeReader) rest() string { return r.node.Text[r.at:r.end] }

// wrong reports the bytes from i to j.
func (r *typeReader) wrong(code string, i, j int, hint, message string, args ...any) bool {
	r.p.report(code, r.p.placeIn(r.node, i, j), hint, message, args...)
	return false
}

// kind reads the name of a type and its brackets.
func (r *typeReader) kind(to *Type) bool {
	name := typeName.FindString(r.rest())
	if name == "" {
		return r.wrong(CodeBadType, r.at, r.end, "write "+diag.Or(typeKinds), "a type should be here")
	}
	start := r.at
	r.at += len(name)
	for _, kind := range typeKinds {
		if name == kind {
			to.Kind = TypeKind(kind)
		}
	}
	if to.Kind == "" {
		hint := "write " + diag.Or(typeKinds)
		if other, ok := otherTypes[strings.ToLower(name)]; ok {
			hint = "did you mean " + string(other) + "?"
		} else if near := diag.DidYouMean(name, typeKinds); near != "" {
			hint = near
		}
		return r.wrong(CodeBadType, start, r.at, hint, "%s is not a type", quote(name))
	}
	if r.peek() != '(' {
		if to.Kind == TypeEnum {
			return r.wrong(CodeBadType, start, r.at, "write enum(a|b)", "an enum without its values")
		}
		return true
	}
	open := r.at
	length := strings.IndexByte(r.rest(), ')')
	if length < 0 {
		return r.wrong(CodeBadType, open, open+1, "", "the ( is never closed")
	}
	r.at += length + 1
	switch {
	case to.Kind == TypeEnum:
		return r.enum(open+1, r.at-1, to)
	case to.Kind != TypeString && to.Kind != TypeRest:
		return r.wrong(CodeBadType, open, r.at, "", "the type %s takes no brackets", to.Kind)
	case !r.bounds:
		return r.wrong(CodeBadType, open, r.at, "delete it", "only a field of a callback has a bound")
	}
	bound := r.node.Text[open+1 : r.at-1]
	most, err := strconv.Atoi(bound)
	if err != nil || most < 1 || most > 64 {
		return r.wrong(CodeBadType, open, r.at, "a bound is a number of bytes, 1 to 64", "%s is not a bound", quote(bound))
	}
	to.MaxBytes = valueAt(r.p.placeIn(r.node, open+1, r.at-1), most)
	return true
}

// enum reads a|b from the bytes from i to j.
func (r *typeReader) enum(i, j int, to *Type) bool {
	ok := true
	seen := make(map[string]bool)
	for i <= j {
		length := strings.IndexByte(r.node.Text[i:j], '|')
		if length < 0 {
			length = j - i
		}
		part := r.node.Text[i : i+length]
		text := strings.TrimSpace(part)
		start := i + strings.Index(part, text)
		switch {
		case !enumValue.MatchString(text):
			// An empty value has no letter to point at: the sign behind it is.
			ok = r.wrong(CodeBadType, start, max(start+len(text), start+1), "a value has letters, digits, _ and -", "%s is not a value of an enum", quote(text))
		case seen[text]:
			ok = r.wrong(CodeBadType, start, start+len(text), "delete one of them", "the value %s is there twice", shorten(text))
		default:
			to.Enum = append(to.Enum, r.p.textIn(r.node, start, start+len(text)))
		}
		seen[text] = true
		i += length + 1
	}
	return ok
}
