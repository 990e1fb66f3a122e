package plan

import (
	"go/types"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
)

// checkSessionFields finds fields of sessions that cannot be: two with one Go name, a type that does not exist or that cannot be stored,
// and a session that is a field of an input which has such a field already.
func (r *resolver) checkSessionFields() {
	for _, s := range r.plan.Sessions {
		r.checkData(s.Type(), s.Data)
		for _, state := range s.States {
			r.checkData(state.Type(), state.Data)
		}
	}
	for _, h := range r.plan.Handlers {
		for _, s := range h.Touched() {
			r.checkSessionField(h, s)
		}
	}
	for _, e := range r.plan.Expiries {
		if e.Session.Name.Value == "Event" {
			fault(r, CodeFieldClash, e.Session.Name, "give it another name", "%s has the field Event already", e.Input())
		}
	}
}

func (r *resolver) checkData(typ string, fields []SessionField) {
	for i, f := range fields {
		for _, other := range fields[:i] {
			if other.Name == f.Name {
				d := fault(r, CodeFieldClash, f.Field.Name, "give one of them another name", "%s and %s are both %s in Go", other.Field.Name.Value, f.Field.Name.Value, f.Name)
				d.Related = []diag.Related{{Pos: other.Field.Name.Pos, Message: "the other one"}}
			}
		}
		if f.Go.IsSet() {
			r.checkStored(typ, f)
		}
	}
}

// checkStored finds a type that the author's package does not declare, or that encoding/json cannot encode.
func (r *resolver) checkStored(typ string, f SessionField) {
	name, author := f.TypeName(), r.plan.Author
	if _, isType := types.Universe.Lookup(name).(*types.TypeName); isType || author == nil {
		return
	}
	if _, generated := r.declared[name]; generated {
		fault(r, CodeNotEncodable, f.Go, "declare a type of your own", "%s is a type of the generated file, and %s cannot hold one", name, typ)
		return
	}
	if !author.Declares(name) {
		fault(r, CodeUnknownType, f.Go, "declare it: type "+name+" struct { ... }", "your package has no type %s", name)
		return
	}
	t := author.Types[name]
	if t != nil && t.Generic {
		d := fault(r, CodeNotEncodable, f.Go, "declare a type without them: type "+typ+name+" "+name+"[...]", "%s has type parameters", name)
		d.Related = []diag.Related{{Pos: t.Pos, Message: name + " is declared here"}}
		return
	}
	if t == nil || t.NotJSON == "" {
		return
	}
	d := fault(r, CodeNotEncodable, f.Go, "export what is to be stored, or give "+name+" the methods MarshalJSON and UnmarshalJSON",
		"a %s cannot be stored: it %s", name, t.NotJSON)
	d.Related = []diag.Related{{Pos: t.Pos, Message: name + " is declared here"}}
}

// checkSessionField finds a session whose field of the input has the name of another field.
func (r *resolver) checkSessionField(h *Handler, s *Session) {
	name := s.Name.Value
	taken := name == "Event" || name == "Args" && h.Command != nil || name == "Data" && h.Callback != nil || name == "Groups" ||
		slices.ContainsFunc(h.Parts, func(p filter.Part) bool { return p.Name == name }) ||
		slices.ContainsFunc(h.Finds, func(f Find) bool { return f.Name == name })
	if taken {
		d := fault(r, CodeFieldClash, h.sessionPlace(s), "give the session another name", "%s has a field %s already", h.Input(), name)
		d.Related = []diag.Related{{Pos: s.Name.Pos, Message: "the session"}}
	}
}
