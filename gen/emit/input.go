package emit

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// input declares the type of a handler's parameter.
func (e *emitter) input(h *plan.Handler) {
	e.add(fmt.Sprintf("%s is the parameter of %s.", h.Input(), h.Name.Value), jen.Type().Id(h.Input()).StructFunc(func(g *jen.Group) {
		g.Op("*").Add(telegram("Event"))
		for _, p := range h.Parts {
			g.Id(p.Name).Add(partType(p)).Comment(partDoc(p))
		}
		if field := fieldsName(h); field != "" {
			g.Id(field).Id(h.FieldsType())
		}
		if h.Guard != nil {
			g.Id(h.Guard.Session.Name.Value).Id(plan.Narrow(h.Guard.Session, h.Guard.States)).Comment(stateDoc(h.Guard.Session, h.Guard.States))
		}
		for _, s := range h.Data {
			g.Id(s.Name.Value).Op("*").Id(s.Type()).Comment("a copy; it is stored if it was changed and the handler succeeded")
		}
		for _, f := range h.Finds {
			g.Id(f.Name).Id(f.Type.Value).Comment("what " + f.Method().Value + " found")
		}
	}))
}

// fieldsName is the name of the input's field for arguments, callback data or named groups. It is empty if the input has no such field.
func fieldsName(h *plan.Handler) string {
	switch {
	case len(h.Fields) == 0:
		return ""
	case h.Command != nil:
		return "Args"
	case h.Callback != nil:
		return "Data"
	}
	return "Groups"
}

// partDoc says what a handler can rely on.
func partDoc(p filter.Part) string {
	switch {
	case len(p.Filter) > 0:
		return "only those that match; never empty"
	case p.Text != nil:
		return "never empty"
	case p.Variant != nil:
		return "always this type"
	}
	switch underlying(p.Type).Shape {
	case model.ShapePointer, model.ShapeUnion:
		return "never nil"
	case model.ShapeSlice, model.ShapeString:
		return "never empty"
	}
	return "never zero"
}

// partType is the Go type of a part.
func partType(p filter.Part) *jen.Statement {
	if p.Text != nil {
		return jen.Index().Add(telegram("Entity"))
	}
	return goType(p.Type)
}

// fieldType is the Go type of an argument, a field of callback data, or a named group.
func fieldType(f plan.Field) *jen.Statement {
	t := jen.Id(string(f.Type.Kind))
	switch f.Type.Kind {
	case spec.TypeDuration:
		t = jen.Qual("time", "Duration")
	case spec.TypeRest, spec.TypeWord:
		t = jen.String()
	case spec.TypeEnum:
		t = jen.Id(f.Enum)
	}
	if f.Optional {
		return jen.Op("*").Add(t)
	}
	return t
}

// fieldsStruct is the type of a handler's arguments, data or groups.
func fieldsStruct(h *plan.Handler) *jen.Statement {
	return jen.Type().Id(h.FieldsType()).StructFunc(func(g *jen.Group) {
		for _, f := range h.Fields {
			field := g.Id(f.Name).Add(fieldType(f))
			if doc := fieldDoc(f); doc != "" {
				field.Add(remark(doc))
			}
		}
	})
}

// fieldDoc is the comment behind a field. It may be empty.
func fieldDoc(f plan.Field) string {
	doc := ""
	switch bound := f.Type.MaxBytes.Value; {
	case f.Type.Kind == spec.TypeWord:
		doc = fmt.Sprintf("1 to %d letters, digits, _ and -", bound)
	case f.Type.Excluded.IsSet():
		doc = fmt.Sprintf("at most %d bytes, without any of %s", bound, f.Type.Excluded.Value)
	case f.Type.MaxBytes.IsSet():
		doc = fmt.Sprintf("at most %d bytes", bound)
	case f.Type.Range.IsSet():
		doc = rangeDoc(f.Type.Range.Value)
	}
	switch {
	case f.Optional && doc != "":
		doc += "; nil if left out"
	case f.Optional:
		doc = "nil if left out"
	case f.Default != nil && doc != "":
		doc += "; " + quoted(f.Default.Source.Value) + " if left out"
	case f.Default != nil:
		doc = quoted(f.Default.Source.Value) + " if left out"
	}
	return doc
}

// rangeDoc says in words which numbers a field takes.
func rangeDoc(r spec.Range) string {
	switch {
	case r.Low == math.MinInt64:
		return fmt.Sprintf("at most %d", r.High)
	case r.High == math.MaxInt64:
		return fmt.Sprintf("at least %d", r.Low)
	}
	return fmt.Sprintf("%d to %d", r.Low, r.High)
}

// enum declares the type of an enum and a constant for each of its values.
func (e *emitter) enum(h *plan.Handler, f plan.Field) {
	what := "argument"
	if h.Callback != nil {
		what = "field"
	}
	e.add(fmt.Sprintf("%s is the type of the %s %s of %s.", f.Enum, what, f.Field.Name.Value, h.Name.Value), jen.Type().Id(f.Enum).String())
	e.add(fmt.Sprintf("The values of %s.", f.Enum), jen.Const().DefsFunc(func(g *jen.Group) {
		for _, v := range f.Type.Enum {
			g.Id(f.Constant(v.Value)).Id(f.Enum).Op("=").Lit(v.Value)
		}
	}))
}

// parser is the function that reads the text of a field.
func parser(f plan.Field) *jen.Statement {
	function := dispatch(plan.Parser(f.Type))
	switch {
	case f.Enum != "":
		return textParser(f.Enum, function.CallFunc(func(g *jen.Group) {
			g.Id("text")
			for _, v := range f.Type.Enum {
				g.Id(f.Constant(v.Value))
			}
		}))
	case f.Type.Excluded.IsSet():
		return textParser("string", function.Call(jen.Id("text"), jen.Lit(f.Type.MaxBytes.Value), jen.Lit(f.Type.Excluded.Value)))
	case f.Type.MaxBytes.IsSet():
		return textParser("string", function.Call(jen.Id("text"), jen.Lit(f.Type.MaxBytes.Value)))
	case f.Type.Range.IsSet():
		number := string(f.Type.Kind)
		return textParser(number, function.Types(jen.Id(number)).Call(jen.Id("text"), number64(f.Type.Range.Value.Low), number64(f.Type.Range.Value.High)))
	}
	return function
}

// number64 is a number of 64 bits. The ends of the range have names.
func number64(n int64) *jen.Statement {
	switch n {
	case math.MinInt64:
		return jen.Qual("math", "MinInt64")
	case math.MaxInt64:
		return jen.Qual("math", "MaxInt64")
	}
	return jen.Id(strconv.FormatInt(n, 10))
}

// textParser is a function literal that reads a text with the given call.
func textParser(result string, call *jen.Statement) *jen.Statement {
	return jen.Func().Params(jen.Id("text").String()).Params(jen.Id(result), jen.Error()).Block(jen.Return(call))
}

// literal is the default of a field as a Go expression.
func literal(f plan.Field) *jen.Statement {
	switch f.Type.Kind {
	case spec.TypeInt:
		return jen.Lit(int(f.Default.Int))
	case spec.TypeInt64:
		return jen.Id(fmt.Sprint(f.Default.Int))
	case spec.TypeFloat64:
		return jen.Lit(f.Default.Float)
	case spec.TypeBool:
		return jen.Lit(f.Default.Bool)
	case spec.TypeDuration:
		return duration(f.Default.Duration)
	case spec.TypeEnum:
		return jen.Id(f.Constant(f.Default.Text))
	}
	return jen.Lit(f.Default.Text)
}
