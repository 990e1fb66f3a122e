package explain

import (
	"testing"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// TestEveryTypeHasParser checks a valid text and an invalid one for each type of field. No text is invalid for string and
// rest.
func TestEveryTypeHasParser(t *testing.T) {
	bound := spec.Value[int]{Value: 3, Pos: diag.Pos{File: "spec.yaml", Line: 1, Column: 1}}
	enum := []spec.String{{Value: "a"}, {Value: "b"}}
	for _, c := range []struct {
		typ          spec.Type
		good, broken string
	}{
		{spec.Type{Kind: spec.TypeInt}, "1", "1.5"},
		{spec.Type{Kind: spec.TypeInt64}, "1", "x"},
		{spec.Type{Kind: spec.TypeFloat64}, "1.5", "x"},
		{spec.Type{Kind: spec.TypeBool}, "on", "2"},
		{spec.Type{Kind: spec.TypeDuration}, "90m", "90"},
		{spec.Type{Kind: spec.TypeEnum, Enum: enum}, "b", "c"},
		{spec.Type{Kind: spec.TypeString}, "any", ""},
		{spec.Type{Kind: spec.TypeRest}, "any", ""},
		{spec.Type{Kind: spec.TypeString, MaxBytes: bound}, "any", "long"},
	} {
		parse := parser(c.typ)
		if text, err := parse(c.good); err != nil || text != c.good {
			t.Errorf("%s %q: %q, %v", plan.Parser(c.typ), c.good, text, err)
		}
		if _, err := parse(c.broken); (err == nil) != (c.broken == "") {
			t.Errorf("%s %q: %v", plan.Parser(c.typ), c.broken, err)
		}
	}
}
