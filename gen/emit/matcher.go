package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/plan"
)

// A matcher is a generated method for a filter query that cannot be a plain expression. For a query about the elements of
// a slice, it returns those that match. For a query with several tests, it reports whether one is met.
type matcher struct {
	name  string
	query filter.Query
}

// needsMatcher reports whether the query, which has tests, takes more than a plain expression.
func needsMatcher(q filter.Query) bool {
	first := q.Tests[0]
	return q.Each || len(q.Tests) > 1 || first.And != nil || first.Check == filter.CheckVariant && first.Field != nil
}

// matcherBranch is the branch of a query that calls a method, or the runtime's function for entities.
func (t *tree) matcherBranch(r *plan.Route, q filter.Query) branch {
	b := branch{query: q}
	var call *jen.Statement
	if types, ok := entityTypes(q); ok {
		part := filtered(q)
		call = dispatch("Entities").CallFunc(func(g *jen.Group) {
			g.Id(t.payload).Dot(part.Text.Name)
			g.Id(t.payload).Dot(part.Field.Name)
			for _, name := range types {
				g.Lit(name)
			}
		})
	} else {
		m := matcher{matcherName(q), q}
		if !slices.ContainsFunc(t.emitter.matchers, func(o matcher) bool { return o.name == m.name }) {
			t.emitter.matchers = append(t.emitter.matchers, m)
		}
		call = jen.Id("d").Dot(m.name).CallFunc(func(g *jen.Group) {
			g.Id(t.payload)
			if asksBot(q) {
				g.Add(t.me.Clone())
			}
		})
	}
	switch {
	case !q.Each:
		b.cond = append(b.cond, call)
	case !t.skipPredicates && uses(r, filtered(q).Name):
		b.found = jen.Id(lower(filtered(q).Name))
		b.init = b.found.Clone().Op(":=").Add(call)
		b.cond = append(b.cond, jen.Len(b.found.Clone()).Op("!=").Lit(0))
		if _, entities := entityTypes(q); !entities && filtered(q).Text != nil {
			b.found = dispatch("Entities").Call(jen.Id(t.payload).Dot(filtered(q).Text.Name), b.found)
		}
	default:
		b.cond = append(b.cond, jen.Len(call).Op("!=").Lit(0))
	}
	return b
}

// uses reports whether the input of the route has the part.
func uses(r *plan.Route, part string) bool {
	return slices.ContainsFunc(r.Parts, func(p filter.Part) bool { return p.Name == part })
}

// filtered is the part of the query that holds the elements that match.
func filtered(q filter.Query) filter.Part {
	parts := q.Parts()
	return parts[len(parts)-1]
}

// entityTypes are the types of message entities that a query asks for. It reports false for a query about anything else.
func entityTypes(q filter.Query) (types []string, ok bool) {
	if part := filtered(q); part.Text == nil || !q.Each {
		return nil, false
	}
	for _, test := range q.Tests {
		if test.Check != filter.CheckEqual || test.Field == nil || test.Field.JSON != "type" || test.And != nil {
			return nil, false
		}
		types = append(types, test.Value)
	}
	return types, true
}

// asksBot reports whether the query compares a user with the bot.
func asksBot(q filter.Query) bool {
	return slices.ContainsFunc(q.Tests, func(t filter.Test) bool {
		return t.Check == filter.CheckBot || t.And != nil && t.And.Check == filter.CheckBot
	})
}

// matcherName is messageNewChatMembersIsBot for message:new_chat_members:is_bot.
func matcherName(q filter.Query) string {
	var third strings.Builder
	for word := range strings.SplitSeq(q.Third, "_") {
		if word != "" {
			third.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return lower(q.Kind.Field.Name) + q.Field.Name + third.String()
}

// matcherMethods declares the methods that the queries of the plan need.
func (e *emitter) matcherMethods() {
	for _, m := range e.matchers {
		parameters := []jen.Code{jen.Id("payload").Add(goType(m.query.Kind.Field.Type))}
		if asksBot(m.query) {
			parameters = append(parameters, jen.Id("me").Int64())
		}
		t := &tree{emitter: e, me: jen.Id("me")}
		value := jen.Id("payload").Dot(m.query.Field.Name)
		if m.query.Each {
			part := filtered(m.query)
			e.add(fmt.Sprintf("%s returns the elements that match %s.", m.name, m.query),
				method(m.name).Params(parameters...).Params(jen.Id("found").Add(goType(part.Type))).Block(
					t.loop(m.query, part, value),
					jen.Return(jen.Id("found")),
				))
			continue
		}
		e.add(fmt.Sprintf("%s reports whether an update matches %s.", m.name, m.query),
			method(m.name).Params(parameters...).Bool().BlockFunc(func(g *jen.Group) {
				if m.query.Check != filter.CheckNone {
					g.If(check(value.Clone(), m.query.Check, m.query.Field.Type).Op("==").False()).Block(jen.Return(jen.False()))
				}
				for _, test := range m.query.Tests {
					g.Add(t.tested(m.query, test, value.Clone(), jen.Return(jen.True())))
				}
				g.Return(jen.False())
			}))
	}
}

// loop is the loop that collects the elements that meet any of the tests.
func (t *tree) loop(q filter.Query, part filter.Part, slice *jen.Statement) *jen.Statement {
	return jen.For(jen.List(jen.Id("_"), jen.Id("v")).Op(":=").Range().Add(slice)).BlockFunc(func(g *jen.Group) {
		for i, test := range q.Tests {
			then := []jen.Code{jen.Id("found").Op("=").Append(jen.Id("found"), jen.Id("v"))}
			if i < len(q.Tests)-1 {
				then = append(then, jen.Continue())
			}
			if part.Variant != nil {
				g.If(jen.List(jen.Id("v"), jen.Id("ok")).Op(":=").Id("v").Assert(gotgbot(part.Variant.Name)), jen.Id("ok")).Block(then...)
				continue
			}
			g.Add(t.tested(q, test, jen.Id("v"), then...))
		}
	})
}

// tested is the if statement that runs code if a value meets a test.
func (t *tree) tested(q filter.Query, test filter.Test, value *jen.Statement, then ...jen.Code) *jen.Statement {
	if test.Check != filter.CheckVariant {
		return jen.If(t.test(value, test, q.Field.Type)).Block(then...)
	}
	if test.Field != nil {
		value = value.Clone().Dot(test.Field.Name)
	}
	name := jen.Id("_")
	cond := jen.Id("ok")
	if test.And != nil {
		name = jen.Id("u")
		cond.Op("&&").Add(t.test(jen.Id("u"), *test.And, nil))
	}
	return jen.If(jen.List(name, jen.Id("ok")).Op(":=").Add(value).Assert(gotgbot(test.Variant.Name)), cond).Block(then...)
}
