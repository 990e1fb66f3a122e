package wiregen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// types writes a description of each struct that the decoder fills. At run time the package compares them with the types
// of the gotgbot that the program was built with.
func (g *generator) types(f *jen.File) error {
	var rows []jen.Code
	var done []string
	for _, p := range g.parts {
		if p.typ.Shape != model.ShapeStruct || slices.Contains(done, p.typ.Struct.Name) {
			continue
		}
		s := p.typ.Struct
		done = append(done, s.Name)
		var fields strings.Builder
		for _, field := range s.Fields {
			fmt.Fprintf(&fields, "%s %s %s\n", field.Name, field.JSON, field.Type)
		}
		rows = append(rows, jen.Line().Values(
			jen.Qual("reflect", "TypeFor").Types(g.named(s.Name)).Call(), jen.Lit(s.Custom), jen.Lit(fields.String()),
		))
	}
	f.Comment("generatedFrom is the version of gotgbot that the decoder was generated from.")
	f.Const().Id("generatedFrom").Op("=").Lit(g.api.Version)
	f.Line()
	f.Comment("generatedTypes are the structs that the decoder fills, as they were when it was generated.")
	f.Func().Id("generatedTypes").Params().Index().Id("generatedType").Block(
		jen.Return(jen.Index().Id("generatedType").Values(append(rows, jen.Line())...)),
	)
	return nil
}
