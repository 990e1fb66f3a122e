package spec

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tggen/tggen/gen/diag"
)

// literal reads all bytes that are left as a default of the type.
func (r *typeReader) literal(of Type) (*Literal, bool) {
	text := strings.TrimRight(r.rest(), " \t")
	start, end := r.at, r.at+len(text)
	if text == "" {
		hint := ""
		if of.Kind == TypeString || of.Kind == TypeRest {
			hint = `for an empty text, write ""`
		}
		return nil, r.wrong(CodeBadDefault, start-1, start, hint, "expected a default after the =")
	}
	literal := &Literal{Source: r.p.textIn(r.node, start, end)}
	wrong := func(hint string) (*Literal, bool) {
		return nil, r.wrong(CodeBadDefault, start, end, hint, "%s is not a default of type %s", quote(text), of.Kind)
	}
	var err error
	switch of.Kind {
	case TypeString, TypeRest, TypeWord:
		literal.Text = text
		if text[0] == '"' {
			if literal.Text, err = strconv.Unquote(text); err != nil {
				return wrong("a text in quotes ends with a quote, and its escapes are those of Go")
			}
			if !utf8.ValidString(literal.Text) {
				return wrong("write the letters themselves: the escapes make a text that is not UTF-8")
			}
		}
		if bound := of.MaxBytes; bound.IsSet() && len(literal.Text) > bound.Value {
			return wrong("the type takes at most " + strconv.Itoa(bound.Value) + " bytes")
		}
		if strings.ContainsAny(literal.Text, of.Excluded.Value) {
			return wrong("the type excludes " + of.Excluded.Value)
		}
		if of.Kind == TypeWord && !enumValue.MatchString(literal.Text) {
			return wrong("a word consists of letters, digits, _ and -")
		}
	case TypeInt, TypeInt64:
		if literal.Int, err = strconv.ParseInt(text, 10, 64); err != nil {
			return wrong("write a whole number of up to 64 bits")
		}
		if numbers := of.Range; numbers.IsSet() && (literal.Int < numbers.Value.Low || literal.Int > numbers.Value.High) {
			return wrong("the type takes only numbers of its range")
		}
	case TypeFloat64:
		literal.Float, err = strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(literal.Float, 0) || math.IsNaN(literal.Float) {
			return wrong("write a number")
		}
	case TypeBool:
		if literal.Bool = text == "true"; !literal.Bool && text != "false" {
			return wrong("write true or false")
		}
	case TypeDuration:
		if literal.Duration, err = time.ParseDuration(text); err != nil {
			return wrong("write it like 500ms, 30s or 1h30m")
		}
	case TypeEnum:
		values := make([]string, len(of.Enum))
		for i, value := range of.Enum {
			if values[i] = value.Value; value.Value == text {
				literal.Text = text
			}
		}
		if literal.Text == "" {
			hint := diag.DidYouMean(text, values)
			if hint == "" {
				hint = "write " + diag.Or(values)
			}
			return wrong(hint)
		}
	}
	return literal, true
}
