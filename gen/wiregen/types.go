package wiregen

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// decoder writes a method for every part.
func (g *generator) decoder(f *jen.File) error {
	for _, line := range []string{
		"The methods of the decoder for each type that gotgbot.Update reaches. A method decodes the value at i and returns the",
		"position after it: see decoder. A method with As in its name decodes a struct as a variant of a union. A method whose",
		"name begins with box stores such a variant in the union. It is not inlined, because the union's method would then need",
		"stack for every variant, at each level of unions inside unions.",
	} {
		f.Comment(line)
	}
	f.Line()
	for _, p := range g.parts {
		switch p.typ.Shape {
		case model.ShapeStruct:
			g.structMethod(f, p)
		case model.ShapePointer:
			g.pointerMethod(f, p)
		case model.ShapeSlice:
			g.sliceMethod(f, p)
		case model.ShapeUnion:
			if p.typ.Union.Zero != nil {
				g.numberUnionMethod(f, p)
			} else {
				g.textUnionMethod(f, p)
			}
		}
		f.Line()
	}
	return nil
}

// goType is the code for a type.
func (g *generator) goType(t *model.Type) *jen.Statement {
	switch t.Shape {
	case model.ShapeSlice:
		return jen.Index().Add(g.goType(t.Elem))
	case model.ShapePointer:
		return jen.Op("*").Add(g.goType(t.Elem))
	case model.ShapeStruct:
		return g.named(t.Struct.Name)
	case model.ShapeUnion:
		return g.named(t.Union.Name)
	case model.ShapeName:
		return g.named(t.Name.Name)
	}
	return jen.Id(t.String())
}

// named is the code for a type of gotgbot.
func (g *generator) named(name string) *jen.Statement { return jen.Qual(g.api.Package, name) }

// signature starts the method of a part: func (d *decoder) method(i int, param *T) int.
func (g *generator) signature(f *jen.File, p part, param string) *jen.Statement {
	return f.Func().Params(jen.Id("d").Op("*").Id("decoder")).Id(p.method).
		Params(jen.Id("i").Int(), jen.Id(param).Op("*").Add(g.goType(p.typ))).Int()
}

// call is the call d.method(i, at), which decodes the value at i into the address at. t is the type of what is there.
func (g *generator) call(t *model.Type, i string, at *jen.Statement) *jen.Statement {
	if t.Shape == model.ShapeName {
		at = jen.Parens(jen.Op("*").Add(g.goType(t.Name.Underlying))).Call(at)
	}
	return jen.Id("d").Dot(method(t)).Call(jen.Id(i), at)
}

// structMethod writes the method for a struct: a loop over the members, with a switch over their names. A careful decoder
// decodes a field that holds a union after the loop, since only the last member of that name counts.
func (g *generator) structMethod(f *jen.File, p part) {
	s := p.typ.Struct
	var cases []jen.Code
	var names []string
	if p.key != "" {
		names = append(names, p.key)
		cases = append(cases, jen.Case(jen.Lit(p.key)).Block(
			jen.Id("i").Op("=").Id("d").Dot("key").Call(jen.Id("i"), jen.Lit(p.value)),
		))
	}
	var unions []*model.Field
	for _, field := range s.Fields {
		names = append(names, field.JSON)
		at := jen.Op("&").Id("v").Dot(field.Name)
		decode := jen.Id("i").Op("=").Add(g.call(field.Type, "i", at))
		var body []jen.Code
		switch {
		case field.Type.Base().Shape == model.ShapeUnion:
			unions = append(unions, field)
			body = append(body, jen.If(jen.Id("d").Dot("careful")).Block(
				jen.List(jen.Id(later(field)), jen.Id("i")).Op("=").List(jen.Id("i"), jen.Id("d").Dot("skip").Call(jen.Id("i"))),
			).Else().Block(decode))
		case field.Type.Shape == model.ShapeStruct && field.Type.Struct.Custom:
			// An UnmarshalJSON of gotgbot sets every field, so nothing is left of an earlier member of the same name.
			body = append(body, jen.Id("v").Dot(field.Name).Op("=").Add(g.goType(field.Type)).Values(), decode)
		default:
			body = append(body, decode)
		}
		cases = append(cases, jen.Case(jen.Lit(field.JSON)).Block(body...))
	}
	skip := jen.Id("i").Op("=").Id("d").Dot("skip").Call(jen.Id("i"))

	if len(cases) == 0 {
		g.signature(f, p, "_").Block(
			jen.List(jen.Id("_"), jen.Id("i"), jen.Id("more")).Op(":=").Id("d").Dot("first").Call(jen.Id("i")),
			jen.For(jen.Empty(), jen.Id("more"), jen.List(jen.Id("_"), jen.Id("i"), jen.Id("more")).Op("=").
				Id("d").Dot("next").Call(jen.Id("i"))).Block(skip),
			jen.Return(jen.Id("i")),
		)
		return
	}
	cases = append(cases, jen.Default().Block(
		jen.If(
			jen.Id("name").Op("=").Id("matchFold").Call(jen.Id("name"), jen.Lit(strings.Join(names, " "))),
			jen.Id("name").Op("!=").Lit(""),
		).Block(jen.Goto().Id("again")),
		skip,
	))
	var before, after []jen.Code
	for _, field := range unions {
		before = append(before, jen.Var().Id(later(field)).Int())
		after = append(after, jen.If(jen.Id(later(field)).Op("!=").Lit(0).Op("&&").Id("i").Op(">=").Lit(0)).Block(
			jen.If(
				jen.Id("end").Op(":=").Add(g.call(field.Type, later(field), jen.Op("&").Id("v").Dot(field.Name))),
				jen.Id("end").Op("<").Lit(0),
			).Block(jen.Id("i").Op("=").Id("end")),
		))
	}
	body := append(before,
		jen.List(jen.Id("name"), jen.Id("i"), jen.Id("more")).Op(":=").Id("d").Dot("first").Call(jen.Id("i")),
		jen.For(jen.Empty(), jen.Id("more"), jen.List(jen.Id("name"), jen.Id("i"), jen.Id("more")).Op("=").
			Id("d").Dot("next").Call(jen.Id("i"))).Block(
			jen.Id("again").Op(":").Line().Switch(jen.Id("name")).Block(cases...),
		),
	)
	param := "v"
	if len(s.Fields) == 0 {
		param = "_"
	}
	g.signature(f, p, param).Block(append(append(body, after...), jen.Return(jen.Id("i")))...)
}

// later is the name of the variable with the position of a field that is decoded after the others.
func later(f *model.Field) string { return "at" + f.Name }

// withUpdate are the structs that runtime/telegram/wire allocates together with the update, by its methods newMessage and
// newUser.
var withUpdate = []string{"Message", "User"}

// pointerMethod writes the method for a pointer. null sets it to nil. Any other value is decoded into the value that it
// points to, or into a new one.
func (g *generator) pointerMethod(f *jen.File, p part) {
	elem := p.typ.Elem
	var reset jen.Code = jen.Empty()
	if elem.Shape == model.ShapeStruct && elem.Struct.Custom {
		reset = jen.Else().Block(jen.Op("*").Op("*").Id("p").Op("=").Add(g.goType(elem)).Values())
	}
	made := jen.New(g.goType(elem))
	if elem.Shape == model.ShapeStruct && slices.Contains(withUpdate, elem.Struct.Name) {
		made = jen.Id("d").Dot("new" + elem.Struct.Name).Call()
	}
	g.signature(f, p, "p").Block(
		jen.If(jen.Id("d").Dot("isNull").Call(jen.Id("i"))).Block(
			jen.Op("*").Id("p").Op("=").Nil(),
			jen.Return(jen.Id("d").Dot("null").Call(jen.Id("i"), jen.Lit(""))),
		),
		jen.If(jen.Op("*").Id("p").Op("==").Nil()).Block(
			jen.Op("*").Id("p").Op("=").Add(made),
		).Add(reset),
		jen.Return(g.call(elem, "i", jen.Op("*").Id("p"))),
	)
}

// sliceMethod writes the method for a slice. An empty array becomes an empty slice that is not nil. A slice of unions is
// different, because gotgbot decodes it: an empty array makes it nil, and elements of an earlier value are not kept. A union
// of a variant that is not known is left out of it.
func (g *generator) sliceMethod(f *jen.File, p part) {
	elem := p.typ.Elem
	empty := jen.Op("*").Id("p").Op("=").Add(g.goType(p.typ)).Values()
	start := jen.Id("s").Op(":=").Parens(jen.Op("*").Id("p")).Index(jen.Empty(), jen.Lit(0))
	room := jen.Lit(4)
	switch elem.Shape {
	case model.ShapeUnion:
		empty = jen.Op("*").Id("p").Op("=").Nil()
		start = jen.Var().Id("s").Add(g.goType(p.typ))
	case model.ShapeStruct:
		room = jen.Id("d").Dot("guessLength").Call(jen.Id("i"))
	}
	last := jen.Id("s").Index(jen.Len(jen.Id("s")).Op("-").Lit(1))
	loop := []jen.Code{jen.Id("s").Op("=").Id("extend").Call(jen.Id("s"))}
	if elem.Shape == model.ShapeStruct && elem.Struct.Custom {
		loop = append(loop, last.Clone().Op("=").Add(g.goType(elem)).Values())
	}
	var after jen.Code = jen.Empty()
	if elem.Shape == model.ShapeUnion {
		loop = append(loop,
			jen.Id("i").Op("=").Add(g.call(elem, "i", jen.Op("&").Add(last.Clone()))),
			jen.If(last.Clone().Op("==").Nil()).Block(
				jen.Id("s").Op("=").Id("s").Index(jen.Empty(), jen.Len(jen.Id("s")).Op("-").Lit(1)).Comment("a variant that is not known"),
			),
			jen.List(jen.Id("i"), jen.Id("more")).Op("=").Id("d").Dot("nextElement").Call(jen.Id("i")),
		)
		after = jen.If(jen.Len(jen.Id("s")).Op("==").Lit(0)).Block(jen.Id("s").Op("=").Nil())
	} else {
		loop = append(loop,
			jen.List(jen.Id("i"), jen.Id("more")).Op("=").Id("d").Dot("nextElement").Call(
				g.call(elem, "i", jen.Op("&").Add(last.Clone()))),
		)
	}
	g.signature(f, p, "p").Block(
		jen.If(jen.Id("d").Dot("isNull").Call(jen.Id("i"))).Block(
			jen.Op("*").Id("p").Op("=").Nil(),
			jen.Return(jen.Id("d").Dot("null").Call(jen.Id("i"), jen.Lit(""))),
		),
		jen.List(jen.Id("i"), jen.Id("more")).Op(":=").Id("d").Dot("firstElement").Call(jen.Id("i")),
		jen.If(jen.Op("!").Id("more")).Block(empty, jen.Return(jen.Id("i"))),
		start,
		jen.If(jen.Cap(jen.Id("s")).Op("==").Lit(0)).Block(
			jen.Id("s").Op("=").Make(g.goType(p.typ), jen.Lit(0), room),
		),
		jen.For(jen.Id("more")).Block(loop...),
		after,
		jen.Op("*").Id("p").Op("=").Id("s"),
		jen.Return(jen.Id("i")),
	)
}
