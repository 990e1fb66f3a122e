package emit

import (
	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A branch is one way for an update to match a route: an if statement, and what it learned.
type branch struct {
	init *jen.Statement   // before the condition, or nil
	cond []*jen.Statement // all of which must hold

	query filter.Query
	found *jen.Statement // the part that the query narrowed, if init found it

	arguments *jen.Statement // the text after a command
	fields    *jen.Statement // callback data or named groups
}

// clause is what stands between if and the brace.
func (b branch) clause(more []*jen.Statement) []jen.Code {
	var cond *jen.Statement
	for _, c := range append(append([]*jen.Statement(nil), b.cond...), more...) {
		if cond == nil {
			cond = c.Clone()
		} else {
			cond.Op("&&").Add(c.Clone())
		}
	}
	if cond == nil {
		cond = jen.True()
	}
	if b.init == nil {
		return []jen.Code{cond}
	}
	return []jen.Code{b.init, cond}
}

// part is the value of a field of the input.
func (b branch) part(t *tree, name string) *jen.Statement {
	for _, p := range b.query.Parts() {
		if p.Name != name {
			continue
		}
		switch {
		case p.Field == nil:
			return jen.Id(t.payload)
		case p.Filter != nil || p.Variant != nil:
			return b.found
		case p.Text != nil:
			return dispatch("Entities").Call(jen.Id(t.payload).Dot(p.Text.Name), jen.Id(t.payload).Dot(p.Field.Name))
		}
		return jen.Id(t.payload).Dot(p.Field.Name)
	}
	panic("emit: the input has a part that the query does not prove: " + name)
}

// conditions are the route's in and where.
func (t *tree) conditions(r *plan.Route) []*jen.Statement {
	var all []*jen.Statement
	if len(r.In) > 0 {
		all = append(all, t.inChat(r.In))
	}
	if t.blind {
		return all
	}
	for _, p := range r.Where {
		call := jen.Id("d").Dot("h").Dot(p.Name.Value).Call(jen.Id("ctx"), jen.Id("ev"))
		if p.Negated {
			call = jen.Op("!").Add(call)
		}
		all = append(all, call)
	}
	return all
}

// inChat is the condition on the type of the chat. Of a kind without a chat it never holds.
func (t *tree) inChat(types []spec.Value[spec.ChatType]) *jen.Statement {
	if len(t.kind.Chat) == 0 {
		return jen.False()
	}
	path := t.kind.Chat[0]
	of := jen.Id(t.payload)
	switch {
	case len(path) == 1: // the number of a private chat
		for _, in := range types {
			if in.Value == spec.ChatPrivate {
				return jen.True()
			}
		}
		return jen.False()
	case path[1].Union != nil:
		of = dispatch("ChatType").Call(of.Dot(path[0].Name))
	default:
		for _, step := range path[:len(path)-1] {
			of.Dot(step.Name)
		}
		of.Dot("Type")
	}
	var any *jen.Statement
	for _, in := range types {
		is := of.Clone().Op("==").Lit(string(in.Value))
		if any == nil {
			any = is
		} else {
			any.Op("||").Add(is)
		}
	}
	if len(types) > 1 {
		return jen.Parens(any)
	}
	return any
}

// branches are the ways to match a route, by its trigger alone.
func (t *tree) branches(r *plan.Route) []branch {
	payload := jen.Id(t.payload)
	b := branch{query: r.Queries[0]}
	switch {
	case r.Command != nil: // decided by the switch
		b.arguments = jen.Id(t.source(r.Command).name + "Arguments")
		return []branch{b}
	case r.Callback != nil:
		return []branch{t.callbackBranch(r, b)}
	case r.Text != nil && r.Text.Pattern == nil: // decided by the switch
		return []branch{b}
	case r.Text != nil:
		return []branch{t.patternBranch(r, b, payload.Dot("Text"), true)}
	case r.Inline != nil && r.Inline.Pattern == nil:
		return []branch{b}
	case r.Inline != nil:
		return []branch{t.patternBranch(r, b, payload.Dot("Query"), false)}
	}
	return t.queryBranches(r)
}

func (t *tree) callbackBranch(r *plan.Route, b branch) branch {
	data := jen.Id(t.payload).Dot("Data")
	if len(r.Fields) == 0 {
		b.cond = append(b.cond, data.Op("==").Id(r.FieldsType()))
		return b
	}
	name := jen.Id("data")
	if t.blind {
		name = jen.Id("_")
	}
	b.init = jen.List(name, jen.Err()).Op(":=").Id("Parse" + r.FieldsType()).Call(data)
	b.cond = append(b.cond, jen.Err().Op("==").Nil())
	b.fields = jen.Id("data")
	if t.collects {
		b.init = jen.List(name, jen.Id("bad")).Op(":=").Id("Parse" + r.FieldsType()).Call(data)
		b.cond = []*jen.Statement{jen.Id("bad").Op("==").Nil()}
	}
	return b
}

// patternBranch matches a regular expression. A message without text does not match, however little the expression
// asks for.
func (t *tree) patternBranch(r *plan.Route, b branch, text *jen.Statement, needsText bool) branch {
	pattern := jen.Id("d").Dot(patternName(r.Handler))
	if needsText {
		b.cond = append(b.cond, text.Clone().Op("!=").Lit(""))
	}
	if len(r.Fields) == 0 || t.blind {
		b.cond = append(b.cond, pattern.Dot("MatchString").Call(text))
		return b
	}
	b.init = jen.Id("groups").Op(":=").Add(pattern).Dot("FindStringSubmatch").Call(text)
	b.cond = append(b.cond, jen.Id("groups").Op("!=").Nil())
	b.fields = jen.Id("d").Dot("parse" + r.FieldsType()).Call(jen.Id("groups"))
	return b
}

// queryBranches are the ways to match the filter queries. Those that find nothing for the input share a condition.
func (t *tree) queryBranches(r *plan.Route) []branch {
	var all []branch
	var plain *jen.Statement
	plainAt := -1
	count := 0
	for _, q := range r.Queries {
		b := t.queryBranch(r, q)
		if b.init != nil || len(b.cond) == 0 || t.distinct(r) {
			all = append(all, b)
			continue
		}
		whole := conjunction(b.cond)
		if count++; plain == nil {
			plain, plainAt = whole, len(all)
			all = append(all, b)
		} else {
			plain.Op("||").Add(whole)
		}
	}
	if plain != nil && count > 1 {
		all[plainAt].cond = []*jen.Statement{jen.Parens(plain)}
	}
	return all
}

// distinct reports whether the input has more than the payload, so that it matters which query matched.
func (t *tree) distinct(r *plan.Route) bool {
	for _, p := range r.Parts {
		if p.Field != nil && len(r.Queries) > 1 {
			return true
		}
	}
	return false
}

func conjunction(all []*jen.Statement) *jen.Statement {
	whole := all[0].Clone()
	for _, c := range all[1:] {
		whole.Op("&&").Add(c.Clone())
	}
	return whole
}

func (t *tree) queryBranch(r *plan.Route, q filter.Query) branch {
	b := branch{query: q}
	if q.Field == nil {
		return b
	}
	value := jen.Id(t.payload).Dot(q.Field.Name)
	if len(q.Tests) == 0 {
		b.cond = append(b.cond, check(value, q.Check, q.Field.Type))
		return b
	}
	if m, ok := t.matcher(r, q); ok {
		return m
	}
	if q.Check != filter.CheckNone {
		b.cond = append(b.cond, check(value.Clone(), q.Check, q.Field.Type))
	}
	return t.plainTest(r, b, q, value)
}

// plainTest is a single test of a value that is no slice, and no union with several ways.
func (t *tree) plainTest(r *plan.Route, b branch, q filter.Query, value *jen.Statement) branch {
	test := q.Tests[0]
	if test.Check == filter.CheckVariant && test.Field == nil {
		name := jen.Id("_")
		if !t.blind && narrows(q) && uses(r, q.Field.Name) {
			name = jen.Id(lower(q.Field.Name))
			b.found = name.Clone()
		}
		b.init = jen.List(name, jen.Id("ok")).Op(":=").Add(value).Assert(gotgbot(test.Variant.Name))
		b.cond = append(b.cond, jen.Id("ok"))
		return b
	}
	b.cond = append(b.cond, t.test(value, test, q.Field.Type))
	return b
}

func narrows(q filter.Query) bool {
	for _, p := range q.Parts() {
		if p.Variant != nil && p.Filter == nil {
			return true
		}
	}
	return false
}

// test is a test that is an expression.
func (t *tree) test(value *jen.Statement, test filter.Test, typ *model.Type) *jen.Statement {
	if test.Field != nil {
		value = value.Clone().Dot(test.Field.Name)
		typ = test.Field.Type
	}
	switch test.Check {
	case filter.CheckEqual:
		return value.Clone().Op("==").Lit(test.Value)
	case filter.CheckBot:
		return value.Clone().Op("==").Add(t.me.Clone())
	}
	return check(value, test.Check, typ)
}

// check is the condition that a value meets a check without operand.
func check(value *jen.Statement, c filter.Check, typ *model.Type) *jen.Statement {
	switch c {
	case filter.CheckNotNil:
		return value.Clone().Op("!=").Nil()
	case filter.CheckTrue:
		return value.Clone()
	case filter.CheckNotEmpty:
		if underlying(typ).Shape == model.ShapeString {
			return value.Clone().Op("!=").Lit("")
		}
		return jen.Len(value.Clone()).Op("!=").Lit(0)
	}
	if typ.Shape == model.ShapeStruct {
		return value.Clone().Op("!=").Parens(gotgbot(typ.Struct.Name).Values())
	}
	return value.Clone().Op("!=").Lit(0)
}

func underlying(t *model.Type) *model.Type {
	if t.Shape == model.ShapeName {
		return underlying(t.Name.Underlying)
	}
	return t
}
