package spec

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec/internal/yaml"
)

// typeKinds are the types of arguments, in the order in which messages list them.
var typeKinds = []string{
	string(TypeString), string(TypeInt), string(TypeInt64), string(TypeFloat64), string(TypeBool),
	string(TypeDuration), string(TypeEnum), string(TypeRest),
}

// callbackKinds are the types of callback fields, in the same order.
var callbackKinds = append(slices.Clone(typeKinds), string(TypeWord))

// otherTypes are names that people may use instead of the right ones.
var otherTypes = map[string]TypeKind{
	"str": TypeString, "text": TypeString, "integer": TypeInt, "number": TypeInt, "uint": TypeInt,
	"int32": TypeInt, "long": TypeInt64, "float": TypeFloat64, "float32": TypeFloat64, "double": TypeFloat64,
	"boolean": TypeBool, "time": TypeDuration, "oneof": TypeEnum, "choice": TypeEnum,
}

// argTypePattern is the type of a command's argument, with an optional ? or default.
const argTypePattern = `^(string|int|int64|float64|bool|duration|rest|enum\( *[A-Za-z0-9_-]+ *(\| *[A-Za-z0-9_-]+ *)*\)) *(\?|=.*)?$`

var (
	typeName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.\[\]*]*`)
	enumValue = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	fieldName = regexp.MustCompile(fieldNamePattern)
)

const fieldNamePattern = `^[A-Za-z][A-Za-z0-9_]*$`

// A typeReader reads the type of a field, which is a part of a scalar.
type typeReader struct {
	p    *parser
	node *yaml.Node
	// at and end enclose the bytes that are not read yet.
	at, end int
	// bounds allows the types that only callback fields can have: string(20), int(0..9), word.
	bounds bool
}

// fieldType reads a type, and ? or a default, from the bytes from i to j of a scalar. If bounds is false, the
// types that only callback fields can have are refused.
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
		hint := "a type can be followed by ?, or by = and a default"
		if value := r.rest(); fieldName.MatchString(value) || plainNumber.MatchString(value) {
			hint = fmt.Sprintf("for a default, write %s = %s", to.Type.Kind, shorten(value))
		}
		return r.wrong(CodeBadType, r.at, r.end, hint, "unexpected %s after the type", quote(r.rest()))
	case to.Optional:
		return r.wrong(CodeBadType, r.at, r.end, "delete the ?, or the default", "a field with a default is never missing, so it cannot be optional")
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

// wrong reports a mistake in the bytes from i to j, and returns false.
func (r *typeReader) wrong(code string, i, j int, hint, message string, args ...any) bool {
	r.p.report(code, r.p.placeIn(r.node, i, j), hint, message, args...)
	return false
}

// kind reads the name of a type, and what is in its brackets.
func (r *typeReader) kind(to *Type) bool {
	kinds := typeKinds
	if r.bounds {
		kinds = callbackKinds
	}
	name := typeName.FindString(r.rest())
	if name == "" {
		return r.wrong(CodeBadType, r.at, r.end, cmp.Or(typeHint(r.rest()), "write "+diag.Or(kinds)), "expected a type")
	}
	start := r.at
	r.at += len(name)
	if !slices.Contains(kinds, name) {
		hint := "write " + diag.Or(kinds)
		if guess := typeHint(r.node.Text[start:r.end]); guess != "" {
			hint = guess
		} else if other, ok := otherTypes[strings.ToLower(name)]; ok {
			hint = "did you mean " + string(other) + "?"
		} else if name == string(TypeWord) {
			hint = "write string: an argument is a word, unless it is in quotes"
		} else if near := diag.DidYouMean(name, kinds); near != "" {
			hint = near
		}
		return r.wrong(CodeBadType, start, r.at, hint, "%s is not a type", quote(name))
	}
	to.Kind = TypeKind(name)
	if r.peek() != '(' {
		if to.Kind == TypeEnum {
			return r.wrong(CodeBadType, start, r.at, "write enum(a|b)", "an enum needs its values")
		}
		return true
	}
	return r.brackets(to)
}

// enumHint says how to write values of an enum.
func enumHint(text string) string {
	if all := parts(text, enumValue); all != nil {
		return "write " + strings.Join(all, "|")
	}
	return "a value consists of letters, digits, _ and -"
}

// enum reads the values a|b from the bytes from i to j.
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
			// An empty value has no letter to point at, so the place is that of the sign after it.
			ok = r.wrong(CodeBadType, start, max(start+len(text), start+1), enumHint(text), "%s is not a value of an enum", quote(text))
		case seen[text]:
			ok = r.wrong(CodeBadType, start, start+len(text), "delete one of them", "the value %s appears twice", shorten(text))
		default:
			to.Enum = append(to.Enum, r.p.textIn(r.node, start, start+len(text)))
		}
		seen[text] = true
		i += length + 1
	}
	return ok
}
