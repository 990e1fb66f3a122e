package plan

import (
	"fmt"
	"slices"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/model"
	"github.com/tggen/tggen/gen/spec"
)

// allowed decides which update kinds to ask the server for.
func (r *resolver) allowed() {
	needed := func(name string) bool {
		return slices.ContainsFunc(r.plan.Handlers, func(h *Handler) bool {
			return slices.ContainsFunc(h.Kinds, func(k *model.Kind) bool { return k.Name == name })
		})
	}
	listed := r.spec.AllowedUpdates
	if listed != nil && !listed.Auto {
		for _, k := range listed.Kinds {
			r.checkKind(k)
		}
		needed = func(name string) bool {
			return slices.ContainsFunc(listed.Kinds, func(k spec.String) bool { return k.Value == name })
		}
	}
	for _, kind := range r.api.Kinds {
		if needed(kind.Name) {
			r.plan.Allowed = append(r.plan.Allowed, kind.Name)
		}
	}
}

// checkKind reports a name that is not an update kind.
func (r *resolver) checkKind(name spec.String) {
	if r.api.Kind(name.Value) == nil {
		fault(r, CodeUnknownKind, name, r.kindHint(name.Value), "there is no update kind %q", name.Value)
	}
}

// checkAllowed finds queries of a handler whose updates allowed_updates leaves out. It reports whether
// allowed_updates leaves out the updates of all queries of the handler.
func (r *resolver) checkAllowed(h *Handler, alternatives []alternative) bool {
	allowed := func(a alternative) bool {
		return slices.ContainsFunc(a.queries, func(q filter.Query) bool { return slices.Contains(r.plan.Allowed, q.Kind.Name) })
	}
	report := func(at spec.String, what string, kind *model.Kind) {
		d := fault(r, CodeNotAllowed, at, fmt.Sprintf("add %s to allowed_updates, or leave it on auto", kind.Name),
			"%s gets no update: allowed_updates leaves its kind out", what)
		d.Related = []diag.Related{{Pos: r.spec.AllowedUpdates.Pos, Message: "allowed_updates"}}
	}
	if !slices.ContainsFunc(alternatives, allowed) {
		report(h.Name, h.Name.Value, h.Kinds[0])
		return true
	}
	for _, a := range alternatives {
		if h.On != nil && !allowed(a) {
			report(a.at, a.at.Value, a.queries[0].Kind)
		}
	}
	return false
}
