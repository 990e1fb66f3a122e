package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// constrained reports whether any update has a constraint.
func (e *emitter) constrained() bool {
	if e.plan.Spec.Sink.Or(spec.DefaultSink) != spec.SinkSharded {
		return false
	}
	for _, k := range e.plan.Kinds {
		if len(k.Constraints) > 0 || k.Overridden() {
			return true
		}
	}
	return false
}

// constraints declares the method that computes the constraints of an update. It runs when the update arrives. The header
// is enough for built-in constraints; the update is decoded only for a method of the author's, or to find its handler.
func (e *emitter) constraints() {
	e.add("constraints adds the constraints of an update to keys. It decodes the update only if it has to.",
		method("constraints").Params(envelopeParam(), keysParam()).Error().Block(
			jen.Switch(jen.Id("u").Dot("Kind")).BlockFunc(func(g *jen.Group) {
				done := map[string]bool{}
				for i, k := range e.plan.Kinds {
					switch {
					case done[k.Name]:
					case k.Overridden():
						g.Case(kindConst(k)).BlockFunc(func(g *jen.Group) {
							decode(g)
							g.Return(jen.Id("d").Dot(constraintsMethod(k)).Call(
								jen.Id("u"), jen.Id("keys"), jen.Id("update"), jen.Id("update").Dot(k.Field.Name)))
						})
					case len(k.Constraints) > 0:
						g.Case(sameConstraints(k, e.plan.Kinds[i:], done)...).BlockFunc(func(g *jen.Group) {
							if needsUpdate(k.Constraints) {
								decode(g)
							}
							addKeys(g, k.Constraints)
						})
					}
				}
			}),
			jen.Return(jen.Nil()),
		))
	for _, k := range e.plan.Kinds {
		if k.Overridden() {
			e.kindConstraints(k)
		}
	}
}

// sameConstraints are the constants of the kinds that have the same constraints as k. It notes them as done.
func sameConstraints(k *plan.Kind, kinds []*plan.Kind, done map[string]bool) []jen.Code {
	var cases []jen.Code
	for _, other := range kinds {
		if !other.Overridden() && plan.SameConstraints(other.Constraints, k.Constraints) {
			done[other.Name] = true
			cases = append(cases, kindConst(other))
		}
	}
	return cases
}

// The parameters of these methods. constraintsOfX may not need the decoded update, nor its payload: it looks at them only
// to call a method of the author's or to tell handlers apart.

func envelopeParam() *jen.Statement { return jen.Id("u").Op("*").Add(telegram("Envelope")) }
func keysParam() *jen.Statement     { return jen.Id("keys").Op("*").Add(telegram("Keys")) }
func updateParam() *jen.Statement   { return jen.Id("update").Op("*").Add(gotgbot("Update")) }

func constraintsMethod(k *plan.Kind) string { return "constraintsOf" + k.Field.Name }

// decode prints the statements that decode the update.
func decode(g *jen.Group) {
	g.List(jen.Id("update"), jen.Err()).Op(":=").Id("u").Dot("Decode").Call()
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
}

// needsUpdate reports whether one of the constraints is a method of the author's.
func needsUpdate(constraints []spec.Constraint) bool {
	for _, c := range constraints {
		if c.Method {
			return true
		}
	}
	return false
}

// addKeys prints the calls that add constraints.
func addKeys(g *jen.Group, constraints []spec.Constraint) {
	builtIn := map[string]string{
		spec.ConstraintChat: "Chat", spec.ConstraintUser: "User", spec.ConstraintChatUser: "ChatUser", spec.ConstraintTopic: "Topic",
	}
	for _, c := range constraints {
		name := c.Name.Value
		if c.Method {
			g.Id("keys").Dot("Add").Call(jen.Id("d").Dot("h").Dot(name).Call(jen.Id("update")).Op("..."))
			continue
		}
		g.Id("keys").Dot(builtIn[name]).Call(jen.Id("u").Dot("Header"))
	}
}

// kindConstraints declares the method for a kind some of whose handlers have constraints of their own. It calls no
// predicate and no find, since they may be slow, or give another answer later. So it adds the constraints of every handler that
// may run.
func (e *emitter) kindConstraints(k *plan.Kind) {
	t := tree{emitter: e, kind: k, payload: payloadName(k), skipPredicates: true,
		username: jen.Id("keys").Dot("Me").Call().Dot("Username"), me: jen.Id("keys").Dot("Me").Call().Dot("Id")}
	t.leaf = func(g *jen.Group, r *plan.Route, _ branch) (ends bool) {
		addKeys(g, r.Constraints)
		if r.Conditional() || r.Continues(e.plan.Spec) {
			return false
		}
		g.Return(jen.Nil())
		return true
	}
	e.add(fmt.Sprintf("%s adds the constraints of the handlers that %s may run.", constraintsMethod(k), kindMethod(k)),
		method(constraintsMethod(k)).Params(envelopeParam(), keysParam(), updateParam(), jen.Id(t.payload).Add(goType(k.Field.Type))).Error().BlockFunc(func(g *jen.Group) {
			if sure := t.emit(g); !sure {
				addKeys(g, k.Constraints)
				g.Return(jen.Nil())
			}
		}))
}
