package wiregen

import (
	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// An accessor is a function that finds a part in a decoded update of any kind.
type accessor struct {
	name string
	doc  []string
	// typ is the type of the result. paths returns the places of the part in a kind; nil means that the kind has no such
	// part. end returns the result for the value at the end of a path, or nil if that value is not what is looked for.
	typ   jen.Code
	paths func(*model.Kind) []model.Path
	end   func(at *jen.Statement, t *model.Type) jen.Code
}

// accessors are the functions of the parts file.
func (g *generator) accessors() []accessor {
	pointer := func(name string) jen.Code { return jen.Op("*").Add(g.named(name)) }
	return []accessor{
		{
			name: "UserOf", typ: pointer("User"),
			doc: []string{
				"UserOf returns the user who caused an update, or nil. If the user acted on behalf of a chat, the server leaves the user",
				"out, or puts a user there that stands for many: see SenderChatOf.",
			},
			paths: func(k *model.Kind) []model.Path { return owners(k.User) },
			end:   g.structNamed("User"),
		},
		{
			name: "SenderChatOf", typ: pointer("Chat"),
			doc: []string{"SenderChatOf returns the chat on whose behalf a message, a reaction or a vote was sent, or nil."},
			paths: func(k *model.Kind) []model.Path {
				return owners(append(k.User[:len(k.User):len(k.User)], k.Voter...))
			},
			end: g.structNamed("Chat"),
		},
		{
			name: "ChatOf", typ: pointer("Chat"),
			doc: []string{
				"ChatOf returns the chat where an update happened, or nil. Of the private chat of a business connection only the id and",
				"the type are known.",
			},
			paths: func(k *model.Kind) []model.Path {
				if len(k.Chat) > 0 && len(k.Chat[0]) == 1 {
					return k.Chat // an id without a chat around it
				}
				return owners(k.Chat)
			},
			end: func(at *jen.Statement, t *model.Type) jen.Code {
				if t.Shape == model.ShapeInt64 {
					return jen.Return(jen.Op("&").Add(g.named("Chat")).Values(jen.Dict{
						jen.Id("Id"): at, jen.Id("Type"): jen.Lit("private"),
					}))
				}
				return g.structNamed("Chat")(at, t)
			},
		},
		{
			name: "MessageOf", typ: pointer("Message"),
			doc: []string{
				"MessageOf returns the message that an update is, or the message whose button was pressed if the bot can still read it.",
				"It returns nil if there is none.",
			},
			paths: func(k *model.Kind) []model.Path {
				if k.Message == nil {
					return nil
				}
				return []model.Path{k.Message}
			},
			end: func(at *jen.Statement, t *model.Type) jen.Code {
				if t.Shape != model.ShapeUnion {
					return jen.Return(at)
				}
				return jen.Switch(jen.Id("v").Op(":=").Add(at).Assert(jen.Type())).Block(
					jen.Case(g.named("Message")).Block(jen.Return(jen.Op("&").Id("v"))),
					jen.Case(pointer("Message")).Block(jen.Return(jen.Id("v"))),
				)
			},
		},
		{
			name: "MessageIDOf", typ: jen.Int64(),
			doc: []string{
				"MessageIDOf returns the id of the message that an update is or is about, or 0. An ephemeral message has no such id.",
			},
			paths: func(k *model.Kind) []model.Path { return k.MessageID },
			end:   func(at *jen.Statement, _ *model.Type) jen.Code { return jen.Return(at) },
		},
		{
			name: "BusinessConnectionOf", typ: jen.String(),
			doc: []string{
				"BusinessConnectionOf returns the id of the business connection that an update came over, or an empty text.",
			},
			paths: func(k *model.Kind) []model.Path { return k.Business },
			end:   func(at *jen.Statement, _ *model.Type) jen.Code { return jen.Return(at) },
		},
	}
}

// owners are the paths without their last step: they lead to the struct that has the id.
func owners(paths []model.Path) []model.Path {
	cut := make([]model.Path, len(paths))
	for i, p := range paths {
		cut[i] = p[:len(p)-1]
	}
	return cut
}

// structNamed is an end of a path that returns a pointer to a struct of the given name. Other values are left out.
func (g *generator) structNamed(name string) func(*jen.Statement, *model.Type) jen.Code {
	return func(at *jen.Statement, t *model.Type) jen.Code {
		switch {
		case t.Shape == model.ShapeStruct && t.Struct.Name == name:
			return jen.Return(jen.Op("&").Add(at))
		case t.Shape == model.ShapePointer && t.Elem.Shape == model.ShapeStruct && t.Elem.Struct.Name == name:
			return jen.Return(at)
		}
		return nil
	}
}

// accessorFunctions writes the functions.
func (g *generator) accessorFunctions(f *jen.File) error {
	for _, a := range g.accessors() {
		var cases []jen.Code
		for _, k := range g.api.Kinds {
			var body []jen.Code
			for _, path := range a.paths(k) {
				if !g.leads(k, path, a.end) {
					continue
				}
				body = append(body, g.follow(jen.Id("u").Dot(k.Field.Name), structPart(k.Payload).typ, path, a.end))
			}
			if len(body) > 0 {
				cases = append(cases, jen.Case(jen.Id("u").Dot(k.Field.Name).Op("!=").Nil()).Block(body...))
			}
		}
		for _, line := range a.doc {
			f.Comment(line)
		}
		zero := jen.Nil()
		switch a.name {
		case "MessageIDOf":
			zero = jen.Lit(0)
		case "BusinessConnectionOf":
			zero = jen.Lit("")
		}
		f.Func().Id(a.name).Params(jen.Id("u").Op("*").Add(g.named("Update"))).Add(a.typ).Block(
			jen.Switch().Block(cases...),
			jen.Return(zero),
		)
		f.Line()
	}
	return nil
}

// leads reports whether a path of a kind leads to a value that the accessor looks for.
func (g *generator) leads(k *model.Kind, path model.Path, end func(*jen.Statement, *model.Type) jen.Code) bool {
	found := false
	g.follow(jen.Id("u"), structPart(k.Payload).typ, path, func(at *jen.Statement, t *model.Type) jen.Code {
		found = found || end(at, t) != nil
		return jen.Empty()
	})
	return found
}
