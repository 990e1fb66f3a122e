package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// author finds what does not fit in the author's package: names that are to be generated, and methods of another
// signature. A method that is not there is no fault: it may be on its way, and the compiler knows.
func (r *resolver) author(in Input) {
	if in.Author == nil {
		return
	}
	r.taken(in)
	wanted := r.plan.Wanted()
	t := in.Author.Handlers(wanted)
	if t == nil {
		return
	}
	for _, m := range r.plan.Methods {
		name := m.Name.Value
		found, ok := t.Methods[name]
		if !ok || !found.Signature.Differs(wanted[name]) {
			continue
		}
		d := fault(r, CodeSignature, m.Name, fmt.Sprintf("make it %s%s", name, wanted[name].Text),
			"the method %s of %s does not have the signature of %s", name, t.Name, roleName(m))
		d.Related = []diag.Related{{Pos: found.Pos, Message: "it is " + name + found.Signature.Text}}
	}
}

// taken finds names that the package has and the generated file declares.
func (r *resolver) taken(in Input) {
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
		if !by.IsSet() { // whatever the spec says
			r.found = append(r.found, diag.Diagnostic{
				Pos: n.Pos, End: n.Pos.Column + len([]rune(n.Name)) - 1, Code: CodeNameTaken,
				Message: fmt.Sprintf("%s %s, and the generated file declares it too", n.Name, what), Hint: "give it another name",
			})
			continue
		}
		d := fault(r, CodeNameTaken, by, fmt.Sprintf("rename the handler, or the %s of your package", n.Name),
			"%s would be declared twice: the package has that name already", n.Name)
		d.Related = []diag.Related{{Pos: n.Pos, Message: n.Name + " " + what}}
	}
}

// roleName is what a method is for, in words.
func roleName(m Method) string {
	switch m.Role {
	case RoleHandler:
		return "a handler"
	case RoleConstraint:
		return "a constraint"
	case RolePredicate:
		return "a predicate"
	case RoleMiddleware:
		return "a middleware"
	case RoleOnError:
		return "on_error"
	case RoleOnTimeout:
		return "on_timeout"
	default:
		return "on_usage"
	}
}

// declarations finds two things that would be declared under one name.
func (r *resolver) declarations() {
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
	for _, fixed := range []string{"Handlers", "New", "Run", "AllowedUpdates", "Commands"} {
		declare(fixed, spec.String{})
	}
	for i, h := range r.plan.Handlers {
		if slices.ContainsFunc(r.plan.Handlers[:i], func(o *Handler) bool { return o.Name.Value == h.Name.Value }) {
			continue // two handlers of one name, which the spec's parser has said
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
		for _, f := range h.Fields {
			if f.Enum == "" {
				continue
			}
			declare(f.Enum, f.Field.Name)
			seen := map[string]bool{}
			for _, v := range f.Type.Enum {
				if name := f.Constant(v.Value); !seen[name] { // which fields tells otherwise
					seen[name] = true
					declare(name, f.Field.Name)
				}
			}
		}
	}
}
