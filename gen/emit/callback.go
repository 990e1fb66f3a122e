package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// callback is the type of the data behind a button, with its codec.
func (e *emitter) callback(h *plan.Handler) {
	if len(h.Fields) == 0 {
		e.fixedCallback(h)
		return
	}
	name := h.FieldsType()
	e.add(fmt.Sprintf("%s is the data behind a button that %s handles: %s", name, h.Name.Value, h.Callback.Source.Value), fieldsStruct(h))
	e.encode(h)
	e.parse(h)
	e.add("Button is an inline button with the data behind it. It fails as Encode does.",
		jen.Func().Params(jen.Id("data").Id(name)).Id("Button").Params(jen.Id("text").String()).
			Params(gotgbot("InlineKeyboardButton"), jen.Error()).Block(
			jen.List(jen.Id("encoded"), jen.Err()).Op(":=").Id("data").Dot("Encode").Call(),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(gotgbot("InlineKeyboardButton").Values(), jen.Err())),
			jen.Return(dispatch("CallbackButton").Call(jen.Id("text"), jen.Id("encoded")), jen.Nil()),
		))
}

// fixedCallback is for data without fields: there is nothing to encode, and nothing to go wrong.
func (e *emitter) fixedCallback(h *plan.Handler) {
	name := h.Name.Value
	e.add(fmt.Sprintf("%s is the data behind a button that %s handles.", h.FieldsType(), name),
		jen.Const().Id(h.FieldsType()).Op("=").Lit(h.Callback.Parts[0].Literal.Value))
	e.add(fmt.Sprintf("%sButton is an inline button that %s handles.", name, name),
		jen.Func().Id(name+"Button").Params(jen.Id("text").String()).Add(gotgbot("InlineKeyboardButton")).Block(
			jen.Return(dispatch("CallbackButton").Call(jen.Id("text"), jen.Id(h.FieldsType())))))
}

func (e *emitter) encode(h *plan.Handler) {
	e.add("Encode is the data as Telegram keeps it. It fails if that takes more than 64 bytes, or if Parse"+h.FieldsType()+" would not take it.",
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
						jen.Id("b").Op("=").Add(appendField(f, jen.Op("*").Add(value), until(h.Callback, i))))
					continue
				}
				g.Id("b").Op("=").Add(appendField(f, value, until(h.Callback, i)))
			}
			if !refusable(h) {
				g.Return(dispatch("EncodeCallback").Call(jen.Id("b")))
				return
			}
			g.List(jen.Id("encoded"), jen.Err()).Op(":=").Add(dispatch("EncodeCallback")).Call(jen.Id("b"))
			g.If(jen.Err().Op("==").Nil()).Block(
				jen.List(jen.Id("_"), jen.Err()).Op("=").Id("Parse" + h.FieldsType()).Call(jen.Id("encoded")).Comment("what a field may not be"))
			g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Lit(""), jen.Err()))
			g.Return(jen.Id("encoded"), jen.Nil())
		}))
}

// refusable reports whether a field may hold what Parse would refuse, so that Encode has to ask it.
func refusable(h *plan.Handler) bool {
	return slices.ContainsFunc(h.Fields, func(f plan.Field) bool {
		return f.Type.Kind == spec.TypeEnum || f.Type.Kind == spec.TypeFloat64 || f.Type.MaxBytes.IsSet()
	})
}

// until is the literal that ends the field at index i, empty if the field is the last part.
func until(c *spec.Callback, i int) string {
	if i == len(c.Parts)-1 {
		return ""
	}
	return c.Parts[i+1].Literal.Value
}

func appendField(f plan.Field, value *jen.Statement, until string) *jen.Statement {
	b := jen.Id("b")
	switch f.Type.Kind {
	case spec.TypeInt, spec.TypeInt64:
		return dispatch("AppendInt").Call(b, value)
	case spec.TypeFloat64:
		return dispatch("AppendFloat64").Call(b, value)
	case spec.TypeBool:
		return dispatch("AppendBool").Call(b, value)
	case spec.TypeDuration:
		return dispatch("AppendDuration").Call(b, value)
	case spec.TypeEnum:
		return dispatch("AppendField").Call(b, jen.String().Call(value), jen.Lit(until))
	}
	if f.Optional || f.Default != nil {
		return dispatch("AppendPresent").Call(b, value, jen.Lit(until)) // the empty text is not an absent one
	}
	return dispatch("AppendField").Call(b, value, jen.Lit(until))
}

func (e *emitter) parse(h *plan.Handler) {
	name := h.FieldsType()
	e.add(fmt.Sprintf("Parse%s reads what Encode wrote. It fails for anything else, such as data of another bot or of an older one.", name),
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
				parameters := []jen.Code{jen.Op("&").Id("f"), jen.Lit(f.Field.Name.Value), jen.Lit(until(h.Callback, i)), parser(f)}
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
