package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// callback declares the type of callback data, and the functions that encode it, parse it, and make a button with it.
func (e *emitter) callback(h *plan.Handler) {
	if len(h.Fields) == 0 {
		e.fixedCallback(h)
		return
	}
	name := h.FieldsType()
	e.add(fmt.Sprintf("%s is the callback data of buttons that %s handles: %s", name, h.Name.Value, quoted(h.Callback.Source.Value)), fieldsStruct(h))
	e.encode(h)
	e.parse(h)
	e.add("Button makes an inline button with the data. It returns the error of Encode.",
		jen.Func().Params(jen.Id("data").Id(name)).Id("Button").Params(jen.Id("text").String()).
			Params(gotgbot("InlineKeyboardButton"), jen.Error()).Block(
			jen.List(jen.Id("encoded"), jen.Err()).Op(":=").Id("data").Dot("Encode").Call(),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(gotgbot("InlineKeyboardButton").Values(), jen.Err())),
			jen.Return(dispatch("CallbackButton").Call(jen.Id("text"), jen.Id("encoded")), jen.Nil()),
		))
}

// fixedCallback declares a constant for data without fields, and a function that makes a button with it. Neither can fail.
func (e *emitter) fixedCallback(h *plan.Handler) {
	name := h.Name.Value
	e.add(fmt.Sprintf("%s is the callback data of buttons that %s handles.", h.FieldsType(), name),
		jen.Const().Id(h.FieldsType()).Op("=").Lit(h.Callback.Parts[0].Literal.Value))
	e.add(fmt.Sprintf("%sButton makes an inline button that %s handles.", name, name),
		jen.Func().Id(name+"Button").Params(jen.Id("text").String()).Add(gotgbot("InlineKeyboardButton")).Block(
			jen.Return(dispatch("CallbackButton").Call(jen.Id("text"), jen.Id(h.FieldsType())))))
}

// encode declares the method that writes callback data.
func (e *emitter) encode(h *plan.Handler) {
	e.add(encodeDoc(h),
		jen.Func().Params(jen.Id("data").Id(h.FieldsType())).Id("Encode").Params().Params(jen.String(), jen.Error()).BlockFunc(func(g *jen.Group) {
			g.Id("b").Op(":=").Make(jen.Index().Byte(), jen.Lit(0), telegram("MaxCallbackData"))
			if verbatim(h) {
				g.Var().Err().Error()
			}
			field := 0
			for i, part := range h.Callback.Parts {
				if part.Field == nil {
					g.Id("b").Op("=").Append(jen.Id("b"), jen.Lit(part.Literal.Value).Op("..."))
					continue
				}
				f := h.Fields[field]
				field++
				value := jen.Id("data").Dot(f.Name)
				if f.Optional {
					g.If(value.Clone().Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
						writeField(g, f, jen.Op("*").Add(value), plan.NextLiteral(h.Callback, i))
					})
					continue
				}
				writeField(g, f, value, plan.NextLiteral(h.Callback, i))
			}
			if !refusable(h) {
				g.Return(dispatch("EncodeCallback").Call(jen.Id("b")))
				return
			}
			g.List(jen.Id("encoded"), jen.Err()).Op(":=").Add(dispatch("EncodeCallback")).Call(jen.Id("b"))
			g.If(jen.Err().Op("==").Nil()).Block(
				jen.List(jen.Id("_"), jen.Err()).Op("=").Id("Parse" + h.FieldsType()).Call(jen.Id("encoded")).Comment("a field may have a value that is not allowed"))
			g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Lit(""), jen.Err()))
			g.Return(jen.Id("encoded"), jen.Nil())
		}))
}

// encodeDoc says in which cases Encode can fail.
func encodeDoc(h *plan.Handler) string {
	doc := "Encode returns the data as text for Telegram. It fails if the text is not 1 to 64 bytes of UTF-8"
	if refusable(h) || verbatim(h) {
		doc += ", or if a field has a value that Parse" + h.FieldsType() + " refuses"
	}
	return doc + "."
}

// refusable reports whether a field may hold a value that Parse refuses and that Encode has not checked when it wrote it.
func refusable(h *plan.Handler) bool {
	return slices.ContainsFunc(h.Fields, func(f plan.Field) bool {
		return f.Type.Kind == spec.TypeEnum || f.Type.Kind == spec.TypeFloat64 || f.Type.Range.IsSet() ||
			f.Type.MaxBytes.IsSet() && !f.Type.Verbatim()
	})
}

// verbatim reports whether a field is in the data without escapes. Encode has to check such a text before it writes it:
// with a character that the field cannot contain, the data could be read as other values.
func verbatim(h *plan.Handler) bool {
	return slices.ContainsFunc(h.Fields, func(f plan.Field) bool { return f.Type.Verbatim() })
}

// writeField prints the statements that write the value of a field. The literal next follows the field.
func writeField(g *jen.Group, f plan.Field, value *jen.Statement, next string) {
	function, b := dispatch(plan.Appender(f.Field)), jen.Id("b")
	switch {
	case f.Type.Verbatim():
		g.If(
			jen.List(b.Clone(), jen.Err()).Op("=").Add(function).Call(b, jen.Lit(f.Field.Name.Value), value, parser(f)),
			jen.Err().Op("!=").Nil(),
		).Block(jen.Return(jen.Lit(""), jen.Err()))
	case f.Type.Kind == spec.TypeEnum:
		g.Add(b.Clone()).Op("=").Add(function).Call(b, jen.String().Call(value), jen.Lit(next))
	case f.Type.Kind == spec.TypeString, f.Type.Kind == spec.TypeRest:
		g.Add(b.Clone()).Op("=").Add(function).Call(b, value, jen.Lit(next))
	default:
		g.Add(b.Clone()).Op("=").Add(function).Call(b, value)
	}
}

// parse declares the function that reads callback data.
func (e *emitter) parse(h *plan.Handler) {
	name := h.FieldsType()
	e.add(fmt.Sprintf("Parse%s reads data that Encode wrote. It fails for all other data, such as that of an older version of the bot.", name),
		jen.Func().Id("Parse"+name).Params(jen.Id("encoded").String()).Params(jen.Id("data").Id(name), jen.Err().Error()).BlockFunc(func(g *jen.Group) {
			g.Id("f").Op(":=").Add(dispatch("NewFields")).Call(jen.Id("encoded"))
			field := 0
			for i, part := range h.Callback.Parts {
				if part.Field == nil {
					g.Id("f").Dot("Literal").Call(jen.Lit(part.Literal.Value))
					continue
				}
				f := h.Fields[field]
				field++
				function := "Field"
				if f.Type.Verbatim() {
					function = "VerbatimField"
				}
				parameters := []jen.Code{jen.Op("&").Id("f"), jen.Lit(f.Field.Name.Value), jen.Lit(plan.NextLiteral(h.Callback, i)), parser(f)}
				switch {
				case f.Optional:
					function += "Optional"
				case f.Default != nil:
					function += "Or"
					parameters = append(parameters, literal(f))
				}
				g.Id("data").Dot(f.Name).Op("=").Add(dispatch(function)).Call(parameters...)
			}
			g.Return(jen.Id("data"), jen.Id("f").Dot("Err").Call())
		}))
}
