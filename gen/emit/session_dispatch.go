package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
)

// sequence prints routes in order. Neighbours that differ in the state of one session share a switch. It reports whether the function
// always ends there.
func (t *tree) sequence(g *jen.Group, routes []*plan.Route) (ends bool) {
	if t.skipPredicates {
		routes = t.withoutRepetitions(routes)
	}
	for len(routes) > 0 {
		n := t.sameEntrance(routes)
		if n == 0 {
			if t.route(g, routes[0]) {
				return true // no later route is reached
			}
			routes = routes[1:]
			continue
		}
		t.stateSwitch(g, routes[:n])
		routes = routes[n:]
	}
	return false
}

// sameEntrance is the number of routes at the beginning that one switch over the state of a session decides: their triggers and chats
// are the same. It is 0 if the first route has no state, or if states do not matter here. A handler that continues may change the state, and
// one with finds may leave the update to a later one of the same state, so none comes after it.
func (t *tree) sameEntrance(routes []*plan.Route) int {
	first := routes[0]
	if first.Guard == nil || t.skipPredicates {
		return 0
	}
	text, simple := t.entrance(first)
	n := 1
	for n < len(routes) && simple {
		before, r := routes[n-1], routes[n]
		if r.Guard == nil || r.Guard.Session != first.Guard.Session || before.Continues(t.emitter.plan.Spec) || len(before.Finds) > 0 || len(before.Data) > 0 {
			break
		}
		if other, ok := t.entrance(r); !ok || other != text {
			break
		}
		n++
	}
	return n
}

// withoutRepetitions leaves out routes that add no constraints: one before them has the same entrance and the same constraints. That is usual
// for the states of a dialogue.
func (t *tree) withoutRepetitions(routes []*plan.Route) []*plan.Route {
	var kept []*plan.Route
	for _, r := range routes {
		if n := len(kept); n > 0 && r.Conditional() && kept[n-1].Conditional() && plan.SameConstraints(r.Constraints, kept[n-1].Constraints) {
			before, simple := t.entrance(kept[n-1])
			if text, ok := t.entrance(r); simple && ok && text == before {
				continue
			}
		}
		kept = append(kept, r)
	}
	return kept
}

// entrance is the condition of a route without its state and its predicates, as text. simple is false if the condition computes a part of
// the input.
func (t *tree) entrance(r *plan.Route) (text string, simple bool) {
	if known, ok := t.entrances[r]; ok {
		return known.text, known.simple
	}
	branches := t.branches(r)
	if simple = len(branches) == 1 && branches[0].init == nil; simple {
		for _, cond := range append(branches[0].cond, t.chatConditions(r)...) {
			text += fmt.Sprintf("%#v\n", cond)
		}
	}
	if t.entrances == nil {
		t.entrances = map[*plan.Route]entrance{}
	}
	t.entrances[r] = entrance{text, simple}
	return text, simple
}

// An entrance is what [tree.entrance] returns. Printing a condition is slow, so it is kept.
type entrance struct {
	text   string
	simple bool
}

// stateSwitch prints routes with the same trigger that differ in the state of a session.
func (t *tree) stateSwitch(g *jen.Group, routes []*plan.Route) {
	first := routes[0]
	common := t.chatConditions(first)
	branches := t.branches(first)
	var chain *jen.Statement
	for _, b := range branches {
		body := func(g *jen.Group) {
			t.stateCases(g, routes, func(r *plan.Route) branch {
				if r == first {
					return b
				}
				return t.branches(r)[0]
			})
		}
		switch {
		case len(branches) == 1 && b.init == nil && len(b.cond) == 0 && len(common) == 0:
			body(g)
			return
		case chain == nil:
			chain = jen.If(b.clause(common)...).BlockFunc(body)
		default:
			chain.Else().If(b.clause(common)...).BlockFunc(body)
		}
	}
	g.Add(chain)
}

// stateCases prints the switch over the state.
func (t *tree) stateCases(g *jen.Group, routes []*plan.Route, branchOf func(*plan.Route) branch) {
	session := routes[0].Guard.Session
	failed := t.failed()
	at := jen.List(jen.Id("at"), failed.Clone()).Op(":=").Id("d").Dot(sessionName(session)).Dot("At").Call(jen.Id("ctx"), jen.Id("ev"))
	g.Switch(at, jen.Empty()).BlockFunc(func(g *jen.Group) {
		g.Case(failed.Clone().Op("!=").Nil()).Block(t.abort(failed))
		for _, r := range routes {
			cond := inStates(r.Guard, len(r.Where) > 0)
			for _, p := range t.predicates(r) {
				cond.Op("&&").Add(p)
			}
			g.Case(cond).BlockFunc(func(g *jen.Group) { t.leaf(g, r, branchOf(r)) })
		}
	})
}

// failed is the variable for the error of a session or a find. Where handlers continue, err has the errors of earlier ones.
func (t *tree) failed() *jen.Statement {
	if t.collects {
		return jen.Id("failed")
	}
	return jen.Err()
}

// abort ends the dispatch with the error of a session. No further handler runs, not even one after a handler that continues.
func (t *tree) abort(failed *jen.Statement) *jen.Statement {
	if t.collects {
		return jen.Return(jen.Qual("errors", "Join").Call(jen.Err(), failed.Clone()))
	}
	return jen.Return(failed.Clone())
}

// inStates is the condition that the index at is that of one of the states. It is -1 if the update has no session.
func inStates(guard *plan.Guard, parens bool) *jen.Statement {
	states, all := guard.States, guard.Session.States
	first, last := states[0], states[len(states)-1]
	at := jen.Id("at")
	row := last.Index-first.Index == len(states)-1
	switch {
	case len(states) == 1:
		return at.Op("==").Id(first.Constant())
	case len(states) == len(all):
		return at.Op(">=").Lit(0)
	case row && first.Index == 1 && last.Index == len(all)-1:
		return at.Op(">").Id(all[0].Constant())
	case row && last.Index == len(all)-1:
		return at.Op(">=").Id(first.Constant())
	case row && len(states) > 2:
		return jen.Id(first.Constant()).Op("<=").Id("at").Op("&&").Id("at").Op("<=").Id(last.Constant())
	}
	anyOf := at.Op("==").Id(first.Constant())
	for _, state := range states[1:] {
		anyOf.Op("||").Id("at").Op("==").Id(state.Constant())
	}
	if parens {
		return jen.Parens(anyOf)
	}
	return anyOf
}

// load declares the method that puts the sessions of a handler into its input.
func (e *emitter) load(h *plan.Handler) {
	name := h.Name.Value
	e.add(fmt.Sprintf("load%s puts the sessions that %s uses into its input. If the update has no such session, the next handler is tried.", name, name),
		method("load"+name).Params(contextParam(), eventParam(), jen.Id("in").Op("*").Id(h.Input())).
			Params(jen.Id("_").Op("*").Id(h.Input()), jen.Id("found").Bool(), jen.Err().Error()).BlockFunc(func(g *jen.Group) {
			touched := h.Touched()
			for i, s := range touched {
				get := jen.List(jen.Id("in").Dot(s.Name.Value), jen.Id("found"), jen.Err()).Op("=").Add(getSession(h, s))
				if i == len(touched)-1 {
					g.Add(get)
				} else {
					g.If(get, jen.Err().Op("!=").Nil().Op("||").Op("!").Id("found")).Block(jen.Return(jen.Id("in"), jen.False(), jen.Err()))
				}
			}
			g.Return(jen.Id("in"), jen.Id("found"), jen.Err())
		}))
}

// getSession is the call that returns a session as the handler gets it: the state, narrowed if the handler has only one, or a pointer to the
// data.
func getSession(h *plan.Handler, s *plan.Session) *jen.Statement {
	session := jen.Id("d").Dot(sessionName(s))
	switch {
	case len(s.States) == 0:
		return dispatch("GetData").Call(jen.Id("ctx"), jen.Id("ev"), session)
	case len(h.Guard.States) == 1:
		return dispatch("GetState").Types(jen.Id(h.Guard.States[0].Type())).Call(jen.Id("ctx"), jen.Id("ev"), session)
	}
	return session.Dot("Get").Call(jen.Id("ctx"), jen.Id("ev"))
}

// loadLeaf prints the code that runs a handler with its sessions: see runLeaf. An error of a session ends the dispatch.
func (t *tree) loadLeaf(g *jen.Group, r *plan.Route, b branch) (ends bool) {
	failed := t.failed()
	load := jen.List(jen.Id("in"), jen.Id("found"), failed.Clone()).Op(":=").
		Id("d").Dot("load"+r.Name.Value).Call(jen.Id("ctx"), jen.Id("ev"), t.inputValue(r, b))
	g.If(load, failed.Clone().Op("!=").Nil()).Block(t.abort(failed)).
		Else().If(jen.Id("found")).BlockFunc(func(g *jen.Group) { t.runInput(g, r, b, jen.Id("in")) })
	return false
}

// callAndSet prints the call of the author's method, and then sets the sessions that it changed.
func callAndSet(g *jen.Group, h *plan.Handler) {
	call := jen.Id("d").Dot("h").Dot(h.Name.Value).Call(jen.Id("ctx"), jen.Id("in"))
	goes := h.Guard != nil && len(h.Guard.To) > 0
	failed := jen.Err().Op("!=").Nil()
	switch {
	case goes && len(h.Data) == 0:
		g.List(jen.Id("to"), jen.Err()).Op(":=").Add(call)
		g.If(failed.Op("||").Id("to").Op("==").Nil()).Block(jen.Return(jen.Err()))
	case goes:
		g.List(jen.Id("to"), jen.Err()).Op(":=").Add(call)
		g.If(failed).Block(jen.Return(jen.Err()))
	default:
		g.If(jen.Err().Op(":=").Add(call), failed).Block(jen.Return(jen.Err()))
	}
	for i, s := range h.Data {
		set := dispatch("SetData").Call(jen.Id("d").Dot(sessionName(s)), jen.Id("ev"), jen.Id("in").Dot(s.Name.Value))
		if i == len(h.Data)-1 && !goes {
			g.Return(set)
			return
		}
		g.If(jen.Err().Op(":=").Add(set), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	}
	if len(h.Data) > 0 {
		g.If(jen.Id("to").Op("==").Nil()).Block(jen.Return(jen.Nil()))
	}
	g.Return(jen.Id("d").Dot(sessionName(h.Guard.Session)).Dot("Set").Call(jen.Id("ev"), jen.Id("to")))
}

// expires reports whether a state has a time-out.
func (e *emitter) expires() bool {
	return slices.ContainsFunc(e.plan.Sessions, (*plan.Session).Expires)
}

// expireValue is the function of the bot that runs when the time of a state is over: with the middleware, if there is some.
func (e *emitter) expireValue() *jen.Statement {
	if len(e.plan.Spec.Middleware) == 0 {
		return jen.Id("d").Dot("expire")
	}
	return jen.Id("d").Dot("wrappedExpire")
}

// expire declares the methods that run when the time of a state is over.
func (e *emitter) expire() {
	if !e.expires() {
		return
	}
	e.add("expire takes a session out of a state whose time is over.", method("expire").Params(contextParam(), eventParam()).Error().Block(
		jen.Switch(dispatch("Expired").Call(jen.Id("ev"))).BlockFunc(func(g *jen.Group) {
			for _, s := range e.plan.Sessions {
				if s.Expires() {
					g.Case(jen.Lit(s.Name.Value)).Block(jen.Return(jen.Id("d").Dot("expire"+s.Name.Value).Call(jen.Id("ctx"), jen.Id("ev"))))
				}
			}
		}),
		jen.Return(jen.Nil()),
	))
	for _, s := range e.plan.Sessions {
		if s.Expires() {
			e.expireSession(s)
		}
	}
	for _, x := range e.plan.Expiries {
		e.runExpiry(x)
	}
}

// expireSession declares the method that takes one session out of a state whose time is over. If the session has left the state meanwhile,
// the index is -1.
func (e *emitter) expireSession(s *plan.Session) {
	at := jen.List(jen.Id("at"), jen.Err()).Op(":=").Id("d").Dot(sessionName(s)).Dot("At").Call(jen.Id("ctx"), jen.Id("ev"))
	e.add(fmt.Sprintf("expire%s does so for the session %s. If it has left the state meanwhile, nothing happens.", s.Name.Value, s.Name.Value),
		method("expire"+s.Name.Value).Params(contextParam(), eventParam()).Error().Block(
			jen.Switch(at, jen.Empty()).BlockFunc(func(g *jen.Group) {
				g.Case(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
				for _, state := range s.States {
					if state.Next == nil {
						continue
					}
					g.Case(jen.Id("at").Op("==").Id(state.Constant())).BlockFunc(func(g *jen.Group) {
						if state.Handler.IsSet() {
							g.If(jen.Err().Op(":=").Id("d").Dot("run"+state.Handler.Value).Call(jen.Id("ctx"), jen.Id("ev")), jen.Err().Op("!=").Nil()).
								Block(jen.Return(jen.Err()))
						}
						g.Return(jen.Id("d").Dot(sessionName(s)).Dot("Set").Call(jen.Id("ev"), jen.Id(state.Next.Type()).Values()))
					})
				}
			}),
			jen.Return(jen.Nil()),
		))
}

// runExpiry declares the method that calls the author's method for a time-out.
func (e *emitter) runExpiry(x *plan.Expiry) {
	get := jen.Id("d").Dot(sessionName(x.Session)).Dot("Get").Call(jen.Id("ctx"), jen.Id("ev"))
	if len(x.States) == 1 {
		get = dispatch("GetState").Types(jen.Id(x.States[0].Type())).Call(jen.Id("ctx"), jen.Id("ev"), jen.Id("d").Dot(sessionName(x.Session)))
	}
	e.add("", method("run"+x.Name.Value).Params(contextParam(), eventParam()).Error().BlockFunc(func(g *jen.Group) {
		g.List(jen.Id("state"), jen.Id("found"), jen.Err()).Op(":=").Add(get)
		g.If(jen.Err().Op("!=").Nil().Op("||").Op("!").Id("found")).Block(jen.Return(jen.Err()))
		g.Id("ev").Dot("Enter").Call(jen.Lit(x.Name.Value))
		g.Return(jen.Id("d").Dot("h").Dot(x.Name.Value).Call(jen.Id("ctx"),
			jen.Op("&").Id(x.Input()).Values(jen.Id("Event").Op(":").Id("ev"), jen.Id(x.Session.Name.Value).Op(":").Id("state"))))
	}))
}
