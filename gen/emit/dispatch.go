package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// dispatcher declares the type with the author's handlers and the compiled regular expressions.
func (e *emitter) dispatcher() {
	e.add("dispatcher finds the handlers of an update and runs them.", jen.Type().Id(dispatcher).StructFunc(func(g *jen.Group) {
		g.Id("h").Id("Handlers")
		for _, h := range e.plan.Handlers {
			if patternOf(h) != nil {
				g.Id(patternName(h)).Op("*").Qual("regexp", "Regexp")
			}
		}
		for _, s := range e.plan.Sessions {
			g.Id(sessionName(s)).Op("*").Add(dispatch("Session")).Types(jen.Id(s.Type()))
		}
	}))
}

// newDispatcher declares the function that makes a dispatcher.
func (e *emitter) newDispatcher() {
	e.add("", jen.Func().Id(newDispatcher).Params(jen.Id("h").Id("Handlers")).Op("*").Id(dispatcher).Block(
		jen.Return(jen.Op("&").Id(dispatcher).Add(e.dispatcherValue()))))
}

// patternName is the dispatcher's field with the regular expression of a handler. It keeps the letters of the name: ID and Id
// are two handlers.
func patternName(h *plan.Handler) string { return "pattern" + h.Name.Value }

// dispatcherValue is the composite literal of a dispatcher.
func (e *emitter) dispatcherValue() *jen.Statement {
	fields := []jen.Code{jen.Id("h").Op(":").Id("h")}
	for _, h := range e.plan.Handlers {
		if p := patternOf(h); p != nil {
			fields = append(fields, jen.Line().Id(patternName(h)).Op(":").Qual("regexp", "MustCompile").Call(jen.Lit(p.Source.Value)))
		}
	}
	for _, s := range e.plan.Sessions {
		fields = append(fields, jen.Line().Id(sessionName(s)).Op(":").Id(newSessionName(s)).Call(jen.Id("h")))
	}
	if len(fields) > 1 {
		fields[0] = jen.Line().Add(fields[0])
		fields = append(fields, jen.Line())
	}
	return jen.Values(fields...)
}

// dispatchValue is the dispatch function of the bot: with the middleware, if there is some.
func (e *emitter) dispatchValue() *jen.Statement {
	if len(e.plan.Spec.Middleware) == 0 {
		return jen.Id("d").Dot("dispatch")
	}
	return jen.Id("d").Dot("wrapped")
}

// dispatch declares the method that looks at the kind of an update. If there is middleware, it also declares wrapped, where
// the first middleware is the outermost.
func (e *emitter) dispatch() {
	if len(e.plan.Spec.Middleware) > 0 {
		e.wrap("wrapped", "dispatch")
	}
	if len(e.plan.Spec.Middleware) > 0 && e.expires() {
		e.wrap("wrappedExpire", "expire")
	}
	e.add("dispatch passes an update to the handlers of its kind.",
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

// wrap declares a method that calls the middleware, and another method inside it.
func (e *emitter) wrap(name, inside string) {
	inner := jen.Id("d").Dot(inside).Call(jen.Id("ctx"), jen.Id("ev"))
	for i := len(e.plan.Spec.Middleware) - 1; i >= 0; i-- {
		middleware := e.plan.Spec.Middleware[i].Value
		inner = jen.Id("d").Dot("h").Dot(middleware).Call(jen.Id("ctx"), jen.Id("ev"),
			dispatch("Once").Call(jen.Func().Params(contextParam()).Error().Block(jen.Return(inner))))
	}
	e.add(name+" calls the middleware, and "+inside+" inside it.", method(name).Params(contextParam(), eventParam()).Error().Block(jen.Return(inner)))
}

func kindMethod(k *plan.Kind) string { return "on" + k.Field.Name }

// run declares the method that runs a handler after it was found: it sets the time-out, parses the arguments of a command,
// and calls the author's method.
func (e *emitter) run(h *plan.Handler) {
	name := h.Name.Value
	body := func(g *jen.Group) {
		if h.Continues(e.plan.Spec) {
			g.Defer().Add(dispatch("Recover")).Call(jen.Op("&").Err())
		}
		g.Id("ev").Dot("Enter").Call(jen.Lit(name))
		if h.Handler.Timeout != nil || e.mayFollow(h) {
			g.Add(limit(h.Timeout))
		}
	}
	// The result of a handler after which others run has a name, because a panic becomes an error of that handler.
	result := jen.Error()
	if h.Continues(e.plan.Spec) {
		result = jen.Params(jen.Err().Error())
	}
	if h.Command == nil || len(h.Fields) == 0 {
		e.add("", method("run"+name).Params(contextParam(), eventParam(), jen.Id("in").Op("*").Id(h.Input())).Add(result).BlockFunc(func(g *jen.Group) {
			body(g)
			e.call(g, h)
		}))
		return
	}
	onUsage := dispatch("ReplyUsage")
	if e.plan.Spec.OnUsage.IsSet() {
		onUsage = jen.Id("d").Dot("h").Dot(e.plan.Spec.OnUsage.Value)
	}
	in := jen.Id("in").Op("*").Id(h.Input())
	e.add("", method("run"+name).Params(contextParam(), eventParam(), in, jen.Id("text").String()).Add(result).BlockFunc(func(g *jen.Group) {
		body(g)
		if !h.Continues(e.plan.Spec) {
			g.Var().Err().Error()
		}
		g.If(jen.List(jen.Id("in").Dot("Args"), jen.Err()).Op("=").Id("d").Dot("parse"+h.FieldsType()).Call(jen.Id("text")), jen.Err().Op("!=").Nil()).Block(
			jen.Return(onUsage.Call(jen.Id("ctx"), jen.Id("ev"), dispatch("NewUsageError").Call(
				jen.Lit(h.Command.Names[0].Value), jen.Lit(usage(h)), jen.Err()))),
		)
		e.call(g, h)
	}))
}

// call prints the call of the author's method. If a failed update is handled again by another rule than the bot's, or by
// several handlers, the call says so.
func (e *emitter) call(g *jen.Group, h *plan.Handler) {
	call := func(g *jen.Group) {
		g.Return(jen.Id("d").Dot("h").Dot(h.Name.Value).Call(jen.Id("ctx"), jen.Id("in")))
	}
	if len(h.Data) > 0 || h.Guard != nil && len(h.Guard.To) > 0 {
		call = func(g *jen.Group) { callAndSet(g, h) }
	}
	if !e.tries(h) {
		call(g)
		return
	}
	g.Return(jen.Id("ev").Dot("Try").Call(retryValue(h.Retry), jen.Func().Params().Error().BlockFunc(call)))
}

// tries reports whether a handler is called with Event.Try.
func (e *emitter) tries(h *plan.Handler) bool {
	return e.plan.Retries() && (h.Retry != e.plan.Retry || h.Continues(e.plan.Spec) || e.mayFollow(h))
}

// mayFollow reports whether the handler may run after another handler of the same update. That handler may have set
// another time-out, so this one sets its own. The time counts from the start of the first handler.
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

// limit is the call that sets the time-out of a handler.
func limit(t plan.Timeout) *jen.Statement {
	key, hold := telegram("Hold"), t.Hold
	if t.Key == spec.TimeoutRelease {
		key, hold = telegram("Release"), 0
	}
	return dispatch("Limit").Call(jen.Id("ctx"), duration(t.After), key, duration(hold))
}

// kind declares the method that finds the handlers of an update of one kind, in the order of the spec.
func (e *emitter) kind(k *plan.Kind) {
	t := tree{emitter: e, kind: k, payload: payloadName(k), username: jen.Id("ev").Dot("Bot").Dot("Username"), me: jen.Id("ev").Dot("Bot").Dot("Id")}
	for _, r := range k.Routes {
		t.collects = t.collects || r.Continues(e.plan.Spec)
	}
	t.leaf = t.runLeaf
	e.add(fmt.Sprintf("%s finds the handlers of an update of the kind %s and runs them.", kindMethod(k), k.Name),
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

// payloadName is the name of the parameter for the payload of a kind.
func payloadName(k *plan.Kind) string { return lower(k.Routes[0].Queries[0].Parts()[0].Name) }

// runLeaf prints the code that runs a handler. Where handlers continue, it joins their errors. After the context has ended,
// no further handler runs.
func (t *tree) runLeaf(g *jen.Group, r *plan.Route, b branch) (ends bool) {
	if len(r.Touched()) > 0 {
		return t.loadLeaf(g, r, b)
	}
	return t.runInput(g, r, b, t.inputValue(r, b))
}

// runInput prints the code that runs a handler with the given input, after its finds have found something: see runLeaf.
func (t *tree) runInput(g *jen.Group, r *plan.Route, b branch, in *jen.Statement) (ends bool) {
	if len(r.Finds) > 0 {
		t.findLeaf(g, r, b, in)
		return false
	}
	call := t.runCall(r, b, in)
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

// runCall is the call that runs a handler with the given input.
func (t *tree) runCall(r *plan.Route, b branch, in jen.Code) *jen.Statement {
	arguments := []jen.Code{jen.Id("ctx"), jen.Id("ev"), in}
	if r.Command != nil && len(r.Fields) > 0 {
		arguments = append(arguments, b.arguments)
	}
	return jen.Id("d").Dot("run" + r.Name.Value).Call(arguments...)
}

// inputValue is the handler's input.
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
