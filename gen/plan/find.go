package plan

import (
	"go/types"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/spec"
)

// checkFinds finds mistakes in the key find: a field that the input has already, one method with two result types, and a
// type that does not exist.
func (r *resolver) checkFinds() {
	first := map[string]spec.Find{} // by method
	for _, h := range r.plan.Handlers {
		for i, f := range h.Finds {
			r.checkFindField(h, f, h.Finds[:i])
			method := f.Method()
			known, ok := first[method.Value]
			switch {
			case !ok:
				first[method.Value] = f.Find
			case known.Type.Value != f.Type.Value:
				d := fault(r, CodeSignature, f.Type, "give one of them another name", "%s would have to return %s and %s",
					method.Value, known.Type.Value, f.Type.Value)
				d.Related = []diag.Related{{Pos: known.Type.Pos, Message: "the other type"}}
				continue
			}
			r.checkFindType(f)
		}
	}
}

// checkFindField finds a find whose field of the input has the name of another field.
func (r *resolver) checkFindField(h *Handler, f Find, before []Find) {
	taken := f.Name == "Event" || f.Name == "Args" && h.Command != nil || f.Name == "Data" && h.Callback != nil || f.Name == "Groups" ||
		slices.ContainsFunc(h.Parts, func(p filter.Part) bool { return p.Name == f.Name })
	if taken {
		fault(r, CodeFieldClash, f.Find.Name, "give it another name", "%s is %s in Go, and %s has such a field already", f.Find.Name.Value, f.Name, h.Input())
	}
	for _, other := range before {
		if other.Name == f.Name {
			d := fault(r, CodeFieldClash, f.Find.Name, "give one of them another name", "%s and %s are both %s in Go",
				other.Find.Name.Value, f.Find.Name.Value, f.Name)
			d.Related = []diag.Related{{Pos: other.Find.Name.Pos, Message: "the other one"}}
		}
	}
}

// checkFindType finds a type that neither Go nor the author's package nor the generated file declares.
func (r *resolver) checkFindType(f Find) {
	name := f.TypeName()
	if r.plan.Author == nil || r.plan.Author.Declares(name) {
		return
	}
	if _, generated := r.declared[name]; generated {
		return
	}
	if _, isType := types.Universe.Lookup(name).(*types.TypeName); isType {
		return
	}
	fault(r, CodeUnknownType, f.Type, "declare it: type "+name+" struct { ... }", "your package has no type %s", name)
}
