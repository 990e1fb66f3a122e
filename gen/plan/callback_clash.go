package plan

import (
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// checkCallbackClashes finds two patterns that can write the same data: now and then a button of the later handler would
// reach the earlier one. Two overlaps are meant and are allowed: exact data before a pattern is an exception to it, and
// an earlier handler with a condition that the later one lacks is a guard.
func (r *resolver) checkCallbackClashes() {
	for i, h := range r.plan.Handlers {
		if h.Callback == nil || len(h.Fields) == 0 {
			continue
		}
		for _, earlier := range othersBefore(r.plan.Handlers[:i], h) {
			if earlier.Callback == nil || len(earlier.Fields) == 0 || earlier.Continues(r.spec) ||
				len(earlier.Find) > 0 || !whereCovers(earlier.Where, h.Where) || !chatsCover(earlier.In, h.In, h.Kinds[0]) || !sessionsCover(earlier, h, h.Kinds[0]) ||
				!mayClash(earlier.Callback, h.Callback) {
				continue
			}
			example, clash := commonText(h.writes(), earlier.reads())
			if !clash || isSubset(h.writes(), earlier.reads()) { // checkReachable reports a subset as an unreachable handler
				continue
			}
			d := fault(r, CodeCallbackClash, h.Callback.Source, "give one of them a different beginning",
				"a button of %s may reach %s: the data %q matches both patterns", h.Name.Value, earlier.Name.Value, example)
			d.Related = []diag.Related{{Pos: earlier.Callback.Source.Pos, Message: "the pattern of " + earlier.Name.Value}}
			break
		}
	}
}

// mayClash reports whether the literals at the beginning and at the end of two patterns allow the same data. It is
// quick, and for nearly all pairs it saves the search through the automata.
func mayClash(a, b *spec.Callback) bool {
	x, y := a.Parts[0].Literal.Value, b.Parts[0].Literal.Value
	if !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x) {
		return false
	}
	x, y = a.Parts[len(a.Parts)-1].Literal.Value, b.Parts[len(b.Parts)-1].Literal.Value
	return strings.HasSuffix(x, y) || strings.HasSuffix(y, x)
}

// writes accepts the data that the handler's buttons carry. It is made on the first call.
func (h *Handler) writes() *automaton {
	if h.written == nil {
		h.written = written(h.Callback)
	}
	return h.written
}

// reads accepts the data that the handler takes. It is made on the first call.
func (h *Handler) reads() *automaton {
	if h.read == nil {
		h.read = read(h.Callback)
	}
	return h.read
}
