package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/filter"
	"github.com/tggen/tggen/gen/spec"
)

// An alternative is a part of a trigger that the spec writes on its own: a query of `on`, or a name of a command. Any
// other trigger is one alternative as a whole.
type alternative struct {
	at      spec.String // the query, the name of the command, or the name of the handler
	queries []filter.Query
	command string // the name of the command, or empty
}

// alternatives are those of the handler's trigger. The list is empty if all its queries are wrong.
func (h *Handler) alternatives() []alternative {
	switch {
	case h.On != nil:
		var all []alternative
		for i, queries := range h.expanded {
			if len(queries) > 0 {
				all = append(all, alternative{at: h.On[i].Text, queries: queries})
			}
		}
		return all
	case h.Command != nil:
		all := make([]alternative, len(h.Command.Names))
		for i, name := range h.Command.Names {
			all[i] = alternative{at: name, queries: h.Queries, command: name.Value}
		}
		return all
	}
	return []alternative{{at: h.Name, queries: h.Queries}}
}

// checkReachable finds handlers, and alternatives of them, that no update reaches: because allowed_updates leaves its
// kind out, because no such update comes from the chats of `in`, or because earlier handlers shadow it.
func (r *resolver) checkReachable() {
	for i, h := range r.plan.Handlers {
		alternatives := h.alternatives()
		if len(alternatives) == 0 || r.checkChats(h) || r.checkAllowed(h, alternatives) {
			continue
		}
		r.checkShadowed(h, alternatives, othersBefore(r.plan.Handlers[:i], h))
	}
}

// othersBefore leaves out handlers with the name of h. The spec's parser has reported that name.
func othersBefore(before []*Handler, h *Handler) []*Handler {
	return slices.DeleteFunc(slices.Clone(before), func(earlier *Handler) bool { return earlier.Name.Value == h.Name.Value })
}

// checkShadowed finds alternatives of a handler that earlier handlers shadow. If all are shadowed, it reports the
// handler as a whole.
func (r *resolver) checkShadowed(h *Handler, alternatives []alternative, before []*Handler) {
	shadowing := make([][]*Handler, len(alternatives))
	var all []*Handler
	shadowed := 0
	for i, a := range alternatives {
		if shadowing[i] = r.shadowing(h, a, before); shadowing[i] == nil {
			continue
		}
		shadowed++
		for _, earlier := range shadowing[i] {
			if !slices.Contains(all, earlier) {
				all = append(all, earlier)
			}
		}
	}
	if shadowed == len(alternatives) {
		r.unreachable(h, h.Name, h.Name.Value+" is never reached", "every update it would get", all, "")
		return
	}
	for i, a := range alternatives {
		if shadowing[i] != nil {
			r.unreachable(h, a.at, fmt.Sprintf("%s never reaches %s", a.at.Value, h.Name.Value), "every such update", shadowing[i],
				"leave it out, or ")
		}
	}
	r.checkRedundant(h, alternatives)
}

// unreachable reports that the handlers in shadowing leave no update to h, or to one of its alternatives.
func (r *resolver) unreachable(h *Handler, at spec.String, what, which string, shadowing []*Handler, hint string) {
	names := make([]string, len(shadowing))
	related := make([]diag.Related, len(shadowing))
	for i, earlier := range shadowing {
		names[i] = earlier.Name.Value
		related[i] = diag.Related{Pos: earlier.Name.Pos, Message: earlier.Name.Value + " is tried first"}
	}
	verb := "takes"
	if len(names) == 1 {
		hint += fmt.Sprintf("move %s before %s, or give %s `continue: true`", h.Name.Value, names[0], names[0])
	} else {
		verb = "take"
		hint += fmt.Sprintf("move %s before them", h.Name.Value)
	}
	d := fault(r, CodeUnreachable, at, hint, "%s: %s %s %s", what, strings.Join(names, " and "), verb, which)
	d.Related = related
}

// checkRedundant finds a query of a handler that matches nothing that another of its queries does not match.
func (r *resolver) checkRedundant(h *Handler, alternatives []alternative) {
	if h.On == nil {
		return
	}
	for i, a := range alternatives {
		for j, other := range alternatives {
			if i == j || !queriesCover(other.queries, a.queries) || i < j && queriesCover(a.queries, other.queries) {
				continue
			}
			d := fault(r, CodeRedundant, a.at, "leave it out", "%s is redundant: %s matches every such update", a.at.Value, other.at.Value)
			d.Related = []diag.Related{{Pos: other.at.Pos, Message: "the wider one"}}
			break
		}
	}
}

// queriesCover reports whether every update that matches any of b matches any of a.
func queriesCover(a, b []filter.Query) bool {
	for _, q := range b {
		if !slices.ContainsFunc(a, func(p filter.Query) bool { return filter.Covers(p, q) }) {
			return false
		}
	}
	return true
}
