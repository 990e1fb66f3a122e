package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
	"github.com/tggen/tggen/gen/usercode"
)

// Input is what a plan is made of.
type Input struct {
	Spec *spec.Spec
	API  *model.API
	// Author is what the author's package declares. Nil: that is not known, and the package is called main.
	Author *usercode.Facts
	// Private are the names that the generated file declares in the package besides those that the plan knows.
	Private []string
	// Old is the file that was generated before. Nil: this is the first run.
	Old []byte
}

// Resolve makes a plan. If there are diagnostics, the plan must not be printed.
func Resolve(in Input) (*Plan, diag.List) {
	r := &resolver{spec: in.Spec, api: in.API, plan: &Plan{
		Spec: in.Spec, API: in.API, Package: "main", Author: in.Author, Timeout: defaultTimeout.overriddenBy(in.Spec.Timeout),
		Retry: defaultRetry.overriddenBy(in.Spec.Retry),
	}}
	if in.Author != nil {
		r.plan.Package = in.Author.Package
	}
	r.sessions()
	for i, h := range in.Spec.Handlers {
		r.handler(i, h)
	}
	r.checkConstraintKinds()
	r.allowed()
	r.kinds()
	r.methods()
	r.prove()
	r.checkLayouts(in.Old)
	r.checkAuthor(in)
	return r.plan, r.found
}

type resolver struct {
	spec  *spec.Spec
	api   *model.API
	plan  *Plan
	found diag.List
	// declared are the names that the spec makes the generated file declare, each with its place in the spec.
	declared map[string]spec.String
}

// fault reports a mistake at a scalar of the spec.
func fault[T any](r *resolver, code string, at spec.Value[T], hint, format string, args ...any) *diag.Diagnostic {
	r.found = append(r.found, diag.Diagnostic{
		Pos: at.Pos, End: at.End, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
	return &r.found[len(r.found)-1]
}

// kinds gathers, for each update kind, the handlers that an update of it may reach.
func (r *resolver) kinds() {
	for _, kind := range r.api.Kinds {
		k := &Kind{Kind: kind, Constraints: r.botConstraints(kind)}
		for _, h := range r.plan.Handlers {
			route := &Route{Handler: h, Constraints: k.Constraints}
			for _, q := range h.Queries {
				if q.Kind == kind {
					route.Queries = append(route.Queries, q)
				}
			}
			if len(route.Queries) == 0 {
				continue
			}
			if h.Handler.Constraints != nil {
				route.Constraints = constraintsFor(h.Handler.Constraints, kind)
			}
			k.Routes = append(k.Routes, route)
		}
		if len(k.Routes) > 0 {
			r.plan.Kinds = append(r.plan.Kinds, k)
		}
	}
}

func (r *resolver) botConstraints(kind *model.Kind) []spec.Constraint {
	if r.spec.Constraints == nil {
		return []spec.Constraint{{Name: spec.String{Value: spec.DefaultConstraint}}}
	}
	return constraintsFor(r.spec.Constraints, kind)
}

// constraintsFor are the constraints of a kind. The word none is left out.
func constraintsFor(c *spec.Constraints, kind *model.Kind) []spec.Constraint {
	list := c.Default
	for _, k := range c.ByKind {
		if k.Kind.Value == kind.Name {
			list = k.Constraints
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(c spec.Constraint) bool { return c.Name.Value == spec.ConstraintNone })
}

// checkConstraintKinds reports constraints for an update kind that does not exist.
func (r *resolver) checkConstraintKinds() {
	for _, c := range r.constraints() {
		for _, k := range c.ByKind {
			r.checkKind(k.Kind)
		}
	}
}

// constraints are those of the bot, the groups and the handlers, each once.
func (r *resolver) constraints() []*spec.Constraints {
	var all []*spec.Constraints
	if r.spec.Constraints != nil {
		all = append(all, r.spec.Constraints)
	}
	seen := map[*spec.Constraints]bool{}
	for _, h := range r.spec.Handlers {
		if c := h.Constraints; c != nil && !seen[c] { // the handlers of a group share its constraints
			seen[c] = true
			all = append(all, c)
		}
	}
	return all
}
