package wiregen

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/tggen/tggen/gen/model"
)

// headers writes the tables with which the scan finds the numbers of a header, and the functions that find the same numbers
// in a decoded update.
func (g *generator) headers(f *jen.File) error {
	var cases, tables, kinds []jen.Code
	done := map[string]bool{}
	for _, k := range g.api.Kinds {
		t, err := treeOf(k)
		if err != nil {
			return err
		}
		body := []jen.Code{jen.Id("h").Dot("Kind").Op("=").Id("Kind" + k.Field.Name)}
		if len(t.children) > 0 {
			tables = append(tables, jen.Line().Id("Kind"+k.Field.Name).Op(":").Op("&").Id(placesName(k)))
			body = append(body, jen.Id(slotsName(k)).Call(jen.Id("u").Dot(k.Field.Name), jen.Op("&").Id("s")))
			if !done[k.Payload.Name] {
				done[k.Payload.Name] = true
				g.payload(f, k, t)
			}
		}
		isSet := jen.Id("u").Dot(k.Field.Name).Op("!=").Nil()
		cases = append(cases, jen.Case(isSet).Block(body...))
		kinds = append(kinds, jen.If(isSet).Block(jen.Id("s").Op("|=").Lit(1).Op("<<").Id("Kind"+k.Field.Name)))
	}
	f.Comment("kindPlaces holds, for each kind of update, the places of the numbers of its header. It is nil for a kind that has none.")
	f.Var().Id("kindPlaces").Op("=").Index(jen.Id("KindCount")).Op("*").Id("places").
		Values(append(tables, jen.Line())...)
	f.Line()
	f.Comment("headerOf returns the header of a decoded update.")
	f.Func().Id("headerOf").Params(jen.Id("u").Op("*").Add(g.named("Update"))).Id("Header").Block(
		jen.Id("h").Op(":=").Id("Header").Values(jen.Dict{jen.Id("ID"): jen.Id("u").Dot("UpdateId")}),
		jen.Var().Id("s").Id("slots"),
		jen.Switch().Block(cases...),
		jen.Id("s").Dot("fill").Call(jen.Op("&").Id("h")),
		jen.Return(jen.Id("h")),
	)
	f.Line()
	f.Comment("KindsOf returns the kinds of a decoded update. The server sends updates of one kind.")
	f.Func().Id("KindsOf").Params(jen.Id("u").Op("*").Add(g.named("Update"))).Params(jen.Id("s").Id("KindSet")).Block(
		append(kinds, jen.Return(jen.Id("s")))...,
	)
	return nil
}

func placesName(k *model.Kind) string { return "placesIn" + k.Payload.Name }
func slotsName(k *model.Kind) string  { return "slotsOf" + k.Payload.Name }

// A number is a number of the header: the places where it may be, and a slot for each of them.
type number struct {
	paths []model.Path
	slots []string
}

// numbers are the numbers that the header scan collects for a kind.
func numbers(k *model.Kind) []number {
	return []number{
		{k.Chat, []string{"slotChat"}},
		{k.User, []string{"slotUser", "slotSender"}},
		{k.Voter, []string{"slotVoter"}},
		{k.Thread, []string{"slotThread"}},
		{k.InTopic, []string{slotInTopic}},
		{k.DirectTopic, []string{"slotDirectTopic"}},
		{k.MigratedTo, []string{"slotMigratedTo"}},
		{k.MigratedFrom, []string{"slotMigratedFrom"}},
		{datePaths(k), []string{slotDate}},
	}
}

// The slots that this package knows by name: the scan reads true as 1 there, and 0 means a message that is inaccessible.
const (
	slotInTopic = "slotInTopic"
	slotDate    = "slotDate"
)

// datePaths is the place of the key of the union that a kind is about, if the union has a variant that lacks one of the
// numbers. In gotgbot that is the date: if it is 0, the message is a gotgbot.InaccessibleMessage, which has no topic.
func datePaths(k *model.Kind) []model.Path {
	for _, paths := range [][]model.Path{k.Thread, k.InTopic, k.DirectTopic} {
		for _, path := range paths {
			for i, step := range path {
				if u := step.Union; u != nil && u.Zero != nil && u.Zero.Field(step.JSON) == nil {
					key := u.Nonzero.Field(u.Key)
					return []model.Path{append(path[:i:i], model.Step{Name: key.Name, JSON: key.JSON, Union: u})}
				}
			}
		}
	}
	return nil
}

// payload writes the table of places in the payload of a kind, such as Message, and the function that finds the same
// numbers in the decoded struct.
func (g *generator) payload(f *jen.File, k *model.Kind, t *tree) {
	f.Commentf("%s are the places in a gotgbot.%s.", placesName(k), k.Payload.Name)
	f.Var().Id(placesName(k)).Op("=").Add(t.places())
	f.Line()
	var body []jen.Code
	for _, n := range numbers(k) {
		for i, path := range n.paths {
			slot := jen.Id("s").Index(jen.Id(n.slots[i]))
			body = append(body, g.follow(jen.Id("v"), structPart(k.Payload).typ, path, func(at *jen.Statement, t *model.Type) jen.Code {
				if t.Shape == model.ShapeBool {
					return jen.If(at).Block(slot.Clone().Op("=").Lit(1))
				}
				return slot.Clone().Op("=").Add(at)
			}))
		}
	}
	f.Commentf("%s collects the numbers of a gotgbot.%s.", slotsName(k), k.Payload.Name)
	f.Func().Id(slotsName(k)).
		Params(jen.Id("v").Op("*").Add(g.named(k.Payload.Name)), jen.Id("s").Op("*").Id("slots")).Block(body...)
	f.Line()
}

// follow writes code that follows a path through structs, pointers and unions. What it does at the end of the path is up
// to the function end, which gets the value there and its type.
func (g *generator) follow(at *jen.Statement, t *model.Type, path model.Path, end func(*jen.Statement, *model.Type) jen.Code) jen.Code {
	if len(path) == 0 {
		return end(at, t)
	}
	switch t.Shape {
	case model.ShapePointer:
		return jen.If(jen.Id("v").Op(":=").Add(at), jen.Id("v").Op("!=").Nil()).Block(
			g.follow(jen.Id("v"), t.Elem, path, end))
	case model.ShapeUnion:
		var cases []jen.Code
		for _, v := range t.Union.Variants {
			if v.Struct.Field(path[0].JSON) != nil {
				cases = append(cases, jen.Case(g.named(v.Struct.Name)).Block(
					g.follow(jen.Id("v"), structPart(v.Struct).typ, path, end)))
			}
		}
		return jen.Switch(jen.Id("v").Op(":=").Add(at).Assert(jen.Type())).Block(cases...)
	}
	f := t.Struct.Field(path[0].JSON)
	return g.follow(at.Dot(f.Name), f.Type, path[1:], end)
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
	root := &tree{dated: datePaths(k) != nil}
	for _, part := range numbers(k) {
		if len(part.paths) > len(part.slots) {
			return nil, fmt.Errorf("kind %s: the API has more paths to a number than the header scan has slots", k.Name)
		}
		for n, path := range part.paths {
			at := root
			for _, step := range path {
				if len(step.JSON) > 63 {
					return nil, fmt.Errorf("kind %s: the path to a number has the name %q of more than 63 bytes", k.Name, step.JSON)
				}
				at = at.child(step.JSON)
			}
			if at.slot != "" || len(at.children) > 0 {
				return nil, fmt.Errorf("kind %s: two numbers have the same path", k.Name)
			}
			at.slot = part.slots[n]
		}
	}
	return root, nil
}

// child returns the child with the name, and adds it if it is missing.
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

// places writes the tree as the table that runtime/telegram/wire scans with. The places are in the order of the lengths of
// their names.
func (t *tree) places() *jen.Statement {
	var lengths uint64
	var rows []jen.Code
	children := slices.SortedStableFunc(slices.Values(t.children), func(a, b *tree) int { return cmp.Compare(len(a.name), len(b.name)) })
	for _, c := range children {
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
