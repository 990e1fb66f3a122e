package wiregen

import "github.com/dave/jennifer/jen"

// kinds writes the constants for the kinds of update, and their names.
func (g *generator) kinds(f *jen.File) error {
	constants := []jen.Code{
		jen.Comment("KindUnknown is the kind of an update that this package does not know."),
		jen.Id("KindUnknown").Id("Kind").Op("=").Iota(),
	}
	names := []jen.Code{jen.Line().Lit("unknown")}
	var cases []jen.Code
	for _, k := range g.api.Kinds {
		constants = append(constants, jen.Id("Kind"+k.Field.Name))
		names = append(names, jen.Line().Lit(k.Name))
		cases = append(cases, jen.Case(jen.Lit(k.Name)).Block(jen.Return(jen.Id("Kind"+k.Field.Name))))
	}
	constants = append(constants,
		jen.Line().Comment("KindCount is the number of kinds, including KindUnknown."),
		jen.Id("KindCount").Op("=").Iota(),
	)
	f.Comment("The kinds of update, in the order of the fields of gotgbot.Update. A new release may change the numbers, but not the")
	f.Comment("names.")
	f.Const().Defs(constants...)
	f.Line()
	f.Var().Id("kindNames").Op("=").Index(jen.Id("KindCount")).String().Values(append(names, jen.Line())...)
	f.Line()
	f.Comment("KindOf returns the kind with the given name in JSON, such as \"edited_message\", or KindUnknown.")
	f.Func().Id("KindOf").Params(jen.Id("name").String()).Id("Kind").Block(
		jen.Switch(jen.Id("name")).Block(cases...),
		jen.Return(jen.Id("KindUnknown")),
	)
	return nil
}
