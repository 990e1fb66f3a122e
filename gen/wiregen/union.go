package wiregen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// textUnionMethod writes the method for a union whose key is a string. The method finds the key, then decodes the variant.
// A union of a variant that the API does not have is nil.
func (g *generator) textUnionMethod(f *jen.File, p part) {
	u := p.typ.Union
	var body []jen.Code
	if u.Text != nil || u.Array != nil {
		body = append(body, g.otherForms(p)...)
	}
	var cases []jen.Code
	for _, v := range u.Variants {
		cases = append(cases, jen.Case(jen.Lit(v.Value)).Block(
			jen.Return(jen.Id("d").Dot(boxed(variant(u, v))).Call(jen.Id("i"), jen.Id("p"))),
		))
	}
	body = append(body,
		jen.List(jen.Id("variant"), jen.Id("i")).Op(":=").Id("d").Dot("union").Call(jen.Id("i"), jen.Lit(u.Key)),
		jen.Switch(jen.Id("variant")).Block(cases...),
		jen.Op("*").Id("p").Op("=").Nil(),
		jen.Return(jen.Id("d").Dot("unknown").Call(jen.Id("i"), jen.Lit(u.Name), jen.Id("variant"))),
	)
	g.signature(f, p, "p").Block(body...)
	for _, v := range u.Variants {
		g.boxedMethod(f, p, variant(u, v))
	}
}

// boxed is the name of the method that decodes a variant and stores it in the union, which is an interface.
func boxed(inner part) string { return "box" + strings.TrimPrefix(inner.method, "decode") }

// boxedMethod writes that method. It must not be inlined: the method of the union would then need stack for every variant,
// at each level of unions inside unions.
func (g *generator) boxedMethod(f *jen.File, union, inner part) {
	f.Comment("//go:noinline")
	union.method = boxed(inner)
	g.signature(f, union, "p").Block(
		jen.Var().Id("v").Add(g.named(inner.typ.Struct.Name)),
		jen.If(
			jen.Id("i").Op("=").Id("d").Dot(inner.method).Call(jen.Id("i"), jen.Op("&").Id("v")),
			jen.Id("i").Op(">=").Lit(0),
		).Block(jen.Op("*").Id("p").Op("=").Id("v")),
		jen.Return(jen.Id("i")),
	)
}

// otherForms writes the part of a union's method for a union that may also be a string or an array.
func (g *generator) otherForms(p part) []jen.Code {
	u := p.typ.Union
	var cases []jen.Code
	form := func(quote rune, n *model.Name) {
		if n == nil {
			return
		}
		cases = append(cases, jen.Case(jen.LitRune(quote)).Block(
			jen.Var().Id("v").Add(g.named(n.Name)),
			jen.Id("i").Op("=").Id("d").Dot(method(n.Underlying)).Call(
				jen.Id("i"), jen.Parens(jen.Op("*").Add(g.goType(n.Underlying))).Call(jen.Op("&").Id("v"))),
			jen.Op("*").Id("p").Op("=").Id("v"),
			jen.Return(jen.Id("i")),
		))
	}
	form('"', u.Text)
	form('[', u.Array)
	return []jen.Code{
		jen.If(jen.Op("!").Id("d").Dot("nested")).Block(
			jen.Id("d").Dot("nested").Op("=").True(),
			jen.Id("end").Op(":=").Id("d").Dot(p.method).Call(jen.Id("i"), jen.Id("p")),
			jen.Id("d").Dot("nested").Op("=").False(),
			jen.Return(jen.Id("d").Dot("numbersFit").Call(jen.Id("i"), jen.Id("end"))),
		),
		jen.Switch(jen.Id("d").Dot("s").Index(jen.Id("i"))).Block(cases...),
	}
}

// numberUnionMethod writes the method for a union whose key is a number. One of its two variants has the key 0. That
// variant is rare, so the method first decodes the other one, which has the key as a field.
func (g *generator) numberUnionMethod(f *jen.File, p part) {
	u := p.typ.Union
	zero, nonzero := structPart(u.Zero), structPart(u.Nonzero)
	field := nonzero.typ.Struct.Field(u.Key)
	decode := func(inner part, name string) *jen.Statement {
		return jen.Id("d").Dot(inner.method).Call(jen.Id("i"), jen.Op("&").Id(name))
	}
	g.signature(f, p, "p").Block(
		jen.Id("number").Op(":=").Int64().Call(jen.Lit(1)),
		jen.If(jen.Id("d").Dot("careful")).Block(
			jen.Id("number").Op("=").Lit(0),
			jen.If(
				jen.Id("i").Op("=").Id("d").Dot("lastKey").Call(jen.Id("i"), jen.Lit(u.Key), jen.Nil(), jen.Op("&").Id("number")),
				jen.Id("i").Op("<").Lit(0),
			).Block(jen.Return(jen.Id("i"))),
		),
		jen.If(jen.Id("number").Op("!=").Lit(0)).Block(
			jen.Var().Id("v").Add(g.named(u.Nonzero.Name)),
			jen.Id("end").Op(":=").Add(decode(nonzero, "v")),
			jen.If(jen.Id("end").Op("<").Lit(0)).Block(jen.Return(jen.Id("end"))),
			jen.If(jen.Id("v").Dot(field.Name).Op("!=").Lit(0)).Block(
				jen.Op("*").Id("p").Op("=").Id("v"),
				jen.Return(jen.Id("end")),
			),
			jen.If(jen.Id("d").Dot("tooMuchReread").Call(jen.Id("i"), jen.Id("end"))).Block(
				jen.Return(jen.Id("d").Dot("fail").Call(jen.Id("i"), jen.Lit("a "+u.Name+" that is not nested"))),
			),
		),
		jen.Var().Id("v").Add(g.named(u.Zero.Name)),
		jen.If(
			jen.Id("i").Op("=").Add(decode(zero, "v")),
			jen.Id("i").Op(">=").Lit(0),
		).Block(jen.Op("*").Id("p").Op("=").Id("v")),
		jen.Return(jen.Id("i")),
	)
}
