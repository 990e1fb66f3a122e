package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// dispatcher is the type with the author's handlers, and what is compiled once for all updates.
func (e *emitter) dispatcher() {
	e.add("dispatcher finds the handler of an update.", jen.Type().Id(dispatcher).StructFunc(func(g *jen.Group) {
		g.Id("h").Id("Handlers")
		for _, h := range e.plan.Handlers {
			if patternOf(h) != nil {
				g.Id(patternName(h)).Op("*").Qual("regexp", "Regexp")
			}
		}
	}))
}

// newDispatcher is the function that makes a dispatcher.
func (e *emitter) newDispatcher() {
	e.add("", jen.Func().Id(newDispatcher).Params(jen.Id("h").Id("Handlers")).Op("*").Id(dispatcher).Block(
		jen.Return(jen.Op("&").Id(dispatcher).Add(e.dispatcherValue()))))
}

func patternName(h *plan.Handler) string { return lower(h.Name.Value) + "Pattern" }

func (e *emitter) dispatcherValue() *jen.Statement {
	fields := []jen.Code{jen.Id("h").Op(":").Id("h")}
	for _, h := range e.plan.Handlers {
		if p := patternOf(h); p != nil {
			fields = append(fields, jen.Line().Id(patternName(h)).Op(":").Qual("regexp", "MustCompile").Call(jen.Lit(p.Source.Value)))
		}
	}
	if len(fields) > 1 {
		fields[0] = jen.Line().Add(fields[0])
		fields = append(fields, jen.Line())
	}
	return jen.Values(fields...)
}

// dispatchValue is the dispatch within the middleware, the first of which is outermost.
func (e *emitter) dispatchValue() *jen.Statement {
	if len(e.plan.Spec.Middleware) == 0 {
		return jen.Id("d").Dot("dispatch")
	}
	return jen.Id("d").Dot("wrapped")
}

// dispatch is the decision on the kind.
func (e *emitter) dispatch() {
	if len(e.plan.Spec.Middleware) > 0 {
		inner := jen.Id("d").Dot("dispatch").Call(jen.Id("ctx"), jen.Id("ev"))
		for i := len(e.plan.Spec.Middleware) - 1; i >= 0; i-- {
			name := e.plan.Spec.Middleware[i].Value
			inner = jen.Id("d").Dot("h").Dot(name).Call(jen.Id("ctx"), jen.Id("ev"),
				jen.Func().Params(contextParam()).Error().Block(jen.Return(inner)))
		}
		e.add("wrapped is dispatch within the middleware.",
			method("wrapped").Params(contextParam(), eventParam()).Error().Block(jen.Return(inner)))
	}
	e.add("dispatch hands an update to the handlers of its kind.",
		method("dispatch").Params(contextParam(), eventParam()).Error().Block(
			jen.Switch(jen.Id("ev").Dot("Header").Dot("Kind")).BlockFunc(func(g *jen.Group) {
				for _, k := range e.plan.Kinds {
					g.Case(kindConst(k)).Block(jen.Return(jen.Id("d").Dot(kindMethod(k)).Call(
						jen.Id("ctx"), jen.Id("ev"), jen.Id("ev").Dot("Update").Dot(k.Field.Name))))
				}
			}),
			jen.Return(jen.Nil()),
		))
}

func kindMethod(k *plan.Kind) string { return "on" + k.Field.Name }

// run calls a handler: what is left to do once it is known to be the one.
func (e *emitter) run(h *plan.Handler) {
	name := h.Name.Value
	body := func(g *jen.Group) {
		g.Id("ev").Dot("Handler").Op("=").Lit(name)
		if h.Timeout != nil || e.mayFollow(h) {
			g.Add(e.limit(h.Timeout))
		}
	}
	if h.Command == nil || len(h.Fields) == 0 {
		e.add("", method("run"+name).Params(contextParam(), eventParam(), jen.Id("in").Op("*").Id(h.Input())).Error().BlockFunc(func(g *jen.Group) {
			body(g)
			g.Return(jen.Id("d").Dot("h").Dot(name).Call(jen.Id("ctx"), jen.Id("in")))
		}))
		return
	}
	onUsage := dispatch("ReplyUsage")
	if e.plan.Spec.OnUsage.IsSet() {
		onUsage = jen.Id("d").Dot("h").Dot(e.plan.Spec.OnUsage.Value)
	}
	in := jen.Id("in").Op("*").Id(h.Input())
	e.add("", method("run"+name).Params(contextParam(), eventParam(), in, jen.Id("text").String()).Error().BlockFunc(func(g *jen.Group) {
		body(g)
		g.Var().Err().Error()
		g.If(jen.List(jen.Id("in").Dot("Args"), jen.Err()).Op("=").Id("d").Dot("parse"+h.FieldsType()).Call(jen.Id("text")), jen.Err().Op("!=").Nil()).Block(
			jen.Return(onUsage.Call(jen.Id("ctx"), jen.Id("ev"), dispatch("NewUsageError").Call(
				jen.Lit(h.Command.Names[0].Value), jen.Lit(usage(h)), jen.Err()))),
		)
		g.Return(jen.Id("d").Dot("h").Dot(name).Call(jen.Id("ctx"), jen.Id("in")))
	}))
}

// mayFollow reports whether the handler may run after another one for the same update. Its limit then has to be set
// again, since that one may have had another. The clock is the update's: it began with the first handler.
func (e *emitter) mayFollow(h *plan.Handler) bool {
	for _, k := range e.plan.Kinds {
		continued := false
		for _, r := range k.Routes {
			if r.Handler == h && continued {
				return true
			}
			continued = continued || r.Continues(e.plan.Spec)
		}
	}
	return false
}

// limit sets the time-out of a handler with one of its own, or nil. What its spec leaves out is the bot's.
func (e *emitter) limit(own *spec.Timeout) *jen.Statement {
	after, key, limited := timeout(e.plan.Spec.Timeout)
	if own != nil {
		after, key, limited = own.After.Or(after), own.Key.Or(key), !own.None
	}
	wait := duration(after)
	if !limited {
		wait = jen.Lit(0)
	}
	policy := telegram("Hold")
	if key == spec.TimeoutRelease {
		policy = telegram("Release")
	}
	return dispatch("Limit").Call(jen.Id("ctx"), wait, policy)
}

// kind is the decision on an update of one kind: the first handler that matches, in the order of the spec.
func (e *emitter) kind(k *plan.Kind) {
	t := tree{emitter: e, kind: k, payload: payloadName(k), username: jen.Id("ev").Dot("Bot").Dot("Username"), me: jen.Id("ev").Dot("Bot").Dot("Id")}
	for _, r := range k.Routes {
		t.collects = t.collects || r.Continues(e.plan.Spec)
	}
	t.leaf = t.runLeaf
	e.add(fmt.Sprintf("%s finds the handler of an update of the kind %s.", kindMethod(k), k.Name),
		method(kindMethod(k)).Params(contextParam(), eventParam(), jen.Id(t.payload).Add(goType(k.Field.Type))).ParamsFunc(func(g *jen.Group) {
			if t.collects {
				g.Err().Error()
			} else {
				g.Error()
			}
		}).BlockFunc(func(g *jen.Group) {
			if sure := t.emit(g); sure {
				return
			}
			if t.collects {
				g.Return(jen.Err())
			} else {
				g.Return(jen.Nil())
			}
		}))
}

// payloadName is the parameter that holds the payload of a kind.
func payloadName(k *plan.Kind) string { return lower(k.Routes[0].Queries[0].Parts()[0].Name) }

// runLeaf runs the handler. Where handlers continue, their errors are collected, and the end of the context is the end of
// it all: a handler that is to stop is followed by no other.
func (t *tree) runLeaf(g *jen.Group, r *plan.Route, b branch) (ends bool) {
	arguments := []jen.Code{jen.Id("ctx"), jen.Id("ev"), t.inputValue(r, b)}
	if r.Command != nil && len(r.Fields) > 0 {
		arguments = append(arguments, b.arguments)
	}
	call := jen.Id("d").Dot("run" + r.Name.Value).Call(arguments...)
	switch {
	case r.Continues(t.emitter.plan.Spec):
		g.If(
			jen.Err().Op("=").Add(dispatch("JoinError")).Call(jen.Err(), jen.Lit(r.Name.Value), call),
			jen.Id("ctx").Dot("Err").Call().Op("!=").Nil(),
		).Block(jen.Return(dispatch("CutShort").Call(jen.Id("ctx"), jen.Err())))
		return false
	case t.collects:
		g.Return(jen.Qual("errors", "Join").Call(jen.Err(), call))
	default:
		g.Return(call)
	}
	return true
}

// inputValue is what the handler is given.
func (t *tree) inputValue(r *plan.Route, b branch) *jen.Statement {
	return jen.Op("&").Id(r.Input()).ValuesFunc(func(g *jen.Group) {
		g.Id("Event").Op(":").Id("ev")
		for _, part := range r.Parts {
			g.Id(part.Name).Op(":").Add(b.part(t, part.Name))
		}
		if field := fieldsName(r.Handler); field != "" && b.fields != nil {
			g.Id(field).Op(":").Add(b.fields)
		}
	})
}
