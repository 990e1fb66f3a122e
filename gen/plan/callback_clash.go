package plan

import (
	"strings"

	"github.com/tggen/tggen/gen/diag"
	"github.com/tggen/tggen/gen/spec"
)

// callbackClashes finds two patterns that can write the same data, so that the buttons of one handler now and then
// reach the other. Exact data before a pattern is no clash but an exception to it, and a handler with a condition that
// the later one has not is a guard.
func (r *resolver) callbackClashes() {
	for i, h := range r.plan.Handlers {
		if h.Callback == nil || len(h.Fields) == 0 {
			continue
		}
		for _, earlier := range r.plan.Handlers[:i] {
			if earlier.Callback == nil || len(earlier.Fields) == 0 || earlier.Continues(r.spec) ||
				!whereCovered(earlier.Where, h.Where) || !chatsCovered(earlier.In, h.In, h.Kinds[0]) ||
				!mayMeet(earlier.Callback, h.Callback) {
				continue
			}
			example, clash := shared(h.writes(), earlier.reads())
			if !clash || within(h.writes(), earlier.reads()) { // which makes h unreachable, and is told as that
				continue
			}
			d := fault(r, CodeCallbackClash, h.Callback.Source, "let one of them begin otherwise",
				"a button of %s may reach %s: the data %q is of both patterns", h.Name.Value, earlier.Name.Value, example)
			d.Related = []diag.Related{{Pos: earlier.Callback.Source.Pos, Message: "the pattern of " + earlier.Name.Value}}
			break
		}
	}
}

// mayMeet reports whether the literals at the beginning and at the end of two patterns leave room for data of both. It
// spares the automata for nearly all pairs.
func mayMeet(a, b *spec.Callback) bool {
	x, y := a.Parts[0].Literal.Value, b.Parts[0].Literal.Value
	if !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x) {
		return false
	}
	x, y = a.Parts[len(a.Parts)-1].Literal.Value, b.Parts[len(b.Parts)-1].Literal.Value
	return strings.HasSuffix(x, y) || strings.HasSuffix(y, x)
}

// writes and reads are the languages of the handler's data, which are made when first asked for.

func (h *Handler) writes() *language {
	if h.written == nil {
		h.written = written(h.Callback)
	}
	return h.written
}

func (h *Handler) reads() *language {
	if h.read == nil {
		h.read = read(h.Callback)
	}
	return h.read
}
