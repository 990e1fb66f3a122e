package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// checkDeclarations notes the names that the generated file declares, and finds two declarations of one name.
func (r *resolver) checkDeclarations() {
	r.declared = map[string]spec.String{}
	declare := func(name string, by spec.String) {
		if first, taken := r.declared[name]; taken {
			d := fault(r, CodeTypeClash, by, "give it another name", "%s would be declared twice", name)
			if first.IsSet() {
				d.Related = []diag.Related{{Pos: first.Pos, Message: "the other one"}}
			}
			return
		}
		r.declared[name] = by
	}
	for _, fixed := range []string{"Handlers", "New", "Run", "AllowedUpdates", "Menus"} {
		declare(fixed, spec.String{})
	}
	for i, h := range r.plan.Handlers {
		if slices.ContainsFunc(r.plan.Handlers[:i], func(o *Handler) bool { return o.Name.Value == h.Name.Value }) {
			continue // the spec's parser has reported the second handler of this name
		}
		declare(h.Input(), h.Name)
		switch {
		case h.Callback != nil && len(h.Fields) == 0:
			declare(h.FieldsType(), h.Name)
			declare(h.Name.Value+"Button", h.Name)
		case h.Callback != nil:
			declare(h.FieldsType(), h.Name)
			declare("Parse"+h.FieldsType(), h.Name)
		case len(h.Fields) > 0:
			declare(h.FieldsType(), h.Name)
		}
		if h.Guard != nil && len(h.Guard.To) > 0 {
			declare(h.ToType(), h.Name)
		}
		for _, f := range h.Fields {
			if f.Enum == "" {
				continue
			}
			declare(f.Enum, f.Field.Name)
			seen := map[string]bool{}
			for _, v := range f.Type.Enum {
				if name := f.Constant(v.Value); !seen[name] { // checkEnum reports two values with one name
					seen[name] = true
					declare(name, f.Field.Name)
				}
			}
		}
	}
	for _, s := range r.plan.Sessions {
		for _, name := range []string{s.Type(), "Load" + s.Name.Value, "Update" + s.Name.Value, "new" + s.Name.Value + "Session", "encode" + s.Name.Value, "decode" + s.Name.Value} {
			declare(name, s.Name)
		}
		for _, state := range s.States {
			declare(state.Type(), state.Name)
			declare(state.Constant(), state.Name)
		}
	}
	for _, e := range r.plan.Expiries {
		declare(e.Input(), e.Name)
	}
}

// checkTaken finds names that both the author's package and the generated file declare.
func (r *resolver) checkTaken(in Input) {
	private := map[string]bool{}
	for _, name := range in.Private {
		private[name] = true
	}
	seen := map[string]bool{}
	for _, n := range in.Author.Names {
		by, generated := r.declared[n.Name]
		if !generated && !private[n.Name] || seen[n.Name] {
			continue
		}
		seen[n.Name] = true
		what := "is declared here"
		if n.Import {
			what = "is the name of an import here"
		}
		if !by.IsSet() { // the generated file declares it for any spec
			r.found = append(r.found, diag.Diagnostic{
				Pos: n.Pos, End: n.Pos.Column + len([]rune(n.Name)) - 1, Code: CodeNameTaken,
				Message: fmt.Sprintf("%s %s, and the generated file declares it too", n.Name, what), Hint: "give it another name",
			})
			continue
		}
		d := fault(r, CodeNameTaken, by, fmt.Sprintf("rename %s in the spec, or the %s of your package", by.Value, n.Name),
			"%s would be declared twice: your package has that name already", n.Name)
		d.Related = []diag.Related{{Pos: n.Pos, Message: n.Name + " " + what}}
	}
}

// checkFields finds a field of a handler whose Go name is that of another field or of a method.
func (r *resolver) checkFields(h *Handler) {
	for i, f := range h.Fields {
		if h.Callback != nil && (f.Name == "Encode" || f.Name == "Button") {
			fault(r, CodeFieldClash, f.Field.Name, "give it another name", "%s is %s in Go, which is a method of %s",
				f.Field.Name.Value, f.Name, h.FieldsType())
		}
		for _, other := range h.Fields[:i] {
			if f.Name == other.Name {
				d := fault(r, CodeFieldClash, f.Field.Name, "give one of them another name", "%s and %s are both %s in Go",
					other.Field.Name.Value, f.Field.Name.Value, f.Name)
				d.Related = []diag.Related{{Pos: other.Field.Name.Pos, Message: "the other one"}}
			}
		}
		r.checkEnum(f)
	}
}

// checkEnum finds two values of an enum with the same Go name.
func (r *resolver) checkEnum(f Field) {
	for i, v := range f.Type.Enum {
		for _, other := range f.Type.Enum[:i] {
			if name := f.Constant(v.Value); name == f.Constant(other.Value) {
				d := fault(r, CodeFieldClash, v, "rename one of them", "%s and %s are both %s in Go", other.Value, v.Value, name)
				d.Related = []diag.Related{{Pos: other.Pos, Message: "the other one"}}
			}
		}
	}
}
