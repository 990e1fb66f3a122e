package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
)

// find declares the method that asks the finds of a handler, in the order of the spec, and puts what they find into the
// input. Meanwhile the event names the handler, for the error hook and the time-out hook. An error counts as one of the
// handler's attempts.
func (e *emitter) find(h *plan.Handler) {
	name := h.Name.Value
	e.add(fmt.Sprintf("find%s looks for what %s needs. If it is not found, the next handler is tried.", name, name),
		method("find"+name).Params(contextParam(), eventParam(), jen.Id("in").Op("*").Id(h.Input())).
			Params(jen.Id("_").Op("*").Id(h.Input()), jen.Id("found").Bool(), jen.Err().Error()).BlockFunc(func(g *jen.Group) {
			if h.Continues(e.plan.Spec) {
				g.Defer().Add(dispatch("Recover")).Call(jen.Op("&").Err())
			}
			g.Id("before").Op(":=").Id("ev").Dot("Handler")
			g.Id("ev").Dot("Enter").Call(jen.Lit(name))
			failed := jen.Err()
			if e.tries(h) {
				g.If(jen.Id("ev").Dot("Settled").Call()).Block(jen.Return(jen.Id("in"), jen.True(), jen.Nil()))
				failed = jen.Id("ev").Dot("Try").Call(retryValue(h.Retry), jen.Func().Params().Error().Block(jen.Return(jen.Err())))
			}
			for _, f := range h.Finds {
				g.If(
					jen.List(jen.Id("in").Dot(f.Name), jen.Id("found"), jen.Err()).Op("=").
						Id("d").Dot("h").Dot(f.Method().Value).Call(jen.Id("ctx"), jen.Id("ev")),
					jen.Err().Op("!=").Nil(),
				).Block(
					jen.Return(jen.Nil(), jen.False(), failed.Clone()),
				).Else().If(jen.Op("!").Id("found")).Block(
					jen.Id("ev").Dot("Enter").Call(jen.Id("before")),
					jen.Return(jen.Nil(), jen.False(), jen.Nil()),
				)
			}
			g.Return(jen.Id("in"), jen.True(), jen.Nil())
		}))
}

// findLeaf prints the code that runs a handler if its finds find something: see runLeaf.
func (t *tree) findLeaf(g *jen.Group, r *plan.Route, b branch, in *jen.Statement) {
	find := jen.Id("d").Dot("find"+r.Name.Value).Call(jen.Id("ctx"), jen.Id("ev"), in)
	call := t.runCall(r, b, jen.Id("in"))
	failed := t.failed()
	first := jen.List(jen.Id("in"), jen.Id("found"), failed.Clone()).Op(":=").Add(find)
	wrong := failed.Clone().Op("!=").Nil()
	switch {
	case r.Continues(t.emitter.plan.Spec):
		join := func(failed jen.Code) jen.Code {
			return jen.Err().Op("=").Add(dispatch("JoinError")).Call(jen.Err(), jen.Lit(r.Name.Value), failed)
		}
		g.If(first, wrong).Block(join(failed)).Else().If(jen.Id("found")).Block(join(call))
		g.If(jen.Id("ctx").Dot("Err").Call().Op("!=").Nil()).Block(jen.Return(dispatch("CutShort").Call(jen.Id("ctx"), jen.Err())))
	case t.collects:
		g.If(first, wrong).Block(jen.Return(jen.Qual("errors", "Join").Call(jen.Err(), failed))).
			Else().If(jen.Id("found")).Block(jen.Return(jen.Qual("errors", "Join").Call(jen.Err(), call)))
	default:
		g.If(first, wrong).Block(jen.Return(failed)).Else().If(jen.Id("found")).Block(jen.Return(call))
	}
}
