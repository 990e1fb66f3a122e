package emit

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"
	"github.com/tggen/tggen/gen/plan"
	"github.com/tggen/tggen/gen/spec"
)

// args declares the type of a command's arguments and the method that reads them.
func (e *emitter) args(h *plan.Handler) {
	name := h.FieldsType()
	e.add(fmt.Sprintf("%s are the arguments of %s: %s", name, h.Name.Value, usage(h)), fieldsStruct(h))
	e.add(fmt.Sprintf("parse%s reads the arguments from the text after the command.", name),
		method("parse"+name).Params(jen.Id("text").String()).Params(jen.Id("args").Id(name), jen.Err().Error()).BlockFunc(func(g *jen.Group) {
			g.Id("a").Op(":=").Add(dispatch("NewArguments")).Call(jen.Id("text"))
			for _, f := range h.Fields {
				g.Id("args").Dot(f.Name).Op("=").Add(argument(f))
			}
			g.Return(jen.Id("args"), jen.Id("a").Dot("Err").Call())
		}))
}

// argument is the expression that reads one argument.
func argument(f plan.Field) *jen.Statement {
	function := "Arg"
	parameters := []jen.Code{jen.Op("&").Id("a")}
	rest, omissible := f.Type.Kind == spec.TypeRest, f.Optional || f.Default != nil
	if rest {
		function = "RestArg"
	}
	if !rest || !omissible { // the rest of a text is always valid, so only a missing one needs its name
		parameters = append(parameters, jen.Lit(f.Field.Name.Value))
	}
	if !rest {
		parameters = append(parameters, parser(f))
	}
	switch {
	case f.Optional:
		function += "Optional"
	case f.Default != nil:
		function += "Or"
		parameters = append(parameters, literal(f))
	}
	return dispatch(function).Call(parameters...)
}

// usage is how a command is used: "/order <item> [qty=1] [note…]".
func usage(h *plan.Handler) string {
	var b strings.Builder
	b.WriteString(firstPrefix(h.Command))
	b.WriteString(h.Command.Names[0].Value)
	for _, f := range h.Fields {
		name := f.Field.Name.Value
		if f.Type.Kind == spec.TypeEnum {
			values := make([]string, len(f.Type.Enum))
			for i, v := range f.Type.Enum {
				values[i] = v.Value
			}
			name = strings.Join(values, "|")
		}
		if f.Default != nil {
			name += "=" + f.Default.Source.Value
		}
		if f.Type.Kind == spec.TypeRest {
			name += "…"
		}
		if plan.Omissible(f.Field) {
			fmt.Fprintf(&b, " [%s]", name)
		} else {
			fmt.Fprintf(&b, " <%s>", name)
		}
	}
	return b.String()
}

// firstPrefix is the prefix with which a command is shown to people.
func firstPrefix(c *spec.Command) string {
	_, size := utf8.DecodeRuneInString(c.Prefixes.Or(spec.DefaultPrefixes))
	return c.Prefixes.Or(spec.DefaultPrefixes)[:size]
}

// groups declares the type of the named groups of a regular expression and the method that fills it.
func (e *emitter) groups(h *plan.Handler) {
	name := h.FieldsType()
	pattern := patternOf(h)
	e.add(fmt.Sprintf("%s are the named groups of the regular expression of %s.", name, h.Name.Value), fieldsStruct(h))
	e.add(fmt.Sprintf("parse%s takes the named groups out of a match.", name), method("parse"+name).Params(jen.Id("groups").Index().String()).Id(name).Block(
		jen.Return(jen.Id(name).ValuesFunc(func(g *jen.Group) {
			for i, f := range h.Fields {
				value := jen.Id("groups").Index(jen.Lit(pattern.Groups[i].Index))
				if f.Optional {
					value = dispatch("Group").Call(value)
				}
				g.Line().Id(f.Name).Op(":").Add(value)
			}
			g.Line()
		})),
	))
}

// patternOf is the regular expression of the handler's trigger, or nil.
func patternOf(h *plan.Handler) *spec.Pattern {
	if h.Text != nil {
		return h.Text.Pattern
	}
	if h.Inline != nil {
		return h.Inline.Pattern
	}
	return nil
}
