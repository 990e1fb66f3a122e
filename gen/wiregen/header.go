package wiregen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// headers writes the tables with which the scan finds the numbers of a header, and the functions that find the same numbers
// in a decoded update.
func (g *generator) headers(f *jen.File) error {
	var cases, tables []jen.Code
	done := map[string]bool{}
	for _, k := range g.api.Kinds {
		t, err := treeOf(k)
		if err != nil {
			return err
		}
		body := []jen.Code{jen.Id("h").Dot("Kind").Op("=").Id("Kind" + k.Field.Name)}
		if len(t.children) > 0 {
			tables = append(tables, jen.Line().Id("Kind"+k.Field.Name).Op(":").Op("&").Id(placesName(k)))
			body = append(body, jen.Id(headerName(k)).Call(jen.Id("u").Dot(k.Field.Name), jen.Op("&").Id("h")))
			if !done[k.Payload.Name] {
				done[k.Payload.Name] = true
				g.payload(f, k, t)
			}
		}
		cases = append(cases, jen.Case(jen.Id("u").Dot(k.Field.Name).Op("!=").Nil()).Block(body...))
	}
	f.Comment("kindPlaces holds, for each kind of update, the places of the numbers of its header. It is nil for a kind that has none.")
	f.Var().Id("kindPlaces").Op("=").Index(jen.Id("KindCount")).Op("*").Id("places").
		Values(append(tables, jen.Line())...)
	f.Line()
	f.Comment("headerOf returns the header of a decoded update.")
	f.Func().Id("headerOf").Params(jen.Id("u").Op("*").Add(g.named("Update"))).Id("Header").Block(
		jen.Id("h").Op(":=").Id("Header").Values(jen.Dict{jen.Id("ID"): jen.Id("u").Dot("UpdateId")}),
		jen.Switch().Block(cases...),
		jen.Return(jen.Id("h")),
	)
	return nil
}

func placesName(k *model.Kind) string { return "placesIn" + k.Payload.Name }
func headerName(k *model.Kind) string { return "headerOf" + k.Payload.Name }

// payload writes the table of places in the payload of a kind, such as Message, and the function that finds the same
// numbers in the decoded struct.
func (g *generator) payload(f *jen.File, k *model.Kind, t *tree) {
	f.Commentf("%s are the places in a gotgbot.%s.", placesName(k), k.Payload.Name)
	f.Var().Id(placesName(k)).Op("=").Add(t.places())
	f.Line()
	var body []jen.Code
	add := func(field string, paths []model.Path) {
		for n, path := range paths {
			set := g.follow(jen.Id("v"), structPart(k.Payload).typ, path, field)
			if n > 0 {
				set = jen.If(jen.Id("h").Dot(field).Op("==").Lit(0)).Block(set)
			}
			body = append(body, set)
		}
	}
	add("Chat", k.Chat)
	add("User", k.User)
	add("Thread", k.Thread)
	f.Commentf("%s sets what a gotgbot.%s says about the header.", headerName(k), k.Payload.Name)
	f.Func().Id(headerName(k)).
		Params(jen.Id("v").Op("*").Add(g.named(k.Payload.Name)), jen.Id("h").Op("*").Id("Header")).Block(body...)
	f.Line()
}

// follow writes code that follows a path through structs, pointers and unions, and sets a field of the header to the number
// at its end.
func (g *generator) follow(at *jen.Statement, t *model.Type, path model.Path, field string) *jen.Statement {
	switch t.Shape {
	case model.ShapePointer:
		return jen.If(jen.Id("v").Op(":=").Add(at), jen.Id("v").Op("!=").Nil()).Block(
			g.follow(jen.Id("v"), t.Elem, path, field))
	case model.ShapeUnion:
		var cases []jen.Code
		for _, v := range t.Union.Variants {
			if v.Struct.Field(path[0].JSON) != nil {
				cases = append(cases, jen.Case(g.named(v.Struct.Name)).Block(
					g.follow(jen.Id("v"), structPart(v.Struct).typ, path, field)))
			}
		}
		return jen.Switch(jen.Id("v").Op(":=").Add(at).Assert(jen.Type())).Block(cases...)
	case model.ShapeStruct:
		f := t.Struct.Field(path[0].JSON)
		return g.follow(at.Dot(f.Name), f.Type, path[1:], field)
	}
	return jen.Id("h").Dot(field).Op("=").Add(at)
}

// A tree joins the paths of a kind that begin alike.
type tree struct {
	name     string // of the member in JSON
	slot     string // of the number, at the end of a path
	children []*tree
	dated    bool // a thread counts only if slotDate is not 0
}

// treeOf joins the paths of a kind.
func treeOf(k *model.Kind) (*tree, error) {
	root := &tree{}
	for _, part := range []struct {
		paths []model.Path
		slots []string
	}{
		{k.Chat, []string{"slotChat"}},
		{k.User, []string{"slotUser", "slotSender"}},
		{k.Thread, []string{"slotThread"}},
	} {
		if len(part.paths) > len(part.slots) {
			return nil, fmt.Errorf("kind %s: the API has more paths to a number than the header scan has slots", k.Name)
		}
		for n, path := range part.paths {
			at := root
			for _, step := range path {
				if len(step.JSON) > 63 {
					return nil, fmt.Errorf("kind %s: the path to a number has the name %q of more than 63 bytes", k.Name, step.JSON)
				}
				if u := step.Union; u != nil && u.Zero != nil && step.JSON == k.Thread[0][len(k.Thread[0])-1].JSON {
					// If the date is 0, it is a gotgbot.InaccessibleMessage, which has no thread.
					at.child(u.Key).slot = "slotDate"
					root.dated = true
				}
				at = at.child(step.JSON)
			}
			if at.slot != "" {
				return nil, fmt.Errorf("kind %s: two numbers have the same path", k.Name)
			}
			at.slot = part.slots[n]
		}
	}
	return root, nil
}

// child returns the child with the name, and adds it if there is none.
func (t *tree) child(name string) *tree {
	for _, c := range t.children {
		if c.name == name {
			return c
		}
	}
	c := &tree{name: name}
	t.children = append(t.children, c)
	return c
}

// places writes the tree as the table that runtime/telegram/wire scans with.
func (t *tree) places() *jen.Statement {
	var lengths uint64
	var rows []jen.Code
	for _, c := range t.children {
		lengths |= 1 << len(c.name)
		row := []jen.Code{jen.Id("name").Op(":").Lit(c.name), jen.Id("head").Op(":").Id(fmt.Sprintf("%#x", head(c.name)))}
		if len(c.children) > 0 {
			row = append(row, jen.Id("inside").Op(":").Op("&").Add(c.places()))
		} else {
			row = append(row, jen.Id("slot").Op(":").Id(c.slot))
		}
		rows = append(rows, jen.Line().Values(row...))
	}
	fields := []jen.Code{
		jen.Id("lengths").Op(":").Id(fmt.Sprintf("%#x", lengths)),
		jen.Id("list").Op(":").Index().Id("place").Values(append(rows, jen.Line())...),
	}
	if t.dated {
		fields = append(fields, jen.Id("dated").Op(":").True())
	}
	return jen.Id("places").Values(fields...)
}

// head is the first eight bytes of a name. The first is the lowest byte of the result, as in runtime/telegram/wire's load.
func head(name string) (w uint64) {
	for i := min(len(name), 8) - 1; i >= 0; i-- {
		w = w<<8 | uint64(name[i])
	}
	return w
}
