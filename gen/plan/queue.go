package plan

import (
	"fmt"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// checkQueue finds what does not fit a queue. The partition of an update follows from its constraint, and each partition has an owner.
// So updates are in order across processes only if those of a kind have one constraint.
func (r *resolver) checkQueue() {
	if r.spec.Queue == nil {
		return
	}
	related := []diag.Related{{Pos: r.spec.Queue.Pos, Message: "the queue"}}
	if d := r.spec.Delivery; d.Value == spec.DeliverAtMostOnce {
		fault(r, CodeQueue, d, "leave delivery out: with a queue it is at_least_once",
			"a queue delivers an update again if its process dies, so at_most_once is not possible").Related = related
	}
	if s := r.spec.Sink; s.Or(spec.DefaultSink) != spec.SinkSharded {
		fault(r, CodeQueue, s, "leave sink out", "a queue needs the sink sharded: the sink %s keeps no order of the updates of a chat", s.Value).Related = related
		return
	}
	const why = "a queue needs exactly one constraint for each kind of update, because it decides which process handles the update"
	seen := map[diag.Pos]bool{} // the same lines of the spec are often those of several kinds
	report := func(at spec.String, hint, format string, args ...any) *diag.Diagnostic {
		if seen[at.Pos] {
			return &diag.Diagnostic{}
		}
		seen[at.Pos] = true
		d := fault(r, CodeQueue, at, hint, "%s; %s", why, fmt.Sprintf(format, args...))
		d.Related = related
		return d
	}
	for _, k := range r.plan.Kinds {
		r.checkQueueKind(k, report)
	}
}

// checkQueueKind finds a kind whose updates do not have exactly one constraint.
func (r *resolver) checkQueueKind(k *Kind, report func(at spec.String, hint, format string, args ...any) *diag.Diagnostic) {
	first := k.Routes[0]
	for _, route := range k.Routes {
		own, name := route.Constraints, route.Name.Value
		switch at := route.Name; {
		case len(own) == 0:
			if c := r.spec.Constraints; c != nil && route.Handler.Handler.Constraints == nil {
				at = spec.String{Pos: c.Pos}
			}
			report(at, "write `constraints: [chat]`, or [user] for updates without a chat", "%s of %s has none", k.Name, name)
			return
		case len(own) > 1:
			report(own[1].Name, "keep the one that must be in order", "%s of %s has %s", k.Name, name, constraintNames(own))
			return
		case !SameConstraints(own, first.Constraints):
			d := report(at, "give both handlers the same constraint", "%s of %s has %s, and that of %s has %s",
				k.Name, name, constraintNames(own), first.Name.Value, constraintNames(first.Constraints))
			d.Related = append([]diag.Related{{Pos: first.Name.Pos, Message: "the other handler"}}, d.Related...)
			return
		}
	}
}
