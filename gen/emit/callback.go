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
					g.If(value.Clone().Op("!=").Nil()).Block(
						jen.Id("b").Op("=").Add(appendField(f, jen.Op("*").Add(value), plan.NextLiteral(h.Callback, i))))
					continue
				}
				g.Id("b").Op("=").Add(appendField(f, value, plan.NextLiteral(h.Callback, i)))
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
	if refusable(h) {
		doc += ", or if a field has a value that Parse" + h.FieldsType() + " refuses"
	}
	return doc + "."
}

// refusable reports whether a field may hold a value that Parse refuses. If so, Encode has to check it.
func refusable(h *plan.Handler) bool {
	return slices.ContainsFunc(h.Fields, func(f plan.Field) bool {
		return f.Type.Kind == spec.TypeEnum || f.Type.Kind == spec.TypeFloat64 || f.Type.MaxBytes.IsSet()
	})
}

// appendField is the call that writes the value of a field. The literal next follows the field.
func appendField(f plan.Field, value *jen.Statement, next string) *jen.Statement {
	function, b := dispatch(plan.Appender(f.Field)), jen.Id("b")
	switch f.Type.Kind {
	case spec.TypeEnum:
		return function.Call(b, jen.String().Call(value), jen.Lit(next))
	case spec.TypeString, spec.TypeRest:
		return function.Call(b, value, jen.Lit(next))
	}
	return function.Call(b, value)
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
