package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// A branch is an if statement for one way in which an update can match a route. It also has what the statement found
// out, for the input of the handler.
type branch struct {
	init *jen.Statement   // the statement before the condition, or nil
	cond []*jen.Statement // the conditions; all must hold

	query filter.Query
	found *jen.Statement // the part that the query narrows down, if init computes it

	arguments *jen.Statement // the text after a command
	fields    *jen.Statement // callback data or named groups
}

// clause is the code between `if` and the brace. It has the conditions of the branch, and then more of them.
func (b branch) clause(more []*jen.Statement) []jen.Code {
	cond := jen.True()
	if all := slices.Concat(b.cond, more); len(all) > 0 {
		cond = conjunction(all)
	}
	if b.init == nil {
		return []jen.Code{cond}
	}
	return []jen.Code{b.init, cond}
}

// part is the value of the part with the given name, for the input.
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
	panic("emit: the input has a part that the query does not have: " + name)
}

// conditions are those of the route's keys `in` and `where`.
func (t *tree) conditions(r *plan.Route) []*jen.Statement {
	all := t.chatConditions(r)
	if t.skipPredicates {
		return all
	}
	return append(all, t.predicates(r)...)
}

// chatConditions are those of the route's key `in`.
func (t *tree) chatConditions(r *plan.Route) []*jen.Statement {
	if len(r.In) > 0 {
		if inChat := t.inChat(r.In); inChat != nil {
			return []*jen.Statement{inChat}
		}
	}
	return nil
}

// predicates are the conditions of the route's key `where`.
func (t *tree) predicates(r *plan.Route) []*jen.Statement {
	var all []*jen.Statement
	for _, p := range r.Where {
		call := jen.Id("d").Dot("h").Dot(p.Name.Value).Call(jen.Id("ctx"), jen.Id("ev"))
		if p.Negated {
			call = jen.Op("!").Add(call)
		}
		all = append(all, call)
	}
	return all
}

// inChat is the condition that the chat has one of the types. It is nil if the condition always holds. It never holds for a
// kind without a chat.
func (t *tree) inChat(types []spec.Value[spec.ChatType]) *jen.Statement {
	source, ok := plan.ChatTypeOf(t.kind.Kind)
	if !ok {
		return jen.False()
	}
	chatType := jen.Id(t.payload)
	switch {
	case source.Always != "":
		if slices.ContainsFunc(types, func(in spec.Value[spec.ChatType]) bool { return in.Value == source.Always }) {
			return nil
		}
		return jen.False()
	case source.Message != "":
		chatType = dispatch("ChatType").Call(chatType.Dot(source.Message))
	default:
		for _, field := range source.Path {
			chatType.Dot(field)
		}
	}
	var anyOf *jen.Statement
	for _, in := range types {
		equal := chatType.Clone().Op("==").Lit(string(in.Value))
		if anyOf == nil {
			anyOf = equal
		} else {
			anyOf.Op("||").Add(equal)
		}
	}
	if len(types) > 1 {
		return jen.Parens(anyOf)
	}
	return anyOf
}

// branches are the ways to match the trigger of a route.
func (t *tree) branches(r *plan.Route) []branch {
	payload := jen.Id(t.payload)
	b := branch{query: r.Queries[0]}
	switch {
	case r.Command != nil: // the switch has compared the name
		b.arguments = jen.Id(t.source(r.Command).name + "Arguments")
		return []branch{b}
	case r.Callback != nil:
		return []branch{t.callbackBranch(r, b)}
	case r.Text != nil && r.Text.Pattern == nil: // the switch has compared the text
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

// callbackBranch matches callback data: fixed data by comparing it, a pattern by parsing it.
func (t *tree) callbackBranch(r *plan.Route, b branch) branch {
	data := jen.Id(t.payload).Dot("Data")
	if len(r.Fields) == 0 {
		b.cond = append(b.cond, data.Op("==").Id(r.FieldsType()))
		return b
	}
	name := jen.Id("data")
	if t.skipPredicates {
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

// patternBranch matches a regular expression. With needsText the empty text does not match, even if the expression
// would match it: a message without text is not a text message.
func (t *tree) patternBranch(r *plan.Route, b branch, text *jen.Statement, needsText bool) branch {
	pattern := jen.Id("d").Dot(patternName(r.Handler))
	if needsText {
		b.cond = append(b.cond, text.Clone().Op("!=").Lit(""))
	}
	if len(r.Fields) == 0 || t.skipPredicates {
		b.cond = append(b.cond, pattern.Dot("MatchString").Call(text))
		return b
	}
	b.init = jen.Id("groups").Op(":=").Add(pattern).Dot("FindStringSubmatch").Call(text)
	b.cond = append(b.cond, jen.Id("groups").Op("!=").Nil())
	b.fields = jen.Id("d").Dot("parse" + r.FieldsType()).Call(jen.Id("groups"))
	return b
}

// queryBranches are the ways to match the filter queries. All queries that find nothing for the input share one branch.
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

// distinct reports whether the input depends on which query matched: it has parts besides the payload.
func (t *tree) distinct(r *plan.Route) bool {
	for _, p := range r.Parts {
		if p.Field != nil && len(r.Queries) > 1 {
			return true
		}
	}
	return false
}

// conjunction is the condition that all conditions hold.
func conjunction(all []*jen.Statement) *jen.Statement {
	whole := all[0].Clone()
	for _, c := range all[1:] {
		whole.Op("&&").Add(c.Clone())
	}
	return whole
}

// queryBranch is the way to match one filter query.
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
	if needsMatcher(q) {
		return t.matcherBranch(r, q)
	}
	if q.Check != filter.CheckNone {
		b.cond = append(b.cond, check(value.Clone(), q.Check, q.Field.Type))
	}
	return t.plainTest(r, b, q, value)
}

// plainTest adds the only test of a query to a branch. It needs no generated method: see needsMatcher.
func (t *tree) plainTest(r *plan.Route, b branch, q filter.Query, value *jen.Statement) branch {
	test := q.Tests[0]
	if test.Check == filter.CheckVariant && test.Field == nil {
		name := jen.Id("_")
		if !t.skipPredicates && narrows(q) && uses(r, q.Field.Name) {
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

// narrows reports whether the query narrows a union down to one of its variants.
func narrows(q filter.Query) bool {
	for _, p := range q.Parts() {
		if p.Variant != nil && p.Filter == nil {
			return true
		}
	}
	return false
}

// test is the condition that a value meets a test. The test is not one for a variant.
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

// check is the condition that a value meets a check that has no operand.
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

// underlying is the type behind a named type.
func underlying(t *model.Type) *model.Type {
	if t.Shape == model.ShapeName {
		return underlying(t.Name.Underlying)
	}
	return t
}
